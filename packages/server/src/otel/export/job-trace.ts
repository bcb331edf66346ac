import type { Job, LogEntry } from "@playhead/core";
import type { Store } from "../../store/store.ts";
import type { TelemetryStore } from "../../store/telemetry-store.ts";
import { isOfTrace } from "../trace-mark.ts";
import { callSpan, logOf } from "./call-spans.ts";
import { type EarlierTry, type JobSpanIds, jobSpan, madeUpTaskId, taskSpan } from "./job-spans.ts";
import type { LogData, SpanData } from "./span-data.ts";
import { originSpanIdOf, spanIdOf } from "./span-ids.ts";

export interface JobTraceDeps {
  readonly store: Pick<Store, "readJob">;
  readonly telemetryStore: Pick<TelemetryStore, "queryEntries">;
}

/** Some spans or records of one job. */
export type TracePart =
  | { readonly signal: "traces"; readonly items: readonly SpanData[] }
  | { readonly signal: "logs"; readonly items: readonly LogData[] };

/** Which entries of a job go out. */
export interface EntriesWanted {
  /** Those that came after this one, alone; null for all, with the job and its tasks. */
  readonly after: number | null;
  /** Told of each that goes out. */
  readonly seen: (entryId: number) => void;
}

/** Of what goes out in one request, as the SDKs have it. */
const BATCH = 512;
const PAGE = 1_000;

/**
 * The trace of a job that has ended, a part at a time, so that one of any size is never whole in memory: its tasks,
 * parents first, then calls and log records as they are read, the job itself last. Who takes it in that order knows of
 * each span where it stands, and of the job's end that nothing follows.
 */
export async function* jobTrace(
  job: Job,
  deps: JobTraceDeps,
  { after, seen }: EntriesWanted,
): AsyncGenerator<TracePart> {
  const entries = () => entriesOf(job, deps.telemetryStore);
  const ids = await idsOf(job, entries());
  const spans: SpanData[] = [];
  const logs: LogData[] = [];
  const taken = new Set([ids.job]);
  const take = (span: SpanData | null) => {
    if (span === null || taken.has(span.spanId)) return;
    taken.add(span.spanId);
    spans.push(span);
  };
  for (const task of after === null ? job.tasks.values() : []) {
    take(taskSpan(task, job, ids));
    if (spans.length >= BATCH) yield { signal: "traces", items: spans.splice(0) };
  }
  for await (const entry of entries()) {
    if (after !== null && entry.entry_id <= after) continue;
    seen(entry.entry_id);
    if (entry.event_type === "log" || entry.error_details !== null) logs.push(logOf(entry, job, ids));
    if (entry.event_type !== "log" && entry.span_id !== null) {
      take(callSpan(entry, job.correlation_id, ids.ofCaller(entry)));
    }
    if (spans.length >= BATCH) yield { signal: "traces", items: spans.splice(0) };
    if (logs.length >= BATCH) yield { signal: "logs", items: logs.splice(0) };
  }
  if (logs.length > 0) yield { signal: "logs", items: logs };
  if (after === null) spans.push(jobSpan(job, ids, await earlierTry(job, deps)));
  if (spans.length > 0) yield { signal: "traces", items: spans };
}

interface Ids extends JobSpanIds {
  /** The span of what has made a call. */
  readonly ofCaller: (entry: LogEntry) => string;
}

/**
 * Which span stands for what. A job that joined the trace of a caller stands under that caller's span, and its calls under
 * the job; what came in by OpenTelemetry has spans of its own.
 */
async function idsOf(job: Job, entries: AsyncIterable<LogEntry>): Promise<Ids> {
  const spanIds = new Set<string>();
  const callers = new Set<string>();
  const ofTasks = new Map<string, string>();
  let root: string | null = null;
  const isForeign = isOfTrace(job);
  for await (const { event_type, span_id, parent_span_id, category, task_id } of entries) {
    if (event_type === "log" || span_id === null) continue;
    spanIds.add(span_id);
    if (parent_span_id !== null) callers.add(parent_span_id);
    if (!isForeign || category !== "step") continue;
    if (task_id !== null) ofTasks.set(task_id, ofTasks.get(task_id) ?? span_id);
    else if (parent_span_id === null) root ??= span_id;
  }
  const origin = originSpanIdOf(job.correlation_id);
  const parent = isForeign ? null : ([...callers].find((id) => id !== origin && !spanIds.has(id)) ?? null);
  const own = root ?? (parent === null ? origin : spanIdOf(job.job_id));
  const ofTask = (taskId: string) => ofTasks.get(taskId) ?? madeUpTaskId(job.job_id, taskId);
  return {
    job: own,
    parent,
    ofTask,
    ofCaller({ parent_span_id: caller, task_id: taskId }) {
      if (caller !== null && spanIds.has(caller)) return caller;
      return taskId !== null && job.tasks.get(taskId)?.started_at != null ? ofTask(taskId) : own;
    },
  };
}

async function* entriesOf(job: Job, store: JobTraceDeps["telemetryStore"]): AsyncGenerator<LogEntry> {
  const query = { tenant_id: job.tenant_id, job_id: job.job_id, order: "asc", limit: PAGE } as const;
  let page = await store.queryEntries(query);
  for (;;) {
    yield* page.entries;
    if (page.next === null) return;
    page = await store.queryEntries({ ...query, after: page.next });
  }
}

/** The job that this one tries again: a link to its span, whichever that is. */
async function earlierTry(
  { retry_of, tenant_id }: Job,
  { store, telemetryStore }: JobTraceDeps,
): Promise<EarlierTry | null> {
  const earlier = retry_of === null ? null : await store.readJob(retry_of);
  // Whoever makes a job says of which one it is a retry: of another tenant's nothing is told.
  if (earlier === null || earlier.tenant_id !== tenant_id) return null;
  const { job: spanId } = await idsOf(earlier, entriesOf(earlier, telemetryStore));
  return { traceId: earlier.correlation_id, spanId };
}
