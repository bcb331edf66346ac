import { PlayheadError } from "@playhead/core";
import { OVER } from "../store-over.ts";
import type { PostgresDatabase, Session, Statement } from "./postgres-database.ts";

/** The term of the lease that this server holds; null when it holds none. */
export type Term = () => number | null;

/** Transactions that write: only while this server holds the lease. */
export interface FencedWrites {
  /**
   * All that `work` does, or nothing of it.
   *
   * @throws PlayheadError `service_unavailable` when the lease is another's by now
   */
  write<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
}

/** To be run first in a transaction that writes, with the term that is held. */
export const CHECK_TERM: Statement = { name: "check_term", text: "SELECT playhead.check_term($1)" };

/** So that a commit means what we take it for, whatever the database is set to by default. */
const COMMIT_DURABLY: Statement = {
  name: "commit_durably",
  text: `SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`,
};

/** Has each transaction look at the lease first, and keep it from changing hands until it is over. */
export function createFencedWrites(database: PostgresDatabase, term: Term): FencedWrites {
  return {
    write: (work) =>
      database.transaction(async (session) => {
        const [, , result] = await Promise.all([
          session.query(CHECK_TERM, [heldTerm(term)]),
          session.query(COMMIT_DURABLY),
          work(session),
        ]);
        return result;
      }),
  };
}

/** @throws PlayheadError `service_unavailable` when this server holds no lease */
export function heldTerm(term: Term): number {
  const held = term();
  if (held !== null) return held;
  throw new PlayheadError("service_unavailable", "this server does not write at the moment: it holds no lease", {
    hint: "the server that does answers instead",
    detail: OVER,
  });
}
