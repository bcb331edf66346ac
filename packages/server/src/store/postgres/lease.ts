import { PlayheadError } from "@playhead/core";
import type { Term } from "./fenced-writes.ts";
import type { PostgresDatabase, Statement } from "./postgres-database.ts";
import { SQLSTATE } from "./postgres-error.ts";

export interface LeaseOptions {
  readonly database: PostgresDatabase;
  /** Names this server: for people. */
  readonly holder: string;
  /** Where the others reach it. @defaultValue nowhere */
  readonly url?: string;
  /**
   * For how long it is held without being renewed, by the database's clock.
   * @defaultValue 6000
   */
  readonly lastsMs?: number;
}

/** Who holds the lease. */
export interface LeaseHolder {
  /** Grows with each holder. */
  readonly term: number;
  readonly holder: string;
  readonly url: string;
  /** By the database's clock, which may not be this machine's. */
  readonly expiresMs: number;
}

/**
 * The right to write, which one server has at a time. Only the database's clock is asked, so that those of the servers
 * may differ; and who has lost it without knowing is refused by the database (`createFencedWrites`).
 *
 *   free ──acquire──► held ──renew──► held
 *    ▲                 │
 *    └──release, or nobody renewed it
 */
export interface Lease {
  /** @returns the term that begins with it; null when another server holds it */
  acquire(): Promise<number | null>;
  /** @returns whether it is still ours: then for as long again */
  renew(): Promise<boolean>;
  /** Lets another have it at once. */
  release(): Promise<void>;
  /** @returns who holds it; null when nobody does */
  read(): Promise<LeaseHolder | null>;
  /** Our term; null before `acquire`, and once it is known to be over. */
  readonly term: Term;
}

const LASTS_MS = 6_000;
/** What a holder has under way when its time is over keeps the term from changing until it ends: soon, or next time. */
const WAIT_AT_MOST = "SET LOCAL lock_timeout = '2s'";

const ACQUIRE: Statement = {
  name: "lease_acquire",
  text: `UPDATE playhead.lease
    SET term = term + 1, holder = $1, url = $2, expires_at = clock_timestamp() + $3 * interval '1 millisecond'
    WHERE expires_at <= clock_timestamp() RETURNING term`,
};
const RENEW: Statement = {
  name: "lease_renew",
  text: `UPDATE playhead.lease SET expires_at = clock_timestamp() + $2 * interval '1 millisecond' WHERE term = $1`,
};
const RELEASE: Statement = {
  name: "lease_release",
  text: `UPDATE playhead.lease SET expires_at = '-infinity' WHERE term = $1`,
};
const READ: Statement = {
  name: "lease_read",
  text: `SELECT term, holder, url, (extract(epoch FROM expires_at) * 1000)::bigint AS "expiresMs"
    FROM playhead.lease WHERE expires_at > clock_timestamp()`,
};

/** A lease that is not held yet. */
export function createLease({ database, holder, url = "", lastsMs = LASTS_MS }: LeaseOptions): Lease {
  let term: number | null = null;
  return {
    async acquire() {
      const { rows } = await database
        .transaction(async (session) => {
          const waiting = session.query(WAIT_AT_MOST);
          const [, acquired] = await Promise.all([
            waiting,
            session.query<{ term: number }>(ACQUIRE, [holder, url, lastsMs]),
          ]);
          return acquired;
        })
        .catch((error: unknown) => {
          if (isLocked(error)) return { rows: [] };
          throw error;
        });
      term = rows[0]?.term ?? null;
      return term;
    },
    async renew() {
      const own = term;
      if (own === null) return false;
      const { count } = await database.query(RENEW, [own, lastsMs]);
      if (count === 0 && term === own) term = null;
      return count > 0;
    },
    async release() {
      const own = term;
      term = null;
      if (own !== null) await database.query(RELEASE, [own]);
    },
    async read() {
      const { rows } = await database.query<LeaseHolder>(READ);
      return rows[0] ?? null;
    },
    term: () => term,
  };
}

function isLocked(error: unknown): boolean {
  return error instanceof PlayheadError && error.detail.sqlstate === SQLSTATE.lockTimeout;
}
