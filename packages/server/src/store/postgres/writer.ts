import { setTimeout as delay } from "node:timers/promises";
import { PlayheadError } from "@playhead/core";
import type { CommitGroup } from "../store.ts";
import { isOver } from "../store-over.ts";
import { dayOfId, lastIdBefore } from "./fact-ids.ts";
import { CHECK_TERM, heldTerm, type Term } from "./fenced-writes.ts";
import { type Asked, groupStatements } from "./group-statements.ts";
import { createJobHeads } from "./job-heads.ts";
import { addPartition, hasPartition } from "./partitions.ts";
import type { OwnConnection, PostgresDatabase, Session, Statement } from "./postgres-database.ts";
import { claimWriter, readTypeCodes, type WriterClaim, writeDurably } from "./writer-claim.ts";

export interface WriterDeps {
  readonly database: PostgresDatabase;
  readonly term: Term;
  readonly nowMs: () => number;
}

/** Writes groups: the only thing that writes facts. */
export interface Writer {
  /** As `Store.commit` does. */
  commit(group: CommitGroup): Promise<void>;
  /** Does other work in its turn between groups, in a transaction on the same connection. */
  inTurn<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  /** The heads of these jobs are not what they were. For within `inTurn`. */
  forget(jobNos: ReadonlySet<number>): void;
  /** Ends after what it was given; nothing may be asked afterwards. */
  close(): Promise<void>;
}

const BEGIN_GROUP: Statement = { name: "begin_group", text: "SELECT playhead.begin_group($1, $2, $3, $4, $5)" };
/** How long to wait before a lost database is looked for again: grows up to the last. */
const RETRY_MS = [100, 200, 500, 1_000, 2_000];

/**
 * One connection writes, so that what is sent is stored in that order. A group is sent whole, its COMMIT with it, while
 * those before it are still under way: nothing waits for an answer. Each names its number, and the database refuses one
 * that does not follow the last that it stored (`begin_group`): so behind one that fails, all fail.
 *
 * When a group fails, or the connection is lost and nobody knows, the database is asked how far it came (`claimWriter`)
 * before anybody is told: what was stored is not said to have failed. That may take until the database is back.
 *
 *   idle ──group──► claimed ──groups──► claimed
 *                      │  ▲
 *               failure▼  │what was stored is known
 *                   in doubt
 */
export function createWriter({ database, term, nowMs }: WriterDeps): Writer {
  const heads = createJobHeads();
  const partitions = new Set<number>();
  let connection: OwnConnection | null = null;
  let typeCodes: ReadonlyMap<string, number> = new Map();
  /** Null where what is in memory may not be what is stored. */
  let claim: WriterClaim | null = null;
  /** Calls of an earlier turn are refused: something before them was. */
  let turn = 1;
  let clearing: Promise<number> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const underWay = new Set<Promise<void>>();
  const ending = new AbortController();

  async function connected(): Promise<OwnConnection> {
    if (connection !== null && !connection.isLost()) return connection;
    const made = await database.connect();
    await writeDurably(made);
    if (typeCodes.size === 0) typeCodes = await readTypeCodes(made);
    connection = made;
    return made;
  }

  async function begin(): Promise<WriterClaim> {
    // Not to look for a database that may be away for long, when it is too late anyway.
    heldTerm(term);
    const claimed = await claimWriter(await connected(), term);
    heads.forgetAll();
    claim = claimed;
    return claimed;
  }

  /**
   * Finds out what is stored of all that was sent under a claim; when something is not, a new turn begins.
   * @returns the number of the last group that is stored
   */
  async function clearUp(sent: WriterClaim): Promise<number> {
    claim = null;
    try {
      for (let tries = 0; ; tries++) {
        try {
          const { term: heldNow, commitNo } = await begin();
          // Under another term somebody else may have written in between: nobody can say any more what became of ours.
          const storedUpTo = heldNow === sent.term ? commitNo : 0;
          if (storedUpTo < sent.commitNo) turn += 1;
          return storedUpTo;
        } catch (error) {
          if (!isWorthATry(error)) throw error;
          await delay(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)], null, { signal: ending.signal });
        }
      }
    } catch (error) {
      turn += 1;
      throw ending.signal.aborted ? closed() : error;
    } finally {
      clearing = null;
    }
  }

  /** In order: one begins when the one before has been sent, or has ended. */
  function next<Result>(work: () => Promise<Result>): Promise<Result> {
    const ownTurn = turn;
    const result = last.then(async () => {
      await clearing?.catch(() => {});
      if (ownTurn !== turn) throw refused();
      return await work();
    });
    last = result.catch(() => {});
    return result;
  }

  /** Where writing stands, once all that was sent is known to be stored or not. */
  async function beginAnew(): Promise<WriterClaim> {
    await Promise.allSettled(underWay);
    return claim ?? (await begin());
  }

  /** Sends a group. @returns its outcome to come, apart: the next one does not wait for it */
  async function send(group: CommitGroup): Promise<{ readonly stored: Promise<void> }> {
    const position = claim ?? (await beginAnew());
    const session = await connected();
    const now = nowMs();
    heads.trim();
    await heads.load(session, jobIdsOf(group));
    if (group.facts.length > 0) await ensurePartition(session, dayOfId(lastIdBefore(position.lastFactId, now) + 1));
    // One that was sent before has failed in the meantime, and memory is of another claim by now.
    if (claim !== position) throw refused();
    const statements = groupStatements(group, { heads, position, typeCodes, nowMs: now });
    const { commitNo, lastFactId, lastJobNo } = position;
    const begun: Asked = [BEGIN_GROUP, [position.term, position.claim, commitNo, lastFactId, lastJobNo]];
    const answers = [
      session.query("BEGIN"),
      ...[begun, ...statements].map(([statement, values]) => session.query(statement, values)),
      session.query("COMMIT"),
    ];
    const stored = outcomeOf(answers, commitNo, position);
    underWay.add(stored);
    stored.catch(() => {}).finally(() => underWay.delete(stored));
    return { stored };
  }

  async function sendOrForget(group: CommitGroup): ReturnType<typeof send> {
    try {
      return await send(group);
    } catch (error) {
      // Memory may have moved on without the database.
      claim = null;
      turn += 1;
      throw error;
    }
  }

  async function outcomeOf(answers: readonly Promise<unknown>[], commitNo: number, sent: WriterClaim): Promise<void> {
    const failed = (await Promise.allSettled(answers)).find(({ status }) => status === "rejected");
    if (failed === undefined) return;
    clearing ??= clearUp(sent);
    if (commitNo > (await clearing)) throw (failed as PromiseRejectedResult).reason;
  }

  async function ensurePartition(own: OwnConnection, day: number): Promise<void> {
    if (partitions.has(day)) return;
    if (!(await hasPartition(own, day))) await alone(own, (session) => addPartition(session, day));
    partitions.add(day);
  }

  /** A transaction that asks and waits: nothing else may be sent meanwhile, not even to clear up. */
  async function alone<Result>(own: OwnConnection, work: (session: Session) => Promise<Result>): Promise<Result> {
    await Promise.allSettled(underWay);
    return await own.transaction(async (session) => {
      const [, result] = await Promise.all([session.query(CHECK_TERM, [heldTerm(term)]), work(session)]);
      return result;
    });
  }

  return {
    async commit(group) {
      const { stored } = await next(() => sendOrForget(group));
      await stored;
    },
    inTurn: (work) => next(async () => await alone(await connected(), work)),
    forget: heads.forget,
    async close() {
      ending.abort();
      await last;
      await connection?.close();
    },
  };
}

/** A lease that is lost stays lost. */
function isWorthATry(error: unknown): boolean {
  return error instanceof PlayheadError && error.retryable && !isOver(error);
}

function refused(): PlayheadError {
  return new PlayheadError("service_unavailable", "a group before this one was not stored");
}

function closed(): PlayheadError {
  return new PlayheadError("service_unavailable", "the store was closed before it was known what is stored", {
    retryable: false,
  });
}

function jobIdsOf({ facts, projections }: CommitGroup): ReadonlySet<string> {
  const jobIds = new Set<string>();
  for (const { job_id } of facts) jobIds.add(job_id);
  for (const { job } of projections) jobIds.add(job.job_id);
  return jobIds;
}
