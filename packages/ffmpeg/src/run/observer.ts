import type { LogLine } from "../diagnose/log-line.ts";
import type { FfmpegProgress } from "./progress-tracker.ts";
import type { RunOptions } from "./run-options.ts";

/** The caller's callbacks, made harmless: a throw in one of them must not end the work that it looks at. */
export interface Observer {
  onProgress(progress: FfmpegProgress): void;
  onLog(line: LogLine): void;
}

const MAX_LOG_LINES = 200;

export function createObserver(options: Pick<RunOptions, "onProgress" | "onLog" | "onInfo">): Observer {
  let logged = 0;
  let hasFailed = false;

  const tell = (line: LogLine) => {
    try {
      options.onLog?.(line);
    } catch {
      // Whoever is told about trouble is the one in trouble.
    }
  };

  const tellInfo = (line: LogLine) => {
    try {
      options.onInfo?.(line);
    } catch (error) {
      tell({ level: "warning", component: null, text: `onInfo failed: ${String(error)}` });
    }
  };

  return {
    onProgress(progress) {
      try {
        options.onProgress?.(progress);
      } catch (error) {
        if (!hasFailed) tell({ level: "warning", component: null, text: `onProgress failed: ${String(error)}` });
        hasFailed = true;
      }
    },
    onLog(line) {
      if (line.level === "info") return tellInfo(line);
      if (logged > MAX_LOG_LINES) return;
      logged += 1;
      if (logged <= MAX_LOG_LINES) tell(line);
      else
        tell({ level: "warning", component: null, text: `more than ${MAX_LOG_LINES} lines: the others are left out` });
    },
  };
}
