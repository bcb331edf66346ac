export { formatAge, formatDuration, speakDuration } from "./duration.ts";
export { type EtaFields, formatEta, formatFinish, speakEta } from "./eta.ts";
export { formatPercent, formatRate, formatSize } from "./quantity.ts";
export { formatClock, formatMoment, formatTimecode } from "./timecode.ts";
