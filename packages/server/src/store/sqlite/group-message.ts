import { EVENT_TYPES, type EventType, isFinalJobState } from "@playhead/core";
import type { CommitGroup, FactRow, JobProjection } from "../store.ts";
import { titleKey } from "../title-key.ts";

/** Stands between texts that travel as one; no JSON text can hold it unescaped. */
const SEPARATOR = "\0";

/** All event types; a fact's type travels as its place in here. Both threads run the same code, so have the same list. */
export const EVENT_TYPE_NAMES = Object.keys(EVENT_TYPES) as readonly EventType[];
const PLACE_OF_TYPE = new Map(EVENT_TYPE_NAMES.map((name, place) => [name, place]));

/**
 * A group on its way to the writer's thread. Facts are columns: two thousand small objects would cost both threads more
 * than storing them does.
 */
export interface GroupMessage {
  readonly handles: HandleNews;
  readonly facts: FactColumns;
  readonly projections: readonly ProjectionMessage[];
  readonly sources: readonly (readonly [source: string, n: number])[];
}

/**
 * Jobs travel as handles, which count on from 0: names are looked up on one side only, and sent once. Both sides know
 * the same ones, since the news of every message are taken, of one that fails, too.
 */
export interface HandleNews {
  /** Whether all handles given so far are void, and counting begins anew. */
  readonly isRestart: boolean;
  /** The ids of the jobs that got a handle with this message. */
  readonly added: readonly string[];
}

export interface FactColumns {
  /** Handles of jobs. */
  readonly jobs: Int32Array;
  readonly seqs: Int32Array;
  /** Places in {@link EVENT_TYPE_NAMES}. */
  readonly types: Uint8Array;
  readonly timesMs: Float64Array;
  /** Null where each is the job's own. */
  readonly correlationIds: readonly (string | null)[] | null;
  /** All data, joined; {@link splitData} takes it apart. */
  readonly data: string;
}

export interface ProjectionMessage {
  /** Handle of the job. */
  readonly job: number;
  readonly jobId: string;
  readonly seq: number;
  readonly tenantId: string;
  readonly kind: string;
  readonly titleKey: string;
  readonly userId: string | null;
  readonly state: string;
  readonly isFinal: boolean;
  readonly correlationId: string;
  readonly createdMs: number;
  readonly endedMs: number | null;
  readonly summary: string;
  readonly tasks: readonly TaskMessage[];
}

export interface TaskMessage {
  readonly taskId: string;
  readonly parentId: string | null;
  readonly state: string;
  readonly task: string;
}

/** So many handles are given before counting begins anew: memory is bounded, on both sides. */
const MAX_HANDLES = 50_000;

/** Makes messages of groups; all of them must go to the same writer, in their order. */
export interface GroupEncoder {
  encode(group: CommitGroup): GroupMessage;
  /** To be called when a message may not have been sent: handles are given anew from the next one on. */
  restart(): void;
}

/** An encoder that has given no handle yet. */
export function createGroupEncoder(maxHandles = MAX_HANDLES): GroupEncoder {
  const handles = new Map<string, number>();
  let added: string[] = [];

  function handleOf(jobId: string): number {
    let handle = handles.get(jobId);
    if (handle === undefined) {
      handle = handles.size;
      handles.set(jobId, handle);
      added.push(jobId);
    }
    return handle;
  }

  return {
    encode(group) {
      if (handles.size >= maxHandles) handles.clear();
      const isRestart = handles.size === 0;
      added = [];
      const facts = encodeFacts(group.facts, handleOf);
      const projections = group.projections.map((each) => encodeProjection(each, handleOf(each.job.job_id)));
      return { handles: { isRestart, added }, facts, projections, sources: [...group.sources] };
    },
    restart: () => handles.clear(),
  };
}

/** The data of a group's facts, one text each. */
export function splitData(facts: FactColumns): readonly string[] {
  const texts = facts.seqs.length === 0 ? [] : facts.data.split(SEPARATOR);
  if (texts.length !== facts.seqs.length) {
    throw new RangeError(`expected the data of ${facts.seqs.length} facts, got ${texts.length} texts`);
  }
  return texts;
}

function encodeFacts(facts: readonly FactRow[], handleOf: (jobId: string) => number): FactColumns {
  const count = facts.length;
  const jobs = new Int32Array(count);
  const seqs = new Int32Array(count);
  const types = new Uint8Array(count);
  const timesMs = new Float64Array(count);
  const data = new Array<string>(count);
  let correlationIds: (string | null)[] | null = null;
  for (let at = 0; at < count; at++) {
    const fact = facts[at] as FactRow;
    jobs[at] = handleOf(fact.job_id);
    seqs[at] = fact.seq;
    types[at] = PLACE_OF_TYPE.get(fact.type) as number;
    timesMs[at] = fact.tsMs;
    data[at] = fact.dataJson;
    if (fact.correlation_id !== null) {
      correlationIds ??= new Array<string | null>(count).fill(null);
      correlationIds[at] = fact.correlation_id;
    }
  }
  return { jobs, seqs, types, timesMs, correlationIds, data: data.join(SEPARATOR) };
}

function encodeProjection({ job, tasks }: JobProjection, handle: number): ProjectionMessage {
  return {
    job: handle,
    jobId: job.job_id,
    seq: job.seq,
    tenantId: job.tenant_id,
    kind: job.kind,
    titleKey: titleKey(job.title),
    userId: job.user_id,
    state: job.state,
    isFinal: isFinalJobState(job.state),
    correlationId: job.correlation_id,
    createdMs: Date.parse(job.created_at),
    endedMs: job.ended_at === null ? null : Date.parse(job.ended_at),
    // A whole Job passes for a summary; its tasks are told below.
    summary: JSON.stringify({ ...job, tasks: undefined }),
    tasks: tasks.map((task) => ({
      taskId: task.task_id,
      parentId: task.parent_id,
      state: task.state,
      task: JSON.stringify(task),
    })),
  };
}
