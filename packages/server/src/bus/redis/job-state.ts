import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";

/** What Redis knows of a job. */
export interface JobState {
  readonly epoch: string;
  readonly tenantId: string;
  readonly seq: number;
  readonly tick: number;
  /** Its last log line; 0 where none was said. */
  readonly log: number;
  /** Frames of the latest tick of each slot, in no order. */
  readonly ticks: readonly string[];
}

/** A fact as the stream has it. */
export interface StreamFact {
  readonly seq: number;
  readonly frame: string;
}

export interface JobStateAndFacts {
  readonly state: JobState | null;
  /** In order; there may be gaps between them. */
  readonly facts: readonly StreamFact[];
}

/** So many facts are read of a stream, at most all that it keeps. */
const FACTS_AT_ONCE = 1_200;
/** Of a job that somebody begins to follow these are the ones that may have come while the subscription was on its way. */
const LATEST_FACTS = 16;

/** Which facts are wanted: those after a number, or, with null, the latest few. */
export interface StateQuery {
  readonly jobId: string;
  readonly afterSeq: number | null;
}

/**
 * Reads several jobs in one go. A job's state is read before its facts: these may be further than it says, never behind.
 */
export async function readStates(
  redis: Redis,
  keys: Keys,
  queries: readonly StateQuery[],
): Promise<JobStateAndFacts[]> {
  const pipeline = redis.pipeline();
  for (const { jobId, afterSeq } of queries) {
    pipeline.hgetall(keys.head(jobId));
    if (afterSeq === null) pipeline.xrevrange(keys.facts(jobId), "+", "-", "COUNT", LATEST_FACTS);
    else pipeline.xrange(keys.facts(jobId), `(${afterSeq}-0`, "+", "COUNT", FACTS_AT_ONCE);
  }
  const answers = valuesOf(await pipeline.exec());
  return queries.map(({ afterSeq }, index) => {
    const facts = (answers[2 * index + 1] as [id: string, fields: string[]][]).map(factOf);
    return {
      state: stateOf(answers[2 * index] as Record<string, string>),
      facts: afterSeq === null ? facts.reverse() : facts,
    };
  });
}

/** How far jobs have come, and the mark that all are under; null for a job that Redis does not know. */
export async function readHeads(
  redis: Redis,
  keys: Keys,
  jobIds: readonly string[],
): Promise<readonly (Pick<JobState, "epoch" | "seq" | "tick" | "log"> | null)[]> {
  const pipeline = redis.pipeline();
  for (const jobId of jobIds) pipeline.hmget(keys.head(jobId), "epoch", "seq", "tick", "log");
  return valuesOf(await pipeline.exec()).map((answer) => {
    const [epoch, seq, tick, log] = answer as (string | null)[];
    if (!epoch) return null;
    return { epoch, seq: Number(seq), tick: Number(tick), log: Number(log) };
  });
}

/** The facts that follow on a number without a gap. */
export function factsAfter(facts: readonly StreamFact[], seq: number): readonly StreamFact[] {
  const following: StreamFact[] = [];
  for (const fact of facts) {
    if (fact.seq <= seq) continue;
    if (fact.seq !== seq + following.length + 1) break;
    following.push(fact);
  }
  return following;
}

function stateOf(fields: Readonly<Record<string, string>>): JobState | null {
  const { epoch, tenant, seq, tick, log } = fields;
  if (epoch === undefined || tenant === undefined) return null;
  const ticks = Object.entries(fields).filter(([name]) => name.startsWith("t:"));
  return {
    ...{ epoch, tenantId: JSON.parse(tenant) },
    ...{ seq: Number(seq), tick: Number(tick), log: Number(log) },
    ticks: ticks.map(([, frame]) => frame),
  };
}

function factOf([id, fields]: readonly [id: string, fields: readonly string[]]): StreamFact {
  return { seq: Number.parseInt(id, 10), frame: fields[1] as string };
}

/** @throws what the first of the commands that failed was answered */
function valuesOf(answers: readonly (readonly [Error | null, unknown])[] | null): readonly unknown[] {
  return (answers ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
}
