import {
  type DecidedFact,
  decide,
  EVENT_TYPES,
  type EventRecord,
  isFinalJobState,
  isJobId,
  isTickRecord,
  type JsonObject,
  PlayheadError,
  type PlayheadEvent,
} from "@playhead/core";
import type { GroupCommit } from "./group-commit.ts";
import { applyToLiveJob, createNewLiveJob, hasManyDirtyTasks, type LiveJob, liveProgress } from "./live-job.ts";
import type { LiveJobs } from "./live-jobs.ts";
import { createMoments } from "./moments.ts";
import { publishEvent } from "./publication.ts";

/** Who reports. */
export interface Reporter {
  readonly tenantId: string;
  /** Written into the jobs it runs, so that the server knows whom to ask; null for the server itself. */
  readonly worker: string | null;
}

export interface RecordTakerDeps {
  readonly epoch: string;
  readonly commit: Pick<GroupCommit, "addFact" | "addTick" | "position">;
  readonly jobs: Pick<LiveJobs, "add" | "projectSoon">;
  readonly nowMs: () => number;
  /** A W3C trace id for jobs that come without one. */
  readonly newTraceId: () => string;
  /** A new job is in memory. */
  readonly onNew: (live: LiveJob) => void;
  /** Something happened that may have moved the job's bar. */
  readonly onMoved: (live: LiveJob) => void;
}

/** An event that has been folded, and is now to be stored and said; `dataJson` where it was serialised already. */
interface Entry {
  readonly event: PlayheadEvent;
  readonly dataJson: string | null;
}

/** As much data as one fact may carry, in characters of JSON. */
const MAX_DATA_LENGTH = 1_000_000;

/**
 * Takes single records: decides about each, numbers it, folds it, and hands it on to be stored and said. A record is
 * refused as a whole before anything has changed; what throws after that is a defect, and the caller must not go on
 * with that job as it stands in memory.
 */
export function createRecordTaker(deps: RecordTakerDeps) {
  const { epoch, commit, jobs, nowMs, newTraceId, onNew, onMoved } = deps;
  const moments = createMoments();

  function takeFact(known: LiveJob | undefined, record: EventRecord, reporter: Reporter): void {
    const tsMs = moments.msOf(record.ts);
    if (!(tsMs >= 0)) throw new PlayheadError("validation_error", "expected ts to be an ISO 8601 time");
    const facts = decide(known?.draft, withOrigin(record, reporter));
    const [first] = facts;
    if (known !== undefined && facts.length === 1 && first !== undefined) {
      // Nearly all facts: alone, and not the end of a job.
      const dataJson = toJson(first.data);
      add(known, { event: foldFact(known, first, record), dataJson }, tsMs);
      tell(known, record);
    } else {
      takeSeveral(known, facts, record, tsMs);
    }
  }

  function takeSeveral(
    known: LiveJob | undefined,
    facts: readonly DecidedFact[],
    record: EventRecord,
    tsMs: number,
  ): void {
    if (known === undefined && !isJobId(record.job_id)) {
      throw new PlayheadError("validation_error", "expected job_id to be letters, digits, dots, dashes or underscores");
    }
    const texts = facts.map(({ data }) => toJson(data));
    const live = known ?? createNewLiveJob(record.job_id, nowMs());
    if (known === undefined) onNew(live);
    const entries: Entry[] = [];
    for (const [at, fact] of facts.entries()) {
      const wasOpen = !isFinalJobState(live.draft.state);
      entries.push({ event: foldFact(live, fact, record), dataJson: texts[at] as string });
      // The last value of the bar, for those who only follow ticks; then the word on how it ended.
      if (wasOpen && isFinalJobState(live.draft.state)) entries.push({ event: foldProgress(live), dataJson: null });
    }
    // All of it is folded: nothing of it can be refused any more, by anyone.
    if (known === undefined) {
      live.announcement = entries[0]?.event ?? null;
      jobs.add(live);
    }
    for (const entry of entries) add(live, entry, tsMs);
    tell(live, record);
  }

  function tell(live: LiveJob, { type }: EventRecord): void {
    if (EVENT_TYPES[type].subject === "job" || hasManyDirtyTasks(live)) jobs.projectSoon(live);
    onMoved(live);
  }

  function foldFact(live: LiveJob, { type, data }: DecidedFact, { ts, correlation_id }: EventRecord): PlayheadEvent {
    const { draft } = live;
    const trace = draft.correlation_id || correlation_id || newTraceId();
    const event: PlayheadEvent = { type, ts, job_id: draft.job_id, seq: draft.seq + 1, correlation_id: trace, data };
    applyToLiveJob(live, event);
    if (type !== "job.liveness_changed") live.lastMovedMs = nowMs();
    return event;
  }

  function add(live: LiveJob, { event, dataJson }: Entry, tsMs: number): void {
    const { tenant_id: tenantId, correlation_id: correlationId } = live.draft;
    const publication = publishEvent(epoch, tenantId, event, dataJson);
    if (dataJson === null) {
      commit.addTick(publication);
      return;
    }
    const { job_id, seq, type, correlation_id } = event;
    const ownId = correlation_id === correlationId ? null : correlation_id;
    commit.addFact({ job_id, seq, type, tsMs, correlation_id: ownId, dataJson }, publication);
    live.lastAdded = commit.position();
  }

  function takeTick(live: LiveJob, { type, ts, data }: EventRecord): void {
    const { draft } = live;
    const task = typeof data.task_id === "string" ? draft.tasks.get(data.task_id) : undefined;
    // A tick that comes too late says nothing any more.
    if (isFinalJobState(draft.state) || task?.state !== "processing") return;
    addTick(live, foldTick(live, { type, ts, data }));
    onMoved(live);
  }

  function foldTick(live: LiveJob, { type, ts, data }: Pick<PlayheadEvent, "type" | "ts" | "data">): PlayheadEvent {
    const { job_id, seq, tick, correlation_id } = live.draft;
    const event: PlayheadEvent = { type, ts, job_id, seq, tick: tick + 1, correlation_id, data };
    if (applyToLiveJob(live, event)) live.lastMovedMs = nowMs();
    return event;
  }

  function foldProgress(live: LiveJob): PlayheadEvent {
    const now = nowMs();
    // A fresh object of JSON values, though its type has no index signature.
    const data = liveProgress(live, now) as unknown as JsonObject;
    return foldTick(live, { type: "job.progress", ts: moments.textOf(now), data });
  }

  function addTick(live: LiveJob, event: PlayheadEvent): void {
    commit.addTick(publishEvent(epoch, live.draft.tenant_id, event, null));
  }

  return {
    /**
     * Takes one record of a job; undefined for a job that is not there.
     *
     * @throws PlayheadError when the record is refused; then nothing has changed.
     */
    take(live: LiveJob | undefined, record: EventRecord, reporter: Reporter): void {
      // Nobody has parsed what comes from this process.
      if (EVENT_TYPES[record.type] === undefined) throw unknownType(record);
      // Another tenant's job answers as if it were not there; only that there cannot be two of one id shows.
      const isOthers = live !== undefined && live.draft.tenant_id !== reporter.tenantId;
      if (isOthers && record.type === "job.created") throw noSuchJob(record.job_id);
      const known = isOthers ? undefined : live;
      // What the server itself says of a job is no sign of its life.
      if (known !== undefined && reporter.worker !== null) known.lastTouchedMs = nowMs();
      if (!isTickRecord(record)) takeFact(known, record, reporter);
      else if (known === undefined) throw noSuchJob(record.job_id);
      else takeTick(known, record);
    },
    /** Says the job's progress as it stands now. */
    sayProgress(live: LiveJob): void {
      addTick(live, foldProgress(live));
    },
  };
}

/** Who runs the job is known to us: a worker does not say it of itself, nor of others. */
function withOrigin(record: EventRecord, { tenantId, worker }: Reporter): EventRecord {
  const { type, data } = record;
  if (type === "job.created") return { ...record, data: { ...data, tenant_id: tenantId, worker } };
  const isMove = type === "job.state_changed" || (EVENT_TYPES[type].subject === "job" && data.worker !== undefined);
  return isMove && worker !== null ? { ...record, data: { ...data, worker } } : record;
}

function toJson(data: JsonObject): string {
  let text: string;
  try {
    text = JSON.stringify(data);
  } catch (cause) {
    throw new PlayheadError("validation_error", "expected data to be what JSON can carry", { cause });
  }
  if (text.length <= MAX_DATA_LENGTH) return text;
  throw new PlayheadError(
    "validation_error",
    `expected at most ${MAX_DATA_LENGTH} characters of data, got ${text.length}`,
    {
      hint: "put what is large into an artifact or the log",
    },
  );
}

function unknownType({ type }: EventRecord): PlayheadError {
  return new PlayheadError("validation_error", `expected a type of event, got ${JSON.stringify(type)}`, {
    hint: "see docs/events.md for those there are",
  });
}

function noSuchJob(jobId: string): PlayheadError {
  return new PlayheadError("not_found", `there is no job ${jobId}`);
}
