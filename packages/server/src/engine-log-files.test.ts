import { expect, test } from "vitest";
import { configSchema } from "./config/config.ts";
import { logFilesSettingsOf } from "./engine-log-files.ts";
import { DEFAULT_LOG_FILES } from "./logs/files/log-files-settings.ts";

test("nothing said gives the sizes, numbers and thresholds of the format", () => {
  expect(logFilesSettingsOf(configSchema.parse({}))).toEqual(DEFAULT_LOG_FILES);
});

test("each can be set by itself", () => {
  const config = configSchema.parse({
    log_level: "warning",
    log_files: { errors: { keep: 2 }, application: { max_bytes: 10_000 } },
    slow_db_ms: 250,
  });
  const { files, slowMs } = DEFAULT_LOG_FILES;
  expect(logFilesSettingsOf(config)).toEqual({
    level: "warning",
    files: { ...files, errors: { ...files.errors, keep: 2 }, application: { ...files.application, maxBytes: 10_000 } },
    slowMs: { ...slowMs, db: 250 },
  });
});
