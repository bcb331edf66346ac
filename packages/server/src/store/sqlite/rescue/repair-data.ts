import { mkdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { lockData } from "../data-lock.ts";
import { finishMoves, type Move, performMoves, removeWorkFolder } from "../planned-moves.ts";
import { asStoreError } from "../store-error.ts";
import { checkDatabase, type DatabaseFindings } from "./check-database.ts";
import { DATABASES } from "./database-kinds.ts";
import { type DatabaseSalvage, salvageDatabase } from "./salvage-database.ts";

export interface RepairOptions {
  readonly folder: string;
  /** Names the folder in the data folder that what is damaged is put into. */
  readonly asideName: string;
  /** Of each database that is built anew: what viewers know may be gone. */
  readonly newEpoch: string;
  /** @defaultValue 65536 */
  readonly segmentSize?: number;
  /** @param fraction 0..1 */
  readonly onProgress?: (fraction: number) => void;
}

/** What was found of a database, and what was done about it; null where nothing had to be. */
export interface DatabaseRepair extends DatabaseFindings {
  readonly salvage: DatabaseSalvage | null;
}

const SEGMENT_SIZE = 65_536;
/** A database lies in one file and, while it is used, two beside it. */
const FILE_ENDINGS = ["", "-wal", "-shm"] as const;

/**
 * Builds each damaged database of a folder anew from what can be read of it, and puts the damaged one aside.
 *
 * @throws PlayheadError `data_in_use` while a server has the folder; `disk_full`, `data_unwritable`: nothing was changed
 */
export function repairDatabases(options: RepairOptions): readonly DatabaseRepair[] {
  const { folder, onProgress } = options;
  const lock = lockData(folder);
  try {
    finishMoves(folder);
    return DATABASES.map((kind, place) => {
      const say = (fraction: number) => onProgress?.((place + fraction) / DATABASES.length);
      const findings = checkDatabase(kind, folder, { depth: "rows", onProgress: (fraction) => say(fraction / 4) });
      if (findings.verdict !== "damaged") return { ...findings, salvage: null };
      const salvage = repair(options, findings.fileName, (fraction) => say(0.25 + fraction * 0.75));
      return { ...findings, salvage };
    });
  } finally {
    lock.release();
  }
}

function repair(options: RepairOptions, fileName: string, onProgress: (fraction: number) => void): DatabaseSalvage {
  const { folder, asideName, newEpoch, segmentSize = SEGMENT_SIZE } = options;
  const kind = DATABASES.find((each) => each.fileName === fileName);
  if (kind === undefined) throw new RangeError(`there is no database ${fileName}`);
  const workName = `${asideName}.new`;
  try {
    mkdirSync(path.join(folder, workName), { recursive: true, mode: 0o700 });
    const file = path.join(folder, workName, fileName);
    const damagedFile = path.join(folder, fileName);
    const salvage = salvageDatabase({ kind, damagedFile, file, newEpoch, segmentSize, onProgress });
    const isThere = (name: string) => statSync(path.join(folder, name), { throwIfNoEntry: false }) !== undefined;
    const aside = FILE_ENDINGS.map((ending) => fileName + ending).filter(isThere);
    const moves: Move[] = aside.map((name) => ({ from: name, to: path.join(asideName, name) }));
    const report = JSON.stringify({ file: fileName, ...salvage }, null, 2);
    const reportName = `${fileName}.report.json`;
    writeFileSync(path.join(folder, workName, reportName), `${report}\n`, { mode: 0o600, flush: true });
    performMoves(folder, [
      ...moves,
      { from: path.join(workName, reportName), to: path.join(asideName, reportName) },
      { from: path.join(workName, fileName), to: fileName },
    ]);
    return salvage;
  } catch (error) {
    throw asStoreError(error, path.join(folder, fileName));
  } finally {
    removeWorkFolder(folder, workName);
  }
}
