import { setImmediate } from "node:timers/promises";
import { EXECUTION_CATEGORIES } from "@playhead/core";
import type { Calendar } from "../../calendar.ts";
import { addTotals, type CallTotals, noCalls, type SeriesDeltas } from "../../rollup-deltas.ts";
import { addRow, LARGER_SPANS, type OnDamagedSketch, SPANS, sumBySpan, warnOfSketch } from "../../rollup-row.ts";
import type { RollupSpan } from "../../telemetry-store.ts";
import { columnText } from "../column-text.ts";
import type { Session, Statement } from "../postgres-database.ts";
import { type RollupRecord, tupleOfRollup } from "./rollup-record.ts";

/** What is to be added to one row. */
export interface RollupChange {
  readonly seriesId: number;
  readonly span: RollupSpan;
  readonly startMs: number;
  readonly totals: CallTotals;
}

/** Adds what calls add up to. */
export interface RollupWriter {
  /** To the rows of their minutes and of all larger spans. Within a transaction. */
  add(session: Session, deltas: Iterable<SeriesDeltas>): Promise<void>;
  /** To be called when a transaction failed, or series were let go. */
  forget(): void;
}

/** About a millisecond's work. */
const ROWS_AT_ONCE = 64;

const PUT_SERIES: Statement = {
  name: "put_call_series",
  text: `
    INSERT INTO playhead.call_series AS series (tenant_id, category, name)
    SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[])
    ON CONFLICT (tenant_id, name, category) DO UPDATE SET name = excluded.name
    RETURNING series_id, tenant_id, category, name`,
};
const READ: Statement = {
  name: "read_rollups_to_add_to",
  text: `
    SELECT place::int, count, errors, summarized, sum_ms, min_ms, max_ms, sketch
    FROM unnest($1::int[], $2::smallint[], $3::bigint[]) WITH ORDINALITY AS wanted (series, in_span, at_ms, place)
    JOIN playhead.call_rollups ON series_id = series AND span = in_span AND start_ms = at_ms`,
};
const PUT: Statement = {
  name: "put_rollups",
  text: `
    INSERT INTO playhead.call_rollups AS known
      (series_id, span, start_ms, count, errors, summarized, sum_ms, min_ms, max_ms, sketch)
    SELECT * FROM unnest($1::int[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
      $7::float8[], $8::float8[], $9::float8[], $10::text[])
    ON CONFLICT (series_id, span, start_ms) DO UPDATE SET count = excluded.count, errors = excluded.errors,
      summarized = excluded.summarized, sum_ms = excluded.sum_ms, min_ms = excluded.min_ms, max_ms = excluded.max_ms,
      sketch = excluded.sketch`,
};

/**
 * Rows are read, added to, and put back within the transaction of the group: writers take turns (see write-entries.ts),
 * so nobody else changes them meanwhile, and nothing has to be remembered from one group to the next but the ids of names.
 */
export function createRollupWriter(calendar: Calendar): RollupWriter {
  const seriesIds = new Map<string, number>();
  const keyOf = (tenant: string, category: number, name: string) => `${tenant}\n${category}\n${name}`;
  const ownKey = ({ tenantId, category, name }: SeriesDeltas) =>
    keyOf(columnText(tenantId), EXECUTION_CATEGORIES.indexOf(category), columnText(name));

  async function findSeries(session: Session, deltas: readonly SeriesDeltas[]): Promise<void> {
    const unknown = deltas.filter((each) => !seriesIds.has(ownKey(each)));
    if (unknown.length === 0) return;
    const { rows } = await session.query<{ series_id: number; tenant_id: string; category: number; name: string }>(
      PUT_SERIES,
      [
        unknown.map(({ tenantId }) => columnText(tenantId)),
        unknown.map(({ category }) => EXECUTION_CATEGORIES.indexOf(category)),
        unknown.map(({ name }) => columnText(name)),
      ],
    );
    for (const { series_id, tenant_id, category, name } of rows)
      seriesIds.set(keyOf(tenant_id, category, name), series_id);
  }

  return {
    async add(session, deltas) {
      const all = [...deltas];
      if (all.length === 0) return;
      await findSeries(session, all);
      await addToRollups(
        session,
        all.flatMap((each) => changesOf(seriesIds.get(ownKey(each)) as number, each, calendar)),
      );
    },
    forget: () => seriesIds.clear(),
  };
}

function changesOf(seriesId: number, { minutes }: SeriesDeltas, calendar: Calendar): readonly RollupChange[] {
  const ofMinutes = [...minutes].map(
    ([startMs, totals]): RollupChange => ({ seriesId, span: "minute", startMs, totals }),
  );
  const ofLarger = LARGER_SPANS.flatMap((span) =>
    [...sumBySpan(minutes, span, calendar)].map(
      ([startMs, totals]): RollupChange => ({ seriesId, span, startMs, totals }),
    ),
  );
  return [...ofMinutes, ...ofLarger];
}

/** Within a transaction; each row may be among them once. */
export async function addToRollups(
  session: Session,
  changes: readonly RollupChange[],
  onDamaged: OnDamagedSketch = warnOfSketch,
): Promise<void> {
  if (changes.length === 0) return;
  const key = [
    changes.map(({ seriesId }) => seriesId),
    changes.map(({ span }) => SPANS.indexOf(span)),
    changes.map(({ startMs }) => startMs),
  ];
  const { rows } = await session.query<RollupRecord & { place: number }>(READ, key);
  const known = new Map(rows.map((row) => [row.place, row]));
  const sums: CallTotals[] = [];
  const sketches: string[] = [];
  for (const [at, { seriesId, span, startMs, totals }] of changes.entries()) {
    if (at > 0 && at % ROWS_AT_ONCE === 0) await setImmediate();
    const sum = noCalls();
    const row = known.get(at + 1);
    if (row !== undefined && !addRow(sum, tupleOfRollup(row))) onDamaged(seriesId, span, startMs);
    addTotals(sum, totals);
    sums.push(sum);
    sketches.push(sum.sketch.encode());
  }
  const figures = (["count", "errors", "summarized", "sumMs", "minMs", "maxMs"] as const).map((name) =>
    sums.map((sum) => sum[name]),
  );
  await session.query(PUT, [...key, ...figures, sketches]);
}
