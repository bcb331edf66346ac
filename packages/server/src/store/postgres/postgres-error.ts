import { type ErrorCode, PlayheadError } from "@playhead/core";
import { OVER } from "../store-over.ts";

interface Meaning {
  readonly code: ErrorCode;
  /** What comes after the name of the database. */
  readonly says: string;
  readonly hint: string;
}

/** What is looked for: what our own functions raise (see the migrations), and a lock that was not to be had in time. */
export const SQLSTATE = { fenced: "PH001", outOfTurn: "PH002", lockTimeout: "55P03" } as const;

const AWAY: Meaning = {
  code: "service_unavailable",
  says: "cannot be reached",
  hint: "see that PostgreSQL runs and lets this machine in; what waits is tried again",
};
const BUSY: Meaning = {
  code: "service_unavailable",
  says: "did not get to it in time",
  hint: "see what keeps PostgreSQL busy; what waits is tried again",
};
const NO_CONNECTION_LEFT: Meaning = {
  code: "service_unavailable",
  says: "has no connection left",
  hint: "raise max_connections of PostgreSQL, or lower database_pool",
};
const REFUSED: Meaning = {
  code: "data_unwritable",
  says: "refuses us",
  hint: "check the user, the password and the name of the database in database_url, and pg_hba.conf",
};
const NO_RIGHTS: Meaning = {
  code: "data_unwritable",
  says: "may not be written",
  hint: "see that it is no standby and not read only, and that the user owns the schema playhead or may create it",
};
const DAMAGED: Meaning = {
  code: "data_damaged",
  says: "is damaged",
  hint: "put back a backup of the database; docs/operations.md says how one is made",
};

/** By SQLSTATE, or by its class: the first two characters. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  "08": AWAY,
  "28": REFUSED,
  "40": BUSY,
  "53100": {
    code: "disk_full",
    says: "has no room left on its disk",
    hint: "free some space there; nothing that was stored is lost",
  },
  "53200": { ...BUSY, says: "is out of memory" },
  "53300": NO_CONNECTION_LEFT,
  [SQLSTATE.lockTimeout]: BUSY,
  "57014": BUSY,
  // Shut down by its administrator, crashed, not up yet; ended because it was idle within a transaction.
  "57P01": AWAY,
  "57P02": AWAY,
  "57P03": AWAY,
  "57P05": AWAY,
  "25P03": AWAY,
  "25006": NO_RIGHTS,
  "42501": NO_RIGHTS,
  "3D000": REFUSED,
  XX001: DAMAGED,
  XX002: DAMAGED,
  [SQLSTATE.fenced]: {
    code: "service_unavailable",
    says: "is written by another server now",
    hint: "this one lost its lease: it ends what it does, and begins anew",
  },
  [SQLSTATE.outOfTurn]: {
    code: "service_unavailable",
    says: "did not store something that came before",
    hint: "what waits is tried again",
  },
};

/** Of the network, as Node names them. */
const NETWORK_CODES = new Set(
  "ECONNREFUSED ECONNRESET EPIPE ENOENT ETIMEDOUT ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH".split(" "),
);
/** Of `pg`, whose own errors have no code. */
const LOST =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client (has encountered|was closed))/;

/**
 * What an error of PostgreSQL's means to whoever runs the server. What is a PlayheadError already stays as it is; what
 * is neither the network's nor the medium's is a defect, `internal_error`. No message holds the password.
 * @param what names the database, as the start of a sentence
 */
export function asPostgresError(error: unknown, what: string): PlayheadError {
  if (error instanceof PlayheadError) return error;
  const code = codeOf(error);
  const meaning = isNetwork(error, code) ? AWAY : (MEANINGS[code] ?? MEANINGS[code.slice(0, 2)]);
  const said = error instanceof Error ? error.message : String(error);
  if (meaning !== undefined) {
    const message = `${what} ${meaning.says}: ${said}`;
    const detail = { sqlstate: code, ...(code === SQLSTATE.fenced && OVER) };
    return new PlayheadError(meaning.code, message, { hint: meaning.hint, detail, cause: error });
  }
  return new PlayheadError("internal_error", `${what} failed: ${said}`, { detail: { sqlstate: code }, cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Where a name has several addresses, Node tells of all attempts in one error. */
function isNetwork(error: unknown, code: string): boolean {
  if (error instanceof AggregateError) return error.errors.some((each) => isNetwork(each, codeOf(each)));
  return NETWORK_CODES.has(code) || (error instanceof Error && LOST.test(error.message));
}
