/** What was stored, as the evaluator hears it. */
import { type AlertDimension, isJsonObject, type JsonObject, type LogEntry } from "@playhead/core";
import type { LoggedFact } from "../store/alert-store.ts";
import type { SampleRow, TotalsRow } from "../store/telemetry-store.ts";
import type { Heard, HeardCall, HeardEvent } from "./heard.ts";

type Labels = Partial<Record<AlertDimension, string>>;

/** What is to be known of a job beside what its events say. */
export interface KnownJob {
  readonly kind: string;
  readonly worker: string | null;
  readonly metadata: JsonObject;
}

/** So much of an error's message stands for its cause, where it has no code. */
const CAUSE_LENGTH = 100;

/** A fact of a job. */
export function heardOfFact({ tenantId, jobKind, event }: LoggedFact, job: KnownJob | null): HeardEvent {
  const { type, data, job_id, ts } = event;
  return {
    kind: "event",
    tenantId,
    atMs: Date.parse(ts),
    type,
    data,
    cause: causeOf(data.error_code, data.error_message),
    labels: labels({
      job_id,
      kind: jobKind ?? job?.kind,
      stage: data.stage ?? data.failed_step ?? data.step,
      platform: platformOf(data) ?? platformOf(job?.metadata),
      error_code: data.error_code,
      worker: data.worker ?? job?.worker,
    }),
  };
}

/** A call that has ended; null for any other entry. */
export function heardOfEntry(entry: LogEntry, job: KnownJob | null): HeardCall | null {
  const { tenant_id, category, duration, event_type, error_details, metadata, parameters } = entry;
  if (category === null || duration === null || (event_type !== "complete" && event_type !== "error")) return null;
  return {
    kind: "call",
    tenantId: tenant_id,
    // Durations have fractions, moments that are stored have none.
    atMs: Math.round(Date.parse(entry.timestamp) + duration),
    category,
    durationMs: duration,
    count: 1,
    errors: Number(event_type === "error"),
    cause: causeOf(error_details?.code ?? error_details?.class, error_details?.message),
    labels: labels({
      job_id: entry.job_id,
      kind: job?.kind,
      stage: entry.stage,
      platform: platformOf(metadata) ?? platformOf(parameters) ?? platformOf(job?.metadata),
      function_name: entry.function_name,
      error_code: error_details?.code,
      worker: job?.worker,
    }),
  };
}

/** Calls that were counted. */
export function heardOfTotals({ tenantId, minuteMs, totals }: TotalsRow): HeardCall {
  const { name, category, count, errors, duration_sum_ms, duration_max_ms, sketch } = totals;
  return {
    kind: "call",
    tenantId,
    atMs: minuteMs,
    category,
    durationMs: count === 0 ? 0 : duration_sum_ms / count,
    maxMs: duration_max_ms,
    ...{ sketch, count, errors },
    cause: null,
    labels: { function_name: name },
  };
}

/** The machine of a worker. */
export function heardOfSample({ tenantId, source, tsMs, sample }: SampleRow): readonly Heard[] {
  const { host, cpu_percent, memory_used_bytes, memory_total_bytes, disk_used_bytes, disk_total_bytes } = sample;
  const values: Readonly<Record<string, number | null>> = {
    ...sample.gauges,
    cpu_percent,
    memory_percent: percentOf(memory_used_bytes, memory_total_bytes),
    disk_percent: percentOf(disk_used_bytes, disk_total_bytes),
    event_loop_delay_ms: sample.event_loop_delay_ms,
    temp_bytes: sample.temp_bytes,
    active_jobs: sample.active_jobs,
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value === null
      ? []
      : [{ kind: "gauge" as const, tenantId, atMs: tsMs, labels: { host, worker: source }, name, value }],
  );
}

function percentOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : (part / whole) * 100;
}

function causeOf(code: unknown, message: unknown): string | null {
  if (typeof code === "string" && code !== "") return code;
  return typeof message === "string" && message !== "" ? message.slice(0, CAUSE_LENGTH) : null;
}

/** What names the platform that something is about: said plainly, or among what was attached. */
function platformOf(data: JsonObject | null | undefined): unknown {
  return data?.platform ?? (isJsonObject(data?.fields) ? data.fields.platform : undefined);
}

/** Those that are known. */
function labels(values: Readonly<Record<string, unknown>>): Labels {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => typeof value === "string" && value !== ""),
  ) as Labels;
}
