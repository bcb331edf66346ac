import { tmpdir } from "node:os";
import path from "node:path";
import type { Config } from "./config/config.ts";
import { startLogFilesThread } from "./engine-log-files-thread.ts";
import { type EmergencyPlace, emergencyPlaces } from "./logs/files/emergency-log.ts";
import { createLogFiles, type LogFiles, type LogFilesListener } from "./logs/files/log-files.ts";
import type { LogFilesService, LogFilesServiceOptions } from "./logs/files/log-files-service.ts";
import {
  LOG_FILE_NAMES,
  type LogFileName,
  type LogFilesSettings,
  type RotationSettings,
} from "./logs/files/log-files-settings.ts";
import { callThread } from "./store/sqlite/thread.ts";

/** The log files that a configuration sets. */
export function logFilesSettingsOf(config: Config): LogFilesSettings {
  const rotationOf = (name: LogFileName): RotationSettings => {
    const { max_bytes: maxBytes, keep } = config.log_files[name];
    return { maxBytes, keep };
  };
  return {
    level: config.log_level,
    files: Object.fromEntries(LOG_FILE_NAMES.map((name) => [name, rotationOf(name)])) as LogFilesSettings["files"],
    slowMs: {
      step: config.slow_step_ms,
      function: config.slow_function_ms,
      api: config.slow_api_ms,
      db: config.slow_db_ms,
    },
  };
}

export interface LogFilesOptions {
  /** The files lie in its `logs/`, which is made where it is not there. */
  readonly dataFolder: string;
  readonly settings: LogFilesSettings;
  readonly log: LogFilesListener;
  /** @defaultValue `emergency.log` in the data folder, then one of the user's in the temp folder */
  readonly emergency?: readonly EmergencyPlace[];
  /** What waits for a file that cannot be written is tried again this often. @defaultValue 1,000 */
  readonly retryMs?: number;
}

/** Of each file: so much waits at most while it cannot be written. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
const RETRY_MS = 1_000;

/** Opens the log files of a data folder in a thread of their own, and sets in order what an earlier process left. */
export async function openLogFiles(options: LogFilesOptions): Promise<LogFiles> {
  const { dataFolder, settings, log, retryMs = RETRY_MS } = options;
  const { emergency = emergencyPlaces(dataFolder, tmpdir(), process.getuid?.() ?? 0) } = options;
  const thread = callThread<LogFilesServiceOptions, LogFilesService>(startLogFilesThread(), "the log files' thread");
  await thread.open({
    folder: path.join(dataFolder, "logs"),
    rotations: settings.files,
    emergencyPlaces: emergency,
    maxWaitingBytes: MAX_WAITING_BYTES,
    retryMs,
  });
  const files = createLogFiles({
    thread: {
      append: (message) => thread.call("append", message),
      configure: (rotations) => thread.call("configure", rotations),
      stats: () => thread.call("stats"),
      letGo: (limits) => thread.call("letGo", limits),
      finish: () => thread.call("finish"),
      async close() {
        await thread.call("close");
        await thread.ended;
      },
    },
    settings,
    log,
  });
  // Has it say what it found.
  await files.append([]);
  return files;
}
