import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { PlayheadError } from "@playhead/core";
import { openLogFiles } from "./engine-log-files.ts";
import { type EngineDatabase, openPostgresStores } from "./engine-postgres.ts";
import type { LogFiles } from "./logs/files/log-files.ts";
import type { LogFilesSettings } from "./logs/files/log-files-settings.ts";
import type { ServerLog } from "./server-log.ts";
import type { AlertStore } from "./store/alert-store.ts";
import { lockData } from "./store/sqlite/data-lock.ts";
import { createSqliteStore } from "./store/sqlite/open-store.ts";
import { createSqliteTelemetry } from "./store/sqlite/telemetry/open-telemetry.ts";
import type { Store } from "./store/store.ts";
import type { TelemetryStore } from "./store/telemetry-store.ts";
import { type Writing, writesAlways } from "./store/writing.ts";

export interface StoresOptions {
  readonly dataFolder: string;
  readonly nowMs: () => number;
  /** IANA zone of the rollups. */
  readonly timeZone: string;
  readonly logFiles: LogFilesSettings;
  readonly log: ServerLog;
  /** Where facts, alerts and telemetry are kept. @defaultValue in SQLite, in the data folder */
  readonly database?: EngineDatabase;
}

/** Everything of a data folder that is written to. */
export interface Stores {
  readonly store: Store & AlertStore;
  readonly telemetryStore: TelemetryStore;
  readonly logFiles: LogFiles;
  readonly writing: Writing;
  /** Ends after what was given to them is durable; the lock on the folder goes last. */
  close(): Promise<void>;
}

/**
 * Opens what a data folder holds, or makes it. The store of facts comes first: it has the lock.
 *
 * @throws PlayheadError see `createEngine`; then nothing stays open
 */
export async function openStores({
  dataFolder,
  nowMs,
  timeZone,
  logFiles: settings,
  log,
  database,
}: StoresOptions): Promise<Stores> {
  makeFolder(dataFolder);
  const opened: { close(): Promise<void> }[] = [];
  async function close(): Promise<void> {
    // The last one first.
    for (let each = opened.pop(); each !== undefined; each = opened.pop()) await each.close();
  }
  async function keep<Kept extends { close(): Promise<void> }>(opening: Promise<Kept>): Promise<Kept> {
    const kept = await opening;
    opened.push(kept);
    return kept;
  }
  /** What stays in the folder is this process's alone, wherever the rest is. */
  async function openBeside(besides: EngineDatabase) {
    // A node has it already, for as long as it lives.
    if (!("opened" in besides)) {
      const lock = lockData(dataFolder);
      opened.push({ close: async () => lock.release() });
    }
    return await keep(openPostgresStores({ database: besides, nowMs, newEpoch, timeZone, log }));
  }
  const newEpoch = () => randomBytes(6).toString("hex");
  try {
    const { store, telemetryStore, writing } =
      database === undefined
        ? {
            writing: writesAlways(),
            store: await keep(createSqliteStore({ folder: dataFolder, nowMs, newEpoch })),
            telemetryStore: await keep(createSqliteTelemetry({ folder: dataFolder, timeZone })),
          }
        : await openBeside(database);
    const logFiles = await keep(openLogFiles({ dataFolder, settings, log }));
    return { store, telemetryStore, logFiles, writing, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new PlayheadError(
      "data_unwritable",
      `the data folder ${folder} cannot be made: ${(cause as Error).message}`,
      {
        hint: "choose another with --data or PLAYHEAD_DATA",
        cause,
      },
    );
  }
}
