import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { EXECUTION_CATEGORIES, type ExecutionCategory, sumEncoded } from "@playhead/core";
import type { CallTotals } from "../../rollup-deltas.ts";
import type { RollupPiece } from "../../rollup-plan.ts";
import { type RollupTuple, SPANS } from "../../rollup-row.ts";
import type { RollupSpan, RollupsQuery } from "../../telemetry-store.ts";
import { prepareRow, prepareRows } from "../connection.ts";

/** Which names are asked for: all of a tenant, those of a category, or one. */
export type WhichSeries = Pick<RollupsQuery, "tenantId" | "category" | "name">;

/** What the rollups of one name add up to. */
export interface SeriesSum {
  readonly category: ExecutionCategory;
  readonly name: string;
  readonly totals: CallTotals;
}

/**
 * Adds up rollups of many names: in one statement, which gives a row a name, with all its sketches as one text. Reading
 * each row by itself takes twice as long.
 */
export function createSumReader(db: DatabaseSync) {
  /** By how many pieces a plan has, and whether a name is asked for. */
  const selects = new Map<string, (...parameters: SQLInputValue[]) => readonly SumTuple[]>();
  const boundsOf = { all: prepareBounds(db, "all"), one: prepareBounds(db, "one") };

  function selectOf(pieces: number, names: Names) {
    const key = `${names} ${pieces}`;
    const select = selects.get(key) ?? prepareRows<SumTuple>(db, sumQuery(pieces, names));
    selects.set(key, select);
    return select;
  }

  return {
    /** The starts of the first and the last rollup of a span; null where there is none. */
    readBounds(which: WhichSeries, span: RollupSpan): { readonly firstMs: number; readonly lastMs: number } | null {
      const [firstMs, lastMs] = boundsOf[namesOf(which)](...placeOf(which), SPANS.indexOf(span)) ?? [null, null];
      return firstMs === null || lastMs === null ? null : { firstMs, lastMs };
    },
    /** By name; those without a rollup in any of the pieces are left out. */
    readSums(which: WhichSeries, plan: readonly RollupPiece[]): readonly SeriesSum[] {
      if (plan.length === 0) return [];
      const pieces = plan.flatMap(({ span, range }) => [SPANS.indexOf(span), range.fromMs, range.toMs]);
      return selectOf(plan.length, namesOf(which))(...placeOf(which), ...pieces).map(([at, name, ...figures]) => {
        return { category: EXECUTION_CATEGORIES[at] as ExecutionCategory, name, totals: totalsOf(figures) };
      });
    },
  };
}

/** Sketches are separated by spaces, as `sumEncoded` reads them. */
type SumTuple = [category: number, name: string, ...figures: RollupTuple];
type Names = "all" | "one";

const namesOf = ({ name }: WhichSeries): Names => (name === undefined ? "all" : "one");

const SERIES_OF: Readonly<Record<Names, string>> = {
  all: "tenant_id = ?1 AND (?2 IS NULL OR category = ?2) AND ?3 IS NULL",
  one: "tenant_id = ?1 AND (?2 IS NULL OR category = ?2) AND name = ?3",
};

const placeOf = ({ tenantId, category, name }: WhichSeries): readonly SQLInputValue[] => [
  tenantId,
  category === undefined ? null : EXECUTION_CATEGORIES.indexOf(category),
  name ?? null,
];

/** The joins are in the order in which they are to be made: names are few, and the rows of each lie together. */
function sumQuery(pieces: number, names: Names): string {
  const piece = (_: unknown, at: number) => `(?${4 + at * 3}, ?${5 + at * 3}, ?${6 + at * 3})`;
  return `
    WITH pieces (in_span, from_ms, to_ms) AS MATERIALIZED (VALUES ${Array.from({ length: pieces }, piece).join(", ")})
    SELECT category, name, SUM(count), SUM(errors), SUM(summarized), SUM(sum_ms), MIN(min_ms), MAX(max_ms),
      GROUP_CONCAT(sketch, ' ')
    FROM series CROSS JOIN pieces CROSS JOIN rollups
      ON rollups.series_id = series.series_id AND span = in_span AND start_ms >= from_ms AND start_ms < to_ms
    WHERE ${SERIES_OF[names]}
    GROUP BY name, category ORDER BY name, category`;
}

function prepareBounds(db: DatabaseSync, names: Names) {
  const start = (order: "ASC" | "DESC") =>
    `(SELECT start_ms FROM rollups WHERE series_id = series.series_id AND span = ?4 ORDER BY start_ms ${order} LIMIT 1)`;
  return prepareRow<[number | null, number | null]>(
    db,
    `SELECT MIN(${start("ASC")}), MAX(${start("DESC")}) FROM series WHERE ${SERIES_OF[names]}`,
  );
}

/** Figures are exact; of a sketch that is damaged, percentiles go by as much as can be read. */
function totalsOf([count, errors, summarized, sumMs, minMs, maxMs, sketches]: RollupTuple): CallTotals {
  return { count, errors, summarized, sumMs, minMs, maxMs, sketch: sumEncoded(sketches) };
}
