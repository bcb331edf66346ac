import { setTimeout as delay } from "node:timers/promises";
import { PlayheadError } from "@playhead/core";
import { isOver } from "../../store-over.ts";
import type { FencedWrites, Term } from "../fenced-writes.ts";
import type { Session } from "../postgres-database.ts";
import { readMeta } from "./meta.ts";

export interface CertainWritesDeps {
  readonly write: FencedWrites["write"];
  readonly term: Term | undefined;
  /** Ends the wait for a database that is away. */
  readonly signal: AbortSignal;
}

const COUNT_COMMIT = { name: "count_commit", text: "UPDATE playhead.telemetry SET commit_no = commit_no + 1" };
/** How long to wait before a lost database is looked for again: grows up to the last. */
const RETRY_MS = [50, 100, 200, 500, 1_000, 2_000];

/**
 * Transactions of which it is known whether they were kept. When the connection is lost after COMMIT was sent, nobody
 * says; whoever then sends a group once more would have its entries twice. So each is counted, and the count is looked
 * up before anybody is told that it failed: that may take until the database is back.
 *
 * One at a time. The count is also what writers take turns by: its row is locked until the transaction is over.
 */
export function createCertainWrites({ write, term, signal }: CertainWritesDeps): FencedWrites {
  /** Null where it has to be looked up. */
  let commitNo: number | null = null;

  const readCount = () => write(async (session) => (await readMeta(session)).commitNo);

  async function lookUp(): Promise<number> {
    for (let tries = 0; ; tries++) {
      try {
        return await readCount();
      } catch (error) {
        if (!(error instanceof PlayheadError) || !error.retryable || isOver(error)) throw error;
        await delay(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)], null, { signal });
      }
    }
  }

  return {
    async write<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
      const before = commitNo ?? (await readCount());
      const heldBefore = term?.();
      // Once its work is done, a transaction has nothing left but its COMMIT.
      let done: { readonly result: Result } | null = null;
      commitNo = null;
      try {
        const result = await write(async (session) => {
          const [, own] = await Promise.all([session.query(COUNT_COMMIT), work(session)]);
          done = { result: own };
          return own;
        });
        commitNo = before + 1;
        return result;
      } catch (error) {
        const inDoubt = done as { readonly result: Result } | null;
        if (inDoubt === null) throw error;
        const after = await lookUp().catch(() => null);
        // Under another term it may be another server's that was counted.
        if (after !== before + 1 || term?.() !== heldBefore) throw error;
        commitNo = after;
        return inDoubt.result;
      }
    },
  };
}
