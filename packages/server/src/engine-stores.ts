import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { PlayheadError } from "@playhead/core";
import { openLogFiles } from "./engine-log-files.ts";
import { textOf } from "./error-text.ts";
import type { LogFiles } from "./logs/files/log-files.ts";
import type { LogFilesSettings } from "./logs/files/log-files-settings.ts";
import type { ServerLog } from "./server-log.ts";
import type { AlertStore } from "./store/alert-store.ts";
import { keepLease } from "./engine-lease.ts";
import { openPostgres } from "./store/postgres/open-postgres.ts";
import { createPostgresStore } from "./store/postgres/open-store.ts";
import { createPostgresTelemetry } from "./store/postgres/telemetry/open-telemetry.ts";
import { createSqliteStore } from "./store/sqlite/open-store.ts";
import { createSqliteTelemetry } from "./store/sqlite/telemetry/open-telemetry.ts";
import type { Store } from "./store/store.ts";
import type { TelemetryStore } from "./store/telemetry-store.ts";

export interface StoresOptions {
  readonly dataFolder: string;
  readonly nowMs: () => number;
  /** IANA zone of the rollups. */
  readonly timeZone: string;
  readonly logFiles: LogFilesSettings;
  readonly log: ServerLog;
  /** @defaultValue everything is kept in the folder */
  readonly postgres?: PostgresPlace | undefined;
}

/** A database that several servers may share. */
export interface PostgresPlace {
  readonly url: string;
  readonly poolSize: number;
  /**
   * The term in which this process may write; null while it may not.
   * @defaultValue it takes the lease itself, and keeps it until it ends
   */
  readonly term?: () => number | null;
}

/** Everything of a data folder that is written to. */
export interface Stores {
  readonly store: Store & AlertStore;
  readonly telemetryStore: TelemetryStore;
  readonly logFiles: LogFiles;
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
  postgres,
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
  try {
    const newEpoch = () => randomBytes(6).toString("hex");
    const { store, telemetryStore } = await (postgres === undefined
      ? openInFolder({ folder: dataFolder, nowMs, newEpoch, timeZone, keep })
      : openInPostgres({ ...postgres, nowMs, newEpoch, timeZone, log, keep }));
    const logFiles = await keep(openLogFiles({ dataFolder, settings, log }));
    return { store, telemetryStore, logFiles, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Has something ended with the rest. */
type Keep = <Kept extends { close(): Promise<void> }>(opening: Promise<Kept>) => Promise<Kept>;

interface Opening {
  readonly nowMs: () => number;
  readonly newEpoch: () => string;
  readonly timeZone: string;
  readonly keep: Keep;
}

async function openInFolder({ folder, nowMs, newEpoch, timeZone, keep }: Opening & { readonly folder: string }) {
  const store = await keep(createSqliteStore({ folder, nowMs, newEpoch }));
  return { store, telemetryStore: await keep(createSqliteTelemetry({ folder, timeZone })) };
}

async function openInPostgres(options: Opening & PostgresPlace & Pick<StoresOptions, "log">) {
  const { url, poolSize, nowMs, newEpoch, timeZone, log, keep } = options;
  const onError = (error: unknown) => log("warning", "a connection to PostgreSQL was lost", { error: textOf(error) });
  const database = await keep(openPostgres({ url, poolSize, onError }));
  const term = options.term ?? (await keep(keepLease(database, log))).term;
  const store = await keep(createPostgresStore({ database, nowMs, newEpoch, term }));
  return { store, telemetryStore: await keep(createPostgresTelemetry({ database, timeZone, term, nowMs })) };
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
