import type { Calendar } from "../../calendar.ts";
import { LARGER_SPANS, SPANS } from "../../rollup-row.ts";
import type { PrunedTelemetry, PruneLimits, RollupSpan } from "../../telemetry-store.ts";
import type { Session } from "../postgres-database.ts";
import { readMeta } from "./meta.ts";
import { pruneEntries } from "./prune-entries.ts";

/** One step of letting go of what is too old, within a transaction. */
export async function prune(session: Session, calendar: Calendar, limits: PruneLimits): Promise<PrunedTelemetry> {
  const { detailsBeforeMs, limit } = limits;
  // Whoever adds up a range goes by it.
  const minutesFromMs = calendar.startOf("hour", detailsBeforeMs);
  const meta = await readMeta(session);
  if (minutesFromMs > meta.minutesFromMs) {
    await session.query("UPDATE playhead.telemetry SET minutes_from = $1", [minutesFromMs]);
  }
  let left = limit;
  const upTo = async (remove: (most: number) => Promise<number>): Promise<number> => {
    const removed = left > 0 ? await remove(left) : 0;
    left -= removed;
    return removed;
  };
  const entries = await upTo((most) => pruneEntries(session, meta, detailsBeforeMs, most));
  const runningCalls = await upTo((most) => removeOld(session, "running_calls", "run_id", detailsBeforeMs, most));
  const samples = await upTo((most) => removeOld(session, "machine_samples", "sample_id", detailsBeforeMs, most));
  const rollups = await upTo((most) => pruneRollups(session, calendar, limits, most));
  return { entries, runningCalls, samples, rollups, hasMore: left <= 0 };
}

async function removeOld(
  session: Session,
  table: "running_calls" | "machine_samples",
  key: string,
  beforeMs: number,
  limit: number,
): Promise<number> {
  const { count } = await session.query(
    `DELETE FROM playhead.${table} WHERE ${key} IN (SELECT ${key} FROM playhead.${table} WHERE ts_ms < $1 LIMIT $2)`,
    [beforeMs, limit],
  );
  return count;
}

async function pruneRollups(
  session: Session,
  calendar: Calendar,
  { detailsBeforeMs, summariesBeforeMs }: PruneLimits,
  limit: number,
): Promise<number> {
  const before = [
    { span: "minute" as RollupSpan, beforeMs: calendar.startOf("hour", detailsBeforeMs) },
    // One that ends before the limit begins before the one that the limit lies in.
    ...LARGER_SPANS.map((span) => ({ span, beforeMs: calendar.startOf(span, summariesBeforeMs) })),
  ];
  let removed = 0;
  for (const { span, beforeMs } of before) {
    if (removed >= limit) break;
    const { count } = await session.query(
      // The oldest of each name lie together.
      `DELETE FROM playhead.call_rollups WHERE (series_id, span, start_ms) IN (
         SELECT series_id, $1::smallint, start_ms FROM playhead.call_series AS series CROSS JOIN LATERAL (
           SELECT start_ms FROM playhead.call_rollups AS rollups
           WHERE rollups.series_id = series.series_id AND span = $1 AND start_ms < $2 ORDER BY start_ms LIMIT $3
         ) AS old LIMIT $3)`,
      [SPANS.indexOf(span), beforeMs, limit - removed],
    );
    removed += count;
  }
  if (removed > 0) {
    await session.query(
      `DELETE FROM playhead.call_series AS series WHERE NOT EXISTS
         (SELECT FROM playhead.call_rollups AS rollups WHERE rollups.series_id = series.series_id)`,
    );
  }
  return removed;
}
