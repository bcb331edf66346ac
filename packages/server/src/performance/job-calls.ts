import { createSketch, type ExecutionCategory, type LogEntry, type Sketch, type TimeRange } from "@playhead/core";
import type { EntryCursor, NamedCallSum, TelemetryStore } from "../store/telemetry-store.ts";

/** What the calls of a job add up to, and from when to when they were. */
export interface JobCallSums {
  readonly range: TimeRange;
  readonly sums: readonly NamedCallSum[];
}

interface Growing {
  readonly category: ExecutionCategory;
  readonly name: string;
  readonly sketch: Sketch;
  count: number;
  errors: number;
  sumMs: number;
  minMs: number;
  maxMs: number;
  meanMs: number;
  /** Of the distances from the mean, their squares (Welford). */
  squares: number;
}

const PAGE_CALLS = 1_000;
/** A job of more calls is told by its newest: adding them up is to take a second, not a minute. */
export const MOST_JOB_CALLS = 50_000;

/**
 * Adds up a job's calls that have ended, by name. Rollups do not know of jobs, so the calls themselves are read; those that
 * were only counted (`summarized`) are not among them.
 */
export async function sumJobCalls(
  store: Pick<TelemetryStore, "queryEntries">,
  {
    tenantId,
    jobId,
    quantiles,
  }: { readonly tenantId: string; readonly jobId: string; readonly quantiles: readonly number[] },
): Promise<JobCallSums> {
  const ended = { tenant_id: tenantId, job_id: jobId, event_types: ["complete", "error"] as const };
  const byKey = new Map<string, Growing>();
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, 0];
  let after: EntryCursor | null = null;
  for (let read = 0; read < MOST_JOB_CALLS; read += PAGE_CALLS) {
    const page = { order: "desc" as const, limit: PAGE_CALLS, ...(after !== null && { after }) };
    const { entries, next }: Awaited<ReturnType<typeof store.queryEntries>> = await store.queryEntries({
      ...ended,
      ...page,
    });
    for (const entry of entries) {
      add(byKey, entry);
      const fromMs = Date.parse(entry.timestamp);
      firstMs = Math.min(firstMs, fromMs);
      lastMs = Math.max(lastMs, fromMs + Math.ceil(entry.duration ?? 0) + 1);
    }
    if (next === null) break;
    after = next;
  }
  const sums = [...byKey.values()].map((each) => sumOf(each, quantiles));
  return { range: { fromMs: Math.min(firstMs, lastMs), toMs: lastMs }, sums };
}

function add(byKey: Map<string, Growing>, { category, function_name, duration, event_type }: LogEntry): void {
  if (category === null || function_name === null || duration === null) return;
  const key = `${category} ${function_name}`;
  const of = byKey.get(key) ?? nothing(category, function_name);
  byKey.set(key, of);
  of.count += 1;
  if (event_type === "error") of.errors += 1;
  of.sumMs += duration;
  of.minMs = Math.min(of.minMs, duration);
  of.maxMs = Math.max(of.maxMs, duration);
  const distance = duration - of.meanMs;
  of.meanMs += distance / of.count;
  of.squares += distance * (duration - of.meanMs);
  of.sketch.add(duration);
}

function nothing(category: ExecutionCategory, name: string): Growing {
  const extremes = { minMs: Number.POSITIVE_INFINITY, maxMs: Number.NEGATIVE_INFINITY };
  return { category, name, sketch: createSketch(), count: 0, errors: 0, sumMs: 0, ...extremes, meanMs: 0, squares: 0 };
}

function sumOf(of: Growing, quantiles: readonly number[]): NamedCallSum {
  return {
    category: of.category,
    name: of.name,
    count: of.count,
    errors: of.errors,
    summarized: 0,
    durationSumMs: of.sumMs,
    durationMinMs: of.minMs,
    durationMaxMs: of.maxMs,
    // What is known exactly bounds what is estimated.
    quantilesMs: quantiles.map((share) => Math.min(of.maxMs, Math.max(of.minMs, of.sketch.quantile(share) ?? 0))),
    durationVariance: of.count < 2 ? 0 : of.squares / (of.count - 1),
  };
}
