import { statSync } from "node:fs";
import path from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { PlayheadError } from "@playhead/core";
import { openForReading } from "../connection.ts";
import { checkVersion } from "../migrate.ts";
import type { DatabaseKind } from "./database-kind.ts";
import { isLogBroken } from "./pages/page-file.ts";

/**
 * How a database was found. `newer`: it is of a later Playhead, and nothing of ours to judge. `foreign`: of another
 * program. `unreadable`: the system does not let us read it, which says nothing of what is in it.
 */
export type DatabaseVerdict = "well" | "absent" | "damaged" | "newer" | "foreign" | "unreadable";

export interface DatabaseFindings {
  readonly fileName: string;
  readonly verdict: DatabaseVerdict;
  readonly sizeBytes: number;
  /** What is wrong, at most some of it. */
  readonly faults: readonly string[];
}

const MOST_FAULTS = 20;
/** A log of this size holds no page. */
const EMPTY_WAL_BYTES = 32;
/** No database of ours will ever be of a later version: such a one is damaged. */
const MAX_VERSION = 1_000;

/** How deep to look: at the pages, by SQLite's own check; or also at what the rows say, which takes several times as long. */
export type CheckDepth = "pages" | "rows";

export interface CheckOptions {
  readonly depth: CheckDepth;
  /** @param fraction 0..1 */
  readonly onProgress?: (fraction: number) => void;
}

/** Looks whether a database is well. Changes nothing. */
export function checkDatabase(
  kind: DatabaseKind,
  folder: string,
  { depth, onProgress }: CheckOptions,
): DatabaseFindings {
  const { fileName } = kind;
  const file = path.join(folder, fileName);
  const sizeBytes = sizeOf(file);
  const say = (verdict: DatabaseVerdict, ...faults: string[]) => ({ fileName, verdict, sizeBytes, faults });
  if (sizeBytes === 0) {
    // SQLite would take the log of a file without pages for an old one, and remove it.
    const hasLog = sizeOf(`${file}-wal`) > EMPTY_WAL_BYTES;
    return hasLog ? say("damaged", "the file is empty, and its log is not") : say("absent");
  }
  let db: DatabaseSync | null = null;
  try {
    if (isLogBroken(file)) return say("damaged", "its log is damaged, and commits stand behind the damage");
    db = openForReading(file);
    const opened = db;
    const misfit = versionFault(() => checkVersion(opened, kind.migrations, file));
    const faults = integrityFaults(db);
    if (faults.length > 0) return say("damaged", ...faults);
    if (misfit !== null && !misfit.isDamage) return say(misfit.verdict, misfit.message);
    if (misfit !== null) return say("damaged", misfit.message);
    const own = depth === "rows" ? kind.check(db, onProgress) : [];
    return own.length > 0 ? say("damaged", ...own.slice(0, MOST_FAULTS)) : say("well");
  } catch (error) {
    return say(verdictOf(error), error instanceof Error ? error.message : String(error));
  } finally {
    db?.close();
  }
}

function integrityFaults(db: DatabaseSync): readonly string[] {
  const rows = db.prepare(`PRAGMA integrity_check(${MOST_FAULTS})`).all();
  return rows.map((row) => String(row.integrity_check)).filter((fault) => fault !== "ok");
}

function versionFault(check: () => void) {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof PlayheadError)) throw error;
    const verdict: DatabaseVerdict = error.code === "data_newer" ? "newer" : "foreign";
    return { verdict, message: error.message, isDamage: Number(error.detail.version ?? 0) > MAX_VERSION };
  }
}

/** SQLite's CANTOPEN, PERM, AUTH and NOMEM say nothing of what is in the file; BUSY that another program has it. */
const NOT_OF_THE_DATA = new Set([3, 5, 6, 7, 14, 23]);

function verdictOf(error: unknown): DatabaseVerdict {
  if (error instanceof PlayheadError && error.code === "data_newer") return "newer";
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  return NOT_OF_THE_DATA.has(code) ? "unreadable" : "damaged";
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
