import type { Calendar } from "../../calendar.ts";
import { type CallTotals, noCalls } from "../../rollup-deltas.ts";
import { addRow, LARGER_SPANS, SPANS, sumBySpan } from "../../rollup-row.ts";
import type { RollupSpan } from "../../telemetry-store.ts";
import type { Session } from "../postgres-database.ts";
import { readMeta } from "./meta.ts";
import { type RollupRecord, tupleOfRollup } from "./rollup-record.ts";
import { addToRollups } from "./write-rollups.ts";

/**
 * Makes the rollups those of a calendar's zone, when they are of another: hours and all larger spans anew, from the
 * minutes; where minutes are kept no longer, hours stay as they are, and larger spans are made of them. Within a
 * transaction.
 */
export async function rezone(session: Session, calendar: Calendar): Promise<void> {
  // However long it takes, and whoever else begins at the same time.
  await session.query("SET LOCAL statement_timeout = 0");
  await session.query("SELECT FROM playhead.telemetry FOR UPDATE");
  const { timeZone, minutesFromMs } = await readMeta(session);
  if (timeZone === calendar.timeZone) return;
  const newFromMs = hourFrom(calendar, minutesFromMs);
  if (timeZone !== null) {
    const { rows } = await session.query<{ series_id: number }>("SELECT series_id FROM playhead.call_series");
    // One after the other, so that no more than one has to be in memory.
    for (const { series_id } of rows) await rebuildSeries(session, calendar, series_id, minutesFromMs, newFromMs);
  }
  await session.query("UPDATE playhead.telemetry SET time_zone = $1, minutes_from = $2", [
    calendar.timeZone,
    newFromMs,
  ]);
}

/** Minutes begin where an hour does: those of an hour that would be cut become part of it. */
function hourFrom(calendar: Calendar, minutesFromMs: number): number {
  if (minutesFromMs === Number.MIN_SAFE_INTEGER) return minutesFromMs;
  const startMs = calendar.startOf("hour", minutesFromMs);
  return startMs === minutesFromMs ? startMs : calendar.endOf("hour", startMs);
}

async function rebuildSeries(
  session: Session,
  calendar: Calendar,
  seriesId: number,
  oldFromMs: number,
  newFromMs: number,
): Promise<void> {
  const read = async (span: RollupSpan, condition: string): Promise<ReadonlyMap<number, CallTotals>> => {
    const { rows } = await session.query<RollupRecord & { start_ms: number }>(
      `SELECT start_ms, count, errors, summarized, sum_ms, min_ms, max_ms, sketch FROM playhead.call_rollups
       WHERE series_id = $1 AND span = $2 AND start_ms ${condition} $3`,
      [seriesId, SPANS.indexOf(span), oldFromMs],
    );
    return new Map(rows.map((row) => [row.start_ms, totalsOf(row)]));
  };
  const [minutes, hours] = await Promise.all([read("minute", ">="), read("hour", "<")]);
  await session.query(
    `DELETE FROM playhead.call_rollups WHERE series_id = $1
       AND (span > 1 OR (span = 1 AND start_ms >= $2) OR (span = 0 AND start_ms < $3))`,
    [seriesId, oldFromMs, newFromMs],
  );
  const all = new Map([...hours, ...minutes]);
  for (const span of LARGER_SPANS) {
    const sums = sumBySpan(span === "hour" ? minutes : all, span, calendar);
    await addToRollups(
      session,
      [...sums].map(([startMs, totals]) => ({ seriesId, span, startMs, totals })),
    );
  }
}

function totalsOf(record: RollupRecord): CallTotals {
  const totals = noCalls();
  addRow(totals, tupleOfRollup(record));
  return totals;
}
