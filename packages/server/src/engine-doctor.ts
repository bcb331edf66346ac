import { checkLogFiles, type LogFileFindings, mendLogFiles } from "./rescue/log-files.ts";
import { lockData } from "./store/sqlite/data-lock.ts";
import { timeName } from "./store/sqlite/rescue/backup-data.ts";
import type { DatabaseFindings } from "./store/sqlite/rescue/check-database.ts";
import type { DatabaseRepair } from "./store/sqlite/rescue/repair-data.ts";
import { inRescueThread, type OnProgress } from "./store/sqlite/rescue/rescue-thread.ts";

/** How the data of a folder was found. */
export interface DataFindings {
  readonly databases: readonly DatabaseFindings[];
  readonly logFiles: readonly LogFileFindings[];
}

/** What was found, and what was done about it. */
export interface DataRepair extends DataFindings {
  readonly databases: readonly DatabaseRepair[];
  /** The folder, in the data folder, with what was put aside; it is there when anything was. */
  readonly asideName: string;
}

/**
 * Looks whether the data of a folder is well, also while a server has it. Changes nothing. Not to be called in the process
 * that has the store open: whoever closes a file frees all locks that its process holds on it.
 */
export async function checkData(folder: string, onProgress?: OnProgress): Promise<DataFindings> {
  const databases = await inRescueThread((thread) => thread.call("check", folder, "rows"), onProgress);
  return { databases, logFiles: await checkLogFiles(folder) };
}

export interface RepairDataOptions {
  readonly folder: string;
  /** For databases that are built anew. */
  readonly newEpoch: string;
  readonly nowMs: () => number;
  /** @param fraction 0..1 */
  readonly onProgress?: OnProgress;
}

/**
 * Keeps what can be read of damaged databases and log files, and puts the rest aside.
 *
 * @throws PlayheadError `data_in_use` while a server has the folder; `disk_full`, `data_unwritable`
 */
export async function repairData(options: RepairDataOptions): Promise<DataRepair> {
  const { folder, newEpoch, nowMs, onProgress } = options;
  const asideName = `damaged-${timeName(nowMs())}`;
  const databases = await inRescueThread(
    (thread) => thread.call("repair", { folder, asideName, newEpoch }),
    onProgress,
  );
  const lock = lockData(folder);
  try {
    return { databases, logFiles: await mendLogFiles(folder, asideName), asideName };
  } finally {
    lock.release();
  }
}
