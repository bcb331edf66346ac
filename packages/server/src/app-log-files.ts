import type { Config } from "./config/config.ts";
import {
  DEFAULT_LOG_FILES,
  LOG_FILE_NAMES,
  type LogFileName,
  type LogFilesSettings,
  type RotationSettings,
} from "./logs/files/log-files-settings.ts";

/** The log files that a configuration sets. */
export function logFilesSettingsOf(config: Config): LogFilesSettings {
  const rotationOf = (name: LogFileName): RotationSettings => {
    const { maxBytes, keep } = DEFAULT_LOG_FILES.files[name];
    const set = config.log_files[name];
    return { maxBytes: set?.max_bytes ?? maxBytes, keep: set?.keep ?? keep };
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
