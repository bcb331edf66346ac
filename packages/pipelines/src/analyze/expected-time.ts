/** About how long work takes, so that the bar moves evenly. It is shared out by these; they need not be exact. */

/** Seconds that it takes to decode, to look at and to listen to a second of video, with two cores. */
const ANALYSIS_COST = 0.06;
/** Starting programs, opening files. */
const OVERHEAD_SEC = 0.4;
/** Bytes a second of a network, and of an average video. */
const DOWNLOAD_RATE = 4_000_000;
const VIDEO_RATE = 500_000;
/** Of a video of which nothing is known. */
const UNKNOWN_SEC = 90;

/** How long a video is whose size is all that is known. */
export function guessedDurationSec(sizeBytes: number | null): number {
  return sizeBytes === null ? UNKNOWN_SEC : sizeBytes / VIDEO_RATE;
}

/** How long it takes to look at a video that is so long. */
export function expectedAnalysisSec(durationSec: number): number {
  return OVERHEAD_SEC + durationSec * ANALYSIS_COST;
}

/** How long it takes to download so many bytes. */
export function expectedDownloadSec(sizeBytes: number): number {
  return OVERHEAD_SEC + sizeBytes / DOWNLOAD_RATE;
}

/** How many bytes a video has that is so long. */
export function guessedBytes(durationSec: number): number {
  return durationSec * VIDEO_RATE;
}
