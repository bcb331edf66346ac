import { setImmediate } from "node:timers/promises";
import type { Calendar } from "../../calendar.ts";
import { callSum } from "../../call-sum.ts";
import { noCalls } from "../../rollup-deltas.ts";
import { planRollups, widenRange } from "../../rollup-plan.ts";
import { addRow, SPANS } from "../../rollup-row.ts";
import type { NamedCallSum, NamedMedians, Rollup, RollupsQuery, TelemetryStore } from "../../telemetry-store.ts";
import type { PostgresDatabase } from "../postgres-database.ts";
import { IS_WANTED, nameOf, type SeriesRecord, seriesValues } from "./call-series.ts";
import { readMeta } from "./meta.ts";
import { type RollupRecord, tupleOfRollup } from "./rollup-record.ts";
import { readBounds, readSpanSums, readSums } from "./sum-rollups.ts";

/** What of the store reads rollups. */
export type RollupReader = Pick<TelemetryStore, "readRollups" | "sumCalls" | "sumCallsBySpan" | "readMedians">;

type SpanRecord = RollupRecord & SeriesRecord & { readonly start_ms: number };

/** About a millisecond's adding up. */
const ROWS_AT_ONCE = 100;

const FIGURES = "start_ms, count, errors, summarized, sum_ms, min_ms, max_ms, sketch";
const IN_SPAN = "rollups.series_id = series.series_id AND span = $4 AND start_ms >= $5 AND start_ms < $6";

/** Reads rollups, and adds them up piece by piece. */
export function createRollupReader(database: PostgresDatabase, calendar: Calendar): RollupReader {
  /** Of all names asked for, by name and then by time; of each at most `limit`, the newest. */
  async function readSpans(which: RollupsQuery, limit: number | null = null): Promise<readonly SpanRecord[]> {
    const { rows } = await database.query<SpanRecord>(
      `SELECT category, name, of_span.* FROM playhead.call_series AS series CROSS JOIN LATERAL (
         SELECT ${FIGURES} FROM playhead.call_rollups AS rollups WHERE ${IN_SPAN} ORDER BY start_ms DESC LIMIT $7
       ) AS of_span WHERE ${IS_WANTED} ORDER BY name, category, start_ms`,
      [...seriesValues(which), SPANS.indexOf(which.span), which.range.fromMs, which.range.toMs, limit],
    );
    return rows;
  }

  return {
    async readRollups(query) {
      const rows = await readSpans(query);
      const rollups = rows.map((row): Rollup => {
        const { start_ms, count, errors, summarized, sum_ms, min_ms, max_ms, sketch } = row;
        const durations = { durationSumMs: sum_ms, durationMinMs: min_ms, durationMaxMs: max_ms };
        return { startMs: start_ms, ...nameOf(row), count, errors, summarized, ...durations, sketch };
      });
      return rollups.sort((a, b) => a.startMs - b.startMs);
    },

    sumCalls: ({ range, quantiles, ...which }) =>
      database.transaction(
        async (session) => {
          const [{ minutesFromMs }, months] = await Promise.all([
            readMeta(session),
            readBounds(session, which, "month"),
          ]);
          // All that there is lies in these months, so that nobody plans for the year 1970.
          const fromMs = Math.max(range.fromMs, months?.firstMs ?? 0);
          const toMs = Math.min(range.toMs, months === null ? 0 : calendar.endOf("month", months.lastMs));
          const plan = planRollups(calendar, { fromMs, toMs }, minutesFromMs);
          const sums: NamedCallSum[] = [];
          for (const { category, name, totals } of await readSums(session, which, plan)) {
            sums.push({ category, name, ...callSum(totals, quantiles) });
          }
          return { range: widenRange(calendar, range, minutesFromMs), sums };
        },
        { isSnapshot: true },
      ),

    async sumCallsBySpan({ span, range, quantiles, ...which }) {
      const fromMs = calendar.startOf(span, range.fromMs);
      const sums = await readSpanSums(database, which, { span, range: { fromMs, toMs: range.toMs } });
      return sums.map(({ startMs, totals }) => {
        return { startMs, endMs: calendar.endOf(span, startMs), ...callSum(totals, quantiles) };
      });
    },

    async readMedians({ limit, ...query }) {
      const rows = await readSpans(query, limit);
      const byName = new Map<string, NamedMedians & { readonly points: NamedMedians["points"][number][] }>();
      for (const [at, row] of rows.entries()) {
        if (at > 0 && at % ROWS_AT_ONCE === 0) await setImmediate();
        const key = `${row.category} ${row.name}`;
        const medians = byName.get(key) ?? { ...nameOf(row), points: [] };
        byName.set(key, medians);
        const totals = noCalls();
        addRow(totals, tupleOfRollup(row));
        const { quantilesMs, count } = callSum(totals, [0.5]);
        medians.points.push({ startMs: row.start_ms, count, medianMs: quantilesMs[0] as number });
      }
      return [...byName.values()];
    },
  };
}
