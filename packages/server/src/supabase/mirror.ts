import { EVENT_TYPES, isFinalJobState, type JobSummary, type PlayheadEvent } from "@playhead/core";
import type { AlertStore } from "../store/alert-store.ts";
import type { Store } from "../store/store.ts";
import { type Batch, eventRow, jobRow } from "./batch.ts";
import { type CircuitPhase, createCircuit } from "./circuit.ts";
import { createDueJobs } from "./due-jobs.ts";
import { isRefusedData, type Writer } from "./writer.ts";

export interface MirrorDeps {
  readonly store: Pick<AlertStore, "readFactLog" | "readFactLogEnd"> &
    Pick<Store, "epoch" | "readFacts" | "readDocument" | "putDocument">;
  readonly writer: Writer;
  /** Jobs as they stand, nothing of them unstored; those that are gone are left out. */
  readonly readJobs: (jobIds: readonly string[]) => Promise<readonly JobSummary[]>;
  /** Jobs that have not ended. */
  readonly openJobIds: () => Iterable<string>;
  /** Whose the mirror's own record is. */
  readonly tenantId: string;
  readonly nowMs: () => number;
  /** 0..1 */
  readonly random: () => number;
  /** Told when writes begin to fail, and when they go through again (null). */
  readonly onChange: (error: unknown | null) => void;
  /** Told of a row that was left out, since the tables do not take it. */
  readonly onSkipped: (row: string, error: unknown) => void;
}

/** How the mirror does. */
export interface MirrorStatus {
  readonly circuit: CircuitPhase;
  /** How old the oldest fact is that waits, while there is more than it could write at once. */
  readonly lagMs: number;
  readonly eventsWritten: number;
  readonly jobsWritten: number;
  readonly rowsSkipped: number;
  /** Why the last write failed; null when it did not. */
  readonly error: string | null;
}

/** A fact with what is to be known of its job. */
interface Fact {
  readonly tenantId: string;
  readonly event: PlayheadEvent;
}

const FACTS = 500;
const JOBS = 500;
/** A batch of a few large facts must not be too large for whoever takes it. */
const BATCH_CHARS = 1_000_000;
const KEEP_EVERY_MS = 1_000;
const RECORD = { collection: "supabase", id: "position" } as const;

/**
 * Follows the log of facts, and writes each batch of it and the rows of its jobs in one transaction:
 *
 *   log behind the position ┐
 *   jobs that moved         ┴► rows ► circuit ► writer ► position
 *
 * The store is its spool: while the project is away the position stays where it is, and later the log is read on from
 * there. The position is kept after what it stands for is written; what a crash in between writes twice is known there.
 */
export function createMirror(deps: MirrorDeps) {
  const { store, writer, readJobs, openJobIds, tenantId, nowMs, random, onChange, onSkipped } = deps;
  const circuit = createCircuit({ nowMs, random });
  const due = createDueJobs(nowMs);
  /** Open jobs of before the first start: all that happened to them goes first. */
  let earlier: string[] = [];
  let earlierSeq = 0;
  let factId = 0;
  let keptFactId: number | null = null;
  let keptMs = 0;
  let waitingSinceMs: number | null = null;
  let failure: unknown | null = null;
  const counts = { eventsWritten: 0, jobsWritten: 0, rowsSkipped: 0 };

  async function keep(): Promise<void> {
    // Until then a restart begins with the open jobs again.
    if (earlier.length > 0 || keptFactId === factId) return;
    await store.putDocument({ ...RECORD, tenantId, body: { epoch: store.epoch, fact_id: factId }, expiresMs: null });
    keptFactId = factId;
    keptMs = nowMs();
  }

  /** Writes all of it; what is refused is halved until it is known what it is, which is left out. */
  async function write(batch: Batch): Promise<void> {
    try {
      await writer.append(batch);
      counts.eventsWritten += batch.events.length;
      counts.jobsWritten += batch.jobs.length;
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      const [row] = [...batch.events, ...batch.jobs];
      if (row !== undefined && batch.events.length + batch.jobs.length === 1) {
        counts.rowsSkipped += 1;
        onSkipped(row, error);
        return;
      }
      for (const half of halvesOf(batch)) await write(half);
    }
  }

  async function nextFacts(): Promise<{ readonly facts: readonly Fact[]; readonly done: () => void; more: boolean }> {
    const [jobId] = earlier;
    if (jobId !== undefined) {
      const [job] = await readJobs([jobId]);
      const events = job === undefined ? [] : await store.readFacts(jobId, earlierSeq, FACTS);
      const taken = withinSize(events.map((event) => ({ tenantId: job?.tenant_id ?? tenantId, event })));
      const isLast = taken.length === events.length && events.length < FACTS;
      const done = () => {
        earlierSeq = isLast ? 0 : (taken.at(-1)?.event.seq ?? earlierSeq);
        if (isLast) earlier.shift();
      };
      return { facts: taken, done, more: true };
    }
    const logged = await store.readFactLog(factId, FACTS);
    const taken = withinSize(logged);
    const done = () => {
      factId = taken.at(-1)?.factId ?? factId;
    };
    return { facts: taken, done, more: logged.length === FACTS || taken.length < logged.length };
  }

  /** Tells of the first of many that fail, and of the first that goes through again. */
  function noteOutcome(error: unknown | null): void {
    const isNews = (error === null) !== (failure === null);
    failure = error;
    if (isNews) onChange(error);
  }

  /** @returns whether it went through */
  async function send(facts: readonly Fact[], jobs: readonly JobSummary[]): Promise<boolean> {
    const events = facts.map((fact) => eventRow(fact.tenantId, fact.event));
    const batch = { epoch: store.epoch, events, jobs: jobs.map(jobRow) };
    try {
      if (!(await circuit.run(() => write(batch)))) return false;
    } catch (error) {
      noteOutcome(error);
      return false;
    }
    noteOutcome(null);
    return true;
  }

  return {
    /** Goes on from what is kept; to be called once, before the first step. */
    async start(): Promise<void> {
      const kept = (await store.readDocument(RECORD.collection, RECORD.id))?.body;
      const end = await store.readFactLogEnd();
      // Another history may have other numbers. What ended before is what the project knows of it.
      const isKnown = kept?.epoch === store.epoch && typeof kept.fact_id === "number";
      factId = isKnown ? Math.min(end, kept.fact_id as number) : end;
      if (!isKnown) earlier = [...openJobIds()];
      for (const jobId of openJobIds()) due.note(jobId);
    },
    /** Something of a job's row is different; that of a fact it finds by itself. */
    note: due.note,
    /** One step; never two at once. @returns whether there is more to do at once */
    async step(): Promise<boolean> {
      if (circuit.isResting()) return false;
      const { facts, done, more } = await nextFacts();
      for (const { event } of facts) {
        if (EVENT_TYPES[event.type].subject === "job") due.noteAtOnce(event.job_id);
        else due.note(event.job_id);
      }
      const wanted = due.take(JOBS);
      const jobs = wanted.length === 0 ? [] : await readJobs(wanted);
      if (facts.length > 0 || jobs.length > 0) {
        const [first] = facts;
        if (!(await send(facts, jobs))) {
          due.giveBack(wanted);
          waitingSinceMs ??= first === undefined ? nowMs() : Date.parse(first.event.ts);
          return false;
        }
      }
      const known = new Set(jobs.map(({ job_id }) => job_id));
      for (const { job_id, state } of jobs) due.wrote(job_id, isFinalJobState(state));
      for (const jobId of wanted) if (!known.has(jobId)) due.forget(jobId);
      done();
      const isBehind = more || wanted.length === JOBS;
      const last = facts.at(-1);
      waitingSinceMs = isBehind && last !== undefined ? Date.parse(last.event.ts) : null;
      if (nowMs() - keptMs >= KEEP_EVERY_MS) await keep();
      return isBehind;
    },
    /** Keeps how far it came. */
    keep,
    status(): MirrorStatus {
      const lagMs = waitingSinceMs === null ? 0 : Math.max(0, nowMs() - waitingSinceMs);
      const error = failure === null ? null : failure instanceof Error ? failure.message : String(failure);
      return { circuit: circuit.phase(), lagMs, error, ...counts };
    },
  };
}

/** As many from the front as fit into a batch; one at least. */
function withinSize<Each extends Fact>(facts: readonly Each[]): readonly Each[] {
  let chars = 0;
  const end = facts.findIndex(({ event }, at) => {
    chars += JSON.stringify(event.data).length;
    return at > 0 && chars > BATCH_CHARS;
  });
  return end === -1 ? facts : facts.slice(0, end);
}

/** Events first, so that a job's row never says more than its events. */
function halvesOf({ epoch, events, jobs }: Batch): readonly [Batch, Batch] {
  if (events.length > 0 && jobs.length > 0)
    return [
      { epoch, events, jobs: [] },
      { epoch, events: [], jobs },
    ];
  const half = (rows: readonly string[], from: number, to?: number) => rows.slice(from, to);
  const [atEvent, atJob] = [Math.ceil(events.length / 2), Math.ceil(jobs.length / 2)];
  return [
    { epoch, events: half(events, 0, atEvent), jobs: half(jobs, 0, atJob) },
    { epoch, events: half(events, atEvent), jobs: half(jobs, atJob) },
  ];
}
