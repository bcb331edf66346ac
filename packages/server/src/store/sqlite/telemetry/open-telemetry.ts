import path from "node:path";
import type { TelemetryStore } from "../../telemetry-store.ts";
import { callThread } from "../thread.ts";
import type { TelemetryReaderOptions, TelemetryReaderService } from "./reader-service.ts";
import { startTelemetryReader } from "./reader-thread.ts";
import { createTelemetryFace } from "./telemetry-face.ts";
import type { TelemetryWriterOptions, TelemetryWriterService } from "./writer-service.ts";
import { startTelemetryWriter } from "./writer-thread.ts";

export interface SqliteTelemetryOptions {
  /** Of the data, which this process has locked (see data-lock.ts). */
  readonly folder: string;
  /** IANA zone of hours, days, weeks and months. With another one than the last time, they are made anew. */
  readonly timeZone: string;
  /** Of a new database, how many entries share a note of their times. @defaultValue 1024 */
  readonly blockSize?: number;
}

/** Of the database in the data folder. */
export const TELEMETRY_DATABASE = "telemetry.sqlite";

/**
 * Opens the telemetry of a data folder. A thread of its own writes, another one reads; both end with `close`.
 *
 * @throws PlayheadError `data_newer`, `data_damaged`, `data_unwritable`, `disk_full`; `config_invalid` for an unknown zone
 */
export async function createSqliteTelemetry({
  folder,
  timeZone,
  blockSize,
}: SqliteTelemetryOptions): Promise<TelemetryStore> {
  const options = { file: path.join(folder, TELEMETRY_DATABASE), timeZone };
  const writer = callThread<TelemetryWriterOptions, TelemetryWriterService>(
    startTelemetryWriter(),
    "the telemetry's writer",
  );
  const reader = callThread<TelemetryReaderOptions, TelemetryReaderService>(
    startTelemetryReader(),
    "the telemetry's reader",
  );

  async function end(): Promise<void> {
    // The writer last: it then is the only one, and leaves the database in one file.
    for (const thread of [reader, writer]) {
      // A thread that has crashed has nothing left to close.
      await thread.call("close").catch(() => {});
      await thread.ended;
    }
  }

  try {
    await writer.open({ ...options, blockSize });
    await reader.open(options);
    return createTelemetryFace({ writer, reader, end });
  } catch (error) {
    await end();
    throw error;
  }
}
