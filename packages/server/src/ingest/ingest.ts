import {
  type BatchAck,
  type EventRecord,
  everySecond,
  isTickRecord,
  PlayheadError,
  type RefusedRecord,
  type SetTimer,
  toErrorBody,
} from "@playhead/core";
import type { Bus } from "../bus/bus.ts";
import { createSourcePositions } from "../store/source-positions.ts";
import type { Store } from "../store/store.ts";
import { currentTicks } from "./current-ticks.ts";
import { createFairTurns } from "./fair-turns.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { Forecasting } from "./job-forecasting.ts";
import { applyToLiveJob, type LiveJob, liveProgress } from "./live-job.ts";
import { createLiveJobs } from "./live-jobs.ts";
import { createProgressTicker } from "./progress-ticker.ts";
import { publishEvent } from "./publication.ts";
import { createRecordTaker, type Reporter } from "./take-record.ts";

export interface IngestDeps {
  readonly store: Pick<Store, "commit" | "epoch" | "readJob" | "readSource">;
  readonly bus: Bus;
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  /** A W3C trace id for jobs that come without one. */
  readonly newTraceId: () => string;
  /** Told when the store refuses a group, with the time until it is tried again. */
  readonly onRetry: (error: unknown, retryInMs: number) => void;
  /** Told of what nobody foresaw; the job was taken anew from the store. */
  readonly onDefect: (error: unknown, jobId: string) => void;
  /** Who says when jobs are done. @defaultValue the linear rule */
  readonly forecasts?: Forecasting;
}

/** Facts and ticks that one source reports in one go, in order. */
export interface EventBatch {
  readonly source: string;
  readonly records: readonly EventRecord[];
}

/** A batch whose jobs stand as it wants them, in memory. */
export interface TakenBatch {
  readonly answer: BatchAck;
  /** All of it is stored. */
  readonly stored: Promise<void>;
}

const DRAIN_LIMIT_MS = 10_000;

/**
 * The third hop (DESIGN §3): drops what a source has sent already, decides about each fact, numbers it, folds it, stores
 * a group of them, and only then answers and publishes.
 */
export function createIngest(deps: IngestDeps) {
  const { store, bus, nowMs, setTimer, newTraceId, onRetry, onDefect, forecasts } = deps;
  const commit = createGroupCommit({
    store,
    publish: (publications) => bus.publish(publications),
    takeProjections: (facts) => jobs.takeProjections(facts),
    onRetry,
  });
  const isStored = ({ lastAdded }: LiveJob) => commit.isStored(lastAdded);
  const jobs = createLiveJobs({ store, nowMs, isStored, settled: commit.settled, onLoaded: follow });
  const sources = createSourcePositions({ store, moment: commit.position, isStored: commit.isStored });
  const ticker = createProgressTicker({
    nowMs,
    setTimer,
    isCurrent: (live) => jobs.peek(live.draft.job_id) === live,
    isFollowed: ({ draft }) => bus.isFollowed(draft.job_id),
    emit(live) {
      guarded(live, () => taker.sayProgress(live));
      commit.schedule();
    },
  });
  const taker = createRecordTaker({
    ...{ epoch: store.epoch, commit, jobs, nowMs, newTraceId },
    onNew: follow,
    onMoved: ticker.moved,
  });
  // Changed jobs are handed to the store's lists, and what nobody needs leaves memory.
  const endSweeps = everySecond(
    () => {
      jobs.sweep();
      if (jobs.isProjectionDue()) commit.flushProjections();
    },
    { nowMs, setTimer },
  );

  /** Batches are taken one after the other, so that a source's order holds though jobs may have to be loaded. */
  let turn: Promise<unknown> = Promise.resolve();
  const fairTurns = createFairTurns();
  let closing: Promise<boolean> | null = null;

  function follow(live: LiveJob): void {
    live.forecast = forecasts?.open(live.draft, () => ticker.moved(live)) ?? null;
  }

  /** What nobody foresaw may have left the job half changed: memory is not to be trusted, the store is. */
  function guarded(live: LiveJob, work: () => void): void {
    try {
      work();
    } catch (error) {
      giveUp(live, error);
    }
  }

  function giveUp(live: LiveJob, error: unknown): void {
    onDefect(error, live.draft.job_id);
    jobs.reload(live);
  }

  async function begin(batch: EventBatch, reporter: Reporter): Promise<TakenBatch> {
    if (closing !== null) {
      throw new PlayheadError("service_unavailable", "the server is shutting down; nothing of this batch was taken");
    }
    const taken = commit.admit(batch.records.length);
    const mine = turn.then(() => take(batch, reporter)).finally(taken);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function ingest(batch: EventBatch, reporter: Reporter): Promise<BatchAck> {
    const { answer, stored } = await begin(batch, reporter);
    await stored;
    return answer;
  }

  async function take({ source, records }: EventBatch, reporter: Reporter): Promise<TakenBatch> {
    let position = await sources.positionOf(source);
    let noted = position;
    let accepted = 0;
    let followed = false;
    const refused: RefusedRecord[] = [];
    /** What was taken and how far it came are stored together: a group may close whenever this waits. */
    const note = () => {
      if (position > noted) {
        commit.addSource(source, position);
        sources.advance(source, position);
        noted = position;
      }
      commit.schedule();
    };
    try {
      for (const record of records) {
        const { n } = record;
        if (n !== undefined && n <= position) {
          accepted += 1;
          continue;
        }
        if (fairTurns.isLong()) {
          note();
          await fairTurns.pause();
        }
        let live = jobs.peek(record.job_id);
        if (live === undefined) {
          note();
          live = await load(record.job_id);
        }
        const refusal = takeOne(live, record, reporter);
        if (refusal !== null) refused.push(refusal);
        else {
          if (!isTickRecord(record)) accepted += 1;
          // Only of jobs that are the reporter's: of others it is not even to learn that there are any.
          followed ||= bus.isFollowed(record.job_id);
        }
        // What was refused has been answered, and is not to be sent again.
        if (n !== undefined) position = n;
      }
    } finally {
      // Also when a job could not be loaded: what stands before it in the batch has been taken.
      note();
    }
    return { answer: { accepted, refused, followed } satisfies BatchAck, stored: commit.settled() };
  }

  /** A job that cannot be read is no reason to refuse its facts for good: the batch is to be sent again. */
  async function load(jobId: string): Promise<LiveJob | undefined> {
    try {
      return (await jobs.get(jobId)) ?? undefined;
    } catch (cause) {
      throw new PlayheadError("service_unavailable", `job ${jobId} cannot be read from the store at the moment`, {
        hint: "send the same batch again a little later",
        cause,
      });
    }
  }

  function takeOne(live: LiveJob | undefined, record: EventRecord, reporter: Reporter): RefusedRecord | null {
    try {
      taker.take(live, record, reporter);
      return null;
    } catch (error) {
      if (!(error instanceof PlayheadError)) {
        if (live === undefined) onDefect(error, record.job_id);
        else giveUp(live, error);
      }
      return { n: record.n ?? null, ...toErrorBody(error) };
    }
  }

  return {
    /**
     * Takes a batch of parsed records; resolves after all of it is stored.
     *
     * @throws PlayheadError `service_unavailable` when the store cannot keep up or the server shuts down.
     */
    ingest,
    /** The same; resolves as soon as all of it is taken, and before it is stored. Somebody must wait for that, too. */
    begin,
    /**
     * Reports one fact of the server's own.
     *
     * @throws PlayheadError as `decide` does, when the fact is refused.
     */
    async report(tenantId: string, record: Omit<EventRecord, "ts" | "n">): Promise<void> {
      const timed: EventRecord = { ...record, ts: new Date(nowMs()).toISOString() };
      const { refused } = await ingest({ source: "server", records: [timed] }, { tenantId, worker: null });
      const [first] = refused;
      if (first !== undefined) throw new PlayheadError(first.error_code, first.error_message, { detail: first.detail });
    },
    jobs,
    /** To be called before it is read where a job stands: where nobody follows it, its bar is behind. */
    asked: ticker.asked,
    /** Resolves when everything that the job shows by now is stored: at once, when nothing of it is under way. */
    committed: (live: LiveJob): Promise<void> => (isStored(live) ? Promise.resolve() : commit.settled()),
    isStored,
    /** Whether the store refuses at the moment, so that what is under way may take long. */
    isStuck: commit.isRefused,
    /** Records that are not stored yet. */
    pending: commit.pending,
    /** Resolves when the store's rows of the job and its tasks stand where the job stands by now. */
    async project(live: LiveJob): Promise<void> {
      if (live.dirty || live.moved || live.dirtyTasks.size > 0) {
        jobs.projectSoon(live);
        commit.flushProjections();
      }
      await commit.settled();
    },
    /** Where the job stands now, as ticks with new numbers, for someone who missed some; they are not published. */
    currentTicks(live: LiveJob): readonly string[] {
      const { draft } = live;
      const now = nowMs();
      const ticks = currentTicks(draft, draft.tasks.values(), liveProgress(live, now), new Date(now).toISOString());
      for (const tick of ticks) applyToLiveJob(live, tick);
      return ticks.map((tick) => publishEvent(store.epoch, draft.tenant_id, tick, null).frame());
    },
    /** Takes nothing more, and stores and says what is at hand. @returns whether all of it could be stored in time */
    close(limitMs: number = DRAIN_LIMIT_MS): Promise<boolean> {
      closing ??= (async () => {
        endSweeps();
        await turn;
        ticker.close();
        jobs.projectAll();
        return commit.drain(limitMs, jobs.isProjectionDue);
      })();
      return closing;
    },
  };
}

export type Ingest = ReturnType<typeof createIngest>;
