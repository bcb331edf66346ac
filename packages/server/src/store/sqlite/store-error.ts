import { type ErrorCode, PlayheadError } from "@playhead/core";

interface Meaning {
  readonly code: ErrorCode;
  /** What comes after the name of what failed. */
  readonly says: string;
  readonly hint: string;
}

const DAMAGED_HINT = "stop the server and run playhead doctor --repair, or put back a backup with playhead restore";
const UNWRITABLE: Meaning = {
  code: "data_unwritable",
  says: "cannot be read or written",
  hint: "check that the disk is in order and that this user may read and write the data folder",
};

/** By SQLite's primary result code. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  // SQLITE_PERM, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_AUTH
  3: UNWRITABLE,
  8: UNWRITABLE,
  10: UNWRITABLE,
  14: UNWRITABLE,
  23: UNWRITABLE,
  // SQLITE_BUSY, SQLITE_LOCKED
  5: {
    code: "data_in_use",
    says: "is held by another program",
    hint: "end the other program, or wait until it lets go",
  },
  6: {
    code: "data_in_use",
    says: "is held by another program",
    hint: "end the other program, or wait until it lets go",
  },
  // SQLITE_CORRUPT, SQLITE_NOTADB
  11: { code: "data_damaged", says: "is damaged", hint: DAMAGED_HINT },
  26: { code: "data_damaged", says: "is not a database", hint: DAMAGED_HINT },
  // SQLITE_FULL
  13: {
    code: "disk_full",
    says: "has no room left on its disk",
    hint: "free some space there; nothing that was stored is lost",
  },
};

/**
 * What an error of SQLite's means to whoever runs the server. What is a PlayheadError already stays as it is; what is
 * no error of SQLite's medium is a defect, `internal_error`.
 * @param what names what failed, as the start of a sentence: a path at start, later "the database"
 */
export function asStoreError(error: unknown, what: string): PlayheadError {
  if (error instanceof PlayheadError) return error;
  const meaning = MEANINGS[resultCodeOf(error)];
  if (meaning !== undefined) {
    return new PlayheadError(meaning.code, `${what} ${meaning.says}`, { hint: meaning.hint, cause: error });
  }
  const said = error instanceof Error ? error.message : String(error);
  return new PlayheadError("internal_error", `${what} failed: ${said}`, { cause: error });
}

/** SQLite's primary result code; 0 when the error is not SQLite's. */
function resultCodeOf(error: unknown): number {
  const isSqlite = error instanceof Error && "errcode" in error && typeof error.errcode === "number";
  // The upper bits only say more of the same.
  return isSqlite ? (error.errcode as number) & 0xff : 0;
}
