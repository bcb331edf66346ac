import type { Readable } from "node:stream";
import type { LogLine } from "../diagnose/log-line.ts";
import type { MediaInfo } from "../probe/media-info.ts";
import type { PauseGate } from "./pause-gate.ts";
import type { FfmpegProgress } from "./progress-tracker.ts";

export interface RunOptions {
  /** Called about twice a second while media time passes, and with fraction 1 at the end. */
  readonly onProgress?: ((progress: FfmpegProgress) => void) | undefined;
  /** Ends the run: ffmpeg is asked to quit, then killed; nothing is left of its output. */
  readonly signal?: AbortSignal | undefined;
  /** Stops and resumes ffmpeg with the job. */
  readonly pause?: PauseGate | undefined;
  /** Longest unpaused time of all passes. @defaultValue no limit */
  readonly timeoutMs?: number | undefined;
  /** Longest unpaused time in which nothing comes out; 0: no limit. @defaultValue 120 000 */
  readonly stallTimeoutMs?: number | undefined;
  /** Between asking ffmpeg to quit and killing it. @defaultValue 5 000 */
  readonly graceMs?: number | undefined;
  /** Names this one run: letters, digits, `.`, `_`, `-`; never used twice at a time. @defaultValue a random one */
  readonly runId?: string | undefined;
  /** Folder in which the run is written down for {@link reapOrphans}. @defaultValue none: orphans are not found */
  readonly registryDir?: string | undefined;
  /** Priority, -20 to 19. @defaultValue ours */
  readonly nice?: number | undefined;
  /** @defaultValue `FFMPEG_PATH`, else the first in PATH */
  readonly ffmpegPath?: string | undefined;
  /** Looks at what was written. @defaultValue the one beside `ffmpegPath`, else `FFPROBE_PATH`, else the first in PATH */
  readonly ffprobePath?: string | undefined;
  /** Most pixels a frame of an input may have. @defaultValue 67 108 864 */
  readonly maxPixels?: number | undefined;
  /** Share of frames that may be lost to damage in the input before the run counts as failed. @defaultValue 0.1 */
  readonly maxLostRatio?: number | undefined;
  /** Receives ffmpeg's warnings and errors, 200 at most. Lines may name paths. */
  readonly onLog?: ((line: LogLine) => void) | undefined;
  /** Receives all other lines of stderr, in which filters tell what they found, too. Lines may name paths. */
  readonly onInfo?: ((line: LogLine) => void) | undefined;
  /** Reads what ffmpeg writes to stdout, to its end. ffmpeg waits for a slow reader. A throw ends the run. */
  readonly onStdout?: ((stdout: Readable) => Promise<void>) | undefined;
  /** Put the last lines of stderr into the error's `detail.stderr_tail`. @defaultValue false: in its `cause` alone */
  readonly includeStderr?: boolean | undefined;
}

/** What a run that succeeded has made. */
export interface RunResult {
  readonly runId: string;
  /** Null when the output was not a file. */
  readonly outputPath: string | null;
  /** 0 when the output was not a file. */
  readonly sizeBytes: number;
  /** What ffprobe says of the output; null for a picture and for what is not a file. */
  readonly info: MediaInfo | null;
  /** Media time that came out, in seconds; null when ffmpeg did not say. */
  readonly durationSec: number | null;
  readonly frames: number | null;
  /** Time it took, all in all and without pauses, in milliseconds. */
  readonly elapsedMs: number;
  readonly activeMs: number;
  readonly cpuSec: number | null;
  readonly peakMemoryBytes: number | null;
  readonly warningCount: number;
  /** Frames or packets of the input that could not be decoded. */
  readonly lostFrameCount: number;
}

export const DEFAULT_STALL_TIMEOUT_MS = 120_000;
export const DEFAULT_GRACE_MS = 5_000;
export const DEFAULT_MAX_LOST_RATIO = 0.1;
