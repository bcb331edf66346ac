import type { LogLine } from "@playhead/core";
import type { Redis } from "ioredis";
import type { JobLogs } from "../../store/job-logs.ts";
import type { Store } from "../../store/store.ts";
import type { Publication } from "../bus.ts";
import type { FollowedJob, FollowedPosition, FoundMissing } from "./followed-job.ts";
import { factsAfter, type JobStateAndFacts, readStates } from "./job-state.ts";
import type { Keys } from "./keys.ts";
import { RemoteEvent, RemoteLine } from "./message.ts";

/** A job as the store has it. */
export interface StoredHead {
  readonly tenantId: string;
  readonly seq: number;
}

/** Where the bus reads what Redis does not have any more. */
export interface BusStore {
  /** Where jobs stand; those that are not there are left out. */
  readHeads(jobIds: readonly string[]): Promise<ReadonlyMap<string, StoredHead>>;
  readonly readFacts: Store["readFacts"];
  readonly readLogs: JobLogs["readLogs"];
}

export interface RepairsDeps {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly store: BusStore;
  readonly onError: (error: unknown) => void;
}

/** So many jobs are repaired together, and so many of them by the store at a time. */
const JOBS_AT_ONCE = 256;
const READS_AT_ONCE = 8;
/** Read anew after this when it could not be. */
const RETRY_MS = 1_000;
const PAGE = 1_000;
/** Who missed more facts or lines than this sees the gap, and begins anew; nobody is sent that many. */
const MAX_MISSED = 5_000;

/** Finds what jobs missed: in Redis, and in the store where Redis does not know it. */
export function createRepairs({ redis, keys, store, onError }: RepairsDeps) {
  let wanted = new Set<FollowedJob>();
  let isRunning = false;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  /** Repairs all that can be: those whose channel is subscribed to, so that nothing comes between. */
  async function run(): Promise<void> {
    if (isRunning || closed) return;
    isRunning = true;
    // In a turn of its own: what is asked for together is read together.
    await null;
    while (redis.status === "ready" && timer === null && !closed) {
      const batch = nextBatch();
      if (batch.length === 0) break;
      for (const job of batch) wanted.delete(job);
      await repair(batch).catch(onError);
      // Whatever could not be found is wanted still.
      const left = batch.filter((job) => !job.isLive() && job.isHeard());
      for (const job of left) wanted.add(job);
      if (left.length > 0) later();
    }
    isRunning = false;
  }

  function nextBatch(): readonly FollowedJob[] {
    const batch: FollowedJob[] = [];
    for (const job of wanted) {
      if (job.isSubscribed) batch.push(job);
      if (batch.length === JOBS_AT_ONCE) break;
    }
    return batch;
  }

  function later(): void {
    timer ??= setTimeout(() => {
      timer = null;
      void run();
    }, RETRY_MS);
  }

  async function repair(jobs: readonly FollowedJob[]): Promise<void> {
    const positions = jobs.map((job) => job.position());
    const queries = jobs.map(({ jobId }, index) => ({ jobId, afterSeq: positions[index]?.seq ?? null }));
    const found = await readStates(redis, keys, queries);
    const cases = jobs.map((job, index) => {
      const position = positions[index] as FollowedPosition;
      const inRedis = found[index] as JobStateAndFacts;
      return { job, position, inRedis, asksStore: job.asksStore || isBehind(inRedis, position) };
    });
    const asked = cases.filter(({ asksStore }) => asksStore).map(({ job }) => job.jobId);
    const stored = asked.length === 0 ? new Map<string, StoredHead>() : await store.readHeads(asked);
    for (const chunk of chunksOf(cases, READS_AT_ONCE)) {
      await Promise.all(
        chunk.map(async ({ job, position, inRedis, asksStore }) => {
          try {
            const missing = await findMissing(job, position, inRedis, stored.get(job.jobId), asksStore);
            if (job.position() !== position) return;
            if (asksStore) job.asksStore = false;
            job.repaired(missing);
          } catch (error) {
            onError(error);
          }
        }),
      );
    }
  }

  /** While Redis is away: what happened since, as far as it is stored. Who began meanwhile has what was stored then. */
  async function lookInStore(jobs: readonly FollowedJob[]): Promise<void> {
    const begun = jobs.filter((job) => isKnown(job.position()));
    for (const batch of chunksOf(begun, JOBS_AT_ONCE)) {
      const stored = await store.readHeads(batch.map(({ jobId }) => jobId));
      for (const chunk of chunksOf(batch, READS_AT_ONCE)) {
        await Promise.all(chunk.map((job) => tellStored(job, stored.get(job.jobId)?.seq ?? 0)));
      }
    }
  }

  async function tellStored(job: FollowedJob, upTo: number): Promise<void> {
    const position = job.position();
    const { epoch } = position;
    if (!isKnown(position) || position.seq >= upTo) return;
    const from = Math.max(position.seq, upTo - MAX_MISSED);
    job.foundMeanwhile(position, await findFacts(position.tenantId, job.jobId, { from, upTo, facts: [], epoch }));
  }

  async function findMissing(
    job: FollowedJob,
    position: FollowedPosition,
    { state, facts }: JobStateAndFacts,
    stored: StoredHead | undefined,
    asksStore: boolean,
  ): Promise<FoundMissing> {
    const { jobId } = job;
    const epoch = state?.epoch ?? position.epoch;
    const isSame = position.epoch === null || position.epoch === epoch;
    const tenantId = state?.tenantId ?? stored?.tenantId ?? position.tenantId;
    const known = isSame ? position.seq : null;
    const seq = Math.max(state?.seq ?? 0, stored?.seq ?? 0, known ?? 0);
    const publications: Publication[] = [];
    if (tenantId !== null) {
      // Who begins hears the latest of what is there: it may have come while the subscription was on its way.
      const first = known ?? Math.max(0, Math.min(seq, facts[0]?.seq ?? seq) - 1);
      const from = Math.max(first, seq - MAX_MISSED);
      publications.push(...(await findFacts(tenantId, jobId, { from, upTo: seq, facts, epoch })));
      const tick = isSame ? position.tick : 0;
      publications.push(...ticksOf(tenantId, state?.ticks ?? [], tick, seq));
    }
    const said = state?.log ?? 0;
    if (position.log === null) {
      const log = await logOf(job, tenantId, said);
      return { epoch, tenantId, seq, log, publications };
    }
    const lines = asksStore || said > position.log ? await findLines(jobId, tenantId, position.log, seq) : [];
    const log = Math.max(position.log, said, lines.at(-1)?.content.log_id ?? 0);
    return { epoch, tenantId, seq, log, publications: [...publications, ...lines] };
  }

  async function findFacts(
    tenantId: string,
    jobId: string,
    { from, upTo, facts, epoch }: WantedFacts,
  ): Promise<readonly Publication[]> {
    const events = factsAfter(facts, from).map(({ frame }) => new RemoteEvent(tenantId, frame));
    for (let at = events.at(-1)?.seq ?? from; at < upTo; at = events.at(-1)?.seq ?? at) {
      const page = await store.readFacts(jobId, at, PAGE);
      // Nothing is said before it is stored: what is not there any more was let go of.
      if (page.length === 0) break;
      for (const fact of page) events.push(new RemoteEvent(tenantId, JSON.stringify({ ...fact, epoch })));
    }
    return events.filter(({ seq }) => seq <= upTo);
  }

  async function findLines(
    jobId: string,
    tenantId: string | null,
    after: number,
    seq: number,
  ): Promise<readonly RemoteLine[]> {
    if (tenantId === null) return [];
    const lines: RemoteLine[] = [];
    for (let isMore = true; isMore && lines.length < MAX_MISSED; ) {
      const last: number = lines.at(-1)?.content.log_id ?? after;
      const page = await store.readLogs({ tenantId, jobId, after: last, limit: PAGE });
      for (const line of page) lines.push(new RemoteLine(tenantId, seq, frameOfLine(line)));
      isMore = page.length === PAGE;
    }
    return lines;
  }

  /** Where the log stands for who begins: as Redis says, or, where that matters, the store. */
  async function logOf(job: FollowedJob, tenantId: string | null, said: number): Promise<number | null> {
    if (said > 0) return said;
    // Of a job that nobody knows there are no lines.
    if (tenantId === null) return 0;
    if (!job.wantsLines) return null;
    const query = { tenantId, jobId: job.jobId, before: Number.MAX_SAFE_INTEGER, limit: 1 };
    const [last] = await store.readLogs(query);
    return last?.log_id ?? 0;
  }

  redis.on("ready", () => void run());

  return {
    want(job: FollowedJob): void {
      wanted.add(job);
      void run();
    },
    /** Looks again at those that could not be repaired before. */
    run: () => void run(),
    lookInStore,
    drop(job: FollowedJob): void {
      wanted.delete(job);
    },
    close(): void {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      wanted = new Set();
    },
  };
}

interface WantedFacts extends Pick<JobStateAndFacts, "facts"> {
  readonly from: number;
  readonly upTo: number;
  readonly epoch: string | null;
}

/** Whether Redis knows less than was heard here, or nothing at all: then it is no witness. */
function isBehind({ state }: JobStateAndFacts, { epoch, seq, tick }: FollowedPosition): boolean {
  if (state === null) return true;
  return state.epoch === epoch && (state.seq < (seq ?? 0) || state.tick < tick);
}

/** Whether it is known where a job stands, and in which history. */
function isKnown(
  position: FollowedPosition,
): position is FollowedPosition & { epoch: string; tenantId: string; seq: number } {
  return position.epoch !== null && position.tenantId !== null && position.seq !== null;
}

function ticksOf(tenantId: string, frames: readonly string[], after: number, seq: number): readonly Publication[] {
  return frames
    .map((frame) => new RemoteEvent(tenantId, frame))
    .filter((each) => (each.tick ?? 0) > after && each.seq <= seq)
    .sort((a, b) => (a.tick ?? 0) - (b.tick ?? 0));
}

function frameOfLine(line: LogLine): string {
  return JSON.stringify({ type: "log", job_id: line.job_id, ts: line.ts, data: line });
}

function* chunksOf<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
