import { formatDuration, formatSize } from "@playhead/client/format";
import type { HealthStatus, JsonObject, JsonValue } from "@playhead/core";
import { sentence } from "../../ui/error-text.ts";
import type { NamedValue } from "../../ui/named-values.ts";
import { spell } from "../../ui/step-words.ts";
import { formatMoment } from "../../ui/times.ts";

const NAMES: Readonly<Record<string, string>> = {
  system_resources: "Machine",
  ffmpeg: "FFmpeg",
  object_storage: "Object storage",
  temp_directory: "Temp folder",
  processing_pipeline: "Processing",
  monitoring_system: "Monitoring",
  log_files: "Logging",
};
/** Those that need an article. */
const SUBJECTS: Readonly<Record<string, string>> = {
  system_resources: "The machine",
  temp_directory: "The temp folder",
};

/** A component as people call it. */
export function nameOf(component: string): string {
  return NAMES[component] ?? spell(component);
}

/** The same at the beginning of a sentence about one thing. */
export function subjectOf(component: string): string {
  return SUBJECTS[component] ?? nameOf(component);
}

/** The same within a sentence. */
export function subjectWithin(component: string): string {
  const subject = subjectOf(component);
  return /^.[A-Z]/.test(subject) ? subject : subject.charAt(0).toLowerCase() + subject.slice(1);
}

/** What a check said, as sentences. */
export function messageWords(message: string): string {
  return sentence(message.replace(/^ffmpeg\b/, "FFmpeg"));
}

/** A status as people say it. */
export const STATUS_WORDS: Readonly<Record<HealthStatus, string>> = {
  healthy: "Well",
  warning: "Needs a look",
  critical: "Not working",
};

/** How long a check took: `3 ms`, `1.2 s`. */
export function formatTaken(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : formatDuration(ms);
}

/** How values are written whose names end like this; what is left of the name stands before it. */
const UNITS: readonly (readonly [suffix: string, write: (value: number) => string])[] = [
  ["_bytes", formatSize],
  ["_ms", formatTaken],
  ["_percent", (percent) => `${Math.round(percent * 10) / 10} %`],
];
const WORDS: Readonly<Record<string, string>> = { cpu: "Processor", bytes: "Size", is_partial: "Looked at in part" };

/** What a check told beside its message, named and with units. Null says nothing. */
export function detailWords(details: JsonObject, nowMs: number): readonly NamedValue[] {
  return Object.entries(details).flatMap(([name, value]): readonly NamedValue[] => {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return [];
    if (typeof value === "number") return [named(name, value)];
    return [[WORDS[name] ?? spell(name), wordOf(name, value, nowMs)]];
  });
}

function named(name: string, value: number): NamedValue {
  if (name === "bytes") return [WORDS.bytes ?? name, formatSize(value)];
  if (name.endsWith("_rate")) return [spell(name), `${Math.round(value * 1_000) / 10} %`];
  const [suffix, write] = UNITS.find(([each]) => name.endsWith(each)) ?? ["", String];
  const bare = name.slice(0, name.length - suffix.length);
  return [WORDS[bare] ?? spell(bare), write(value)];
}

function wordOf(name: string, value: JsonValue, nowMs: number): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return name.endsWith("_at") ? formatMoment(Date.parse(value), nowMs) : value;
  return Array.isArray(value) ? value.map((each) => String(each)).join("\n") : JSON.stringify(value);
}
