import type { DatabaseSync } from "node:sqlite";
import type { JobPruneLimits, PrunedJobs } from "../store.ts";
import { createTurnGate } from "../turns.ts";
import { type AlertWriter, createAlertWriter } from "./alerts/alert-writer.ts";
import { openForWriting, trackFreePages, writeDurably } from "./connection.ts";
import { createDocumentWriter, type DocumentWriter } from "./documents.ts";
import { assignTypeCodes } from "./event-type-codes.ts";
import { EVENT_TYPE_NAMES, type GroupMessage } from "./group-message.ts";
import { maintainStep } from "./maintain.ts";
import { checkVersion, migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import { asStoreError } from "./store-error.ts";
import { createWriter } from "./writer.ts";

export interface WriterServiceOptions {
  readonly file: string;
  /** For a database that has none yet. */
  readonly newEpoch: string;
  readonly segmentSize: number;
}

/** What the writer's thread can be asked. */
export interface WriterService extends DocumentWriter, AlertWriter {
  epoch(): string;
  /**
   * Stores a group. When one fails, all of its turn that follow are refused: they were sent before the sender knew.
   * @param turn grows each time that the sender begins anew
   */
  commit(turn: number, group: GroupMessage, nowMs: number): void;
  prune(limits: JobPruneLimits, nowMs: number): PrunedJobs;
  /** @returns whether there is more to do */
  maintain(): boolean;
  close(): void;
}

/** Opens the database, or makes it, and brings it up to date. @throws PlayheadError `data_…`, `disk_full` */
export function openWriterService({ file, newEpoch, segmentSize }: WriterServiceOptions): WriterService {
  let opened: DatabaseSync | null = null;
  try {
    opened = openForWriting(file);
    // Before anything is changed: it may not be ours.
    checkVersion(opened, MIGRATIONS, file);
    trackFreePages(opened);
    writeDurably(opened);
    migrate(opened, MIGRATIONS);
    const epoch = readEpoch(opened, newEpoch);
    const writer = createWriter(opened, { segmentSize, typeCodes: assignTypeCodes(opened, EVENT_TYPE_NAMES, file) });
    const db = opened;
    const inTurn = createTurnGate();
    return {
      epoch: () => epoch,
      commit(turn, group, nowMs) {
        writer.learn(group.handles);
        inTurn(turn, () => writer.commit(group, nowMs));
      },
      prune: writer.prune,
      maintain: () => maintainStep(db),
      ...createDocumentWriter(opened),
      ...createAlertWriter(opened),
      close: () => db.close(),
    };
  } catch (error) {
    opened?.close();
    throw asStoreError(error, file);
  }
}

function readEpoch(db: DatabaseSync, newEpoch: string): string {
  db.prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('epoch', ?)").run(newEpoch);
  return String(db.prepare("SELECT value FROM meta WHERE key = 'epoch'").get()?.value);
}
