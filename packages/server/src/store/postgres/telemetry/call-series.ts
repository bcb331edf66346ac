import { EXECUTION_CATEGORIES, type ExecutionCategory } from "@playhead/core";
import type { RollupsQuery } from "../../telemetry-store.ts";
import { columnText, textOfColumn } from "../column-text.ts";

/** Which names are asked for: all of a tenant, those of a category, or one. */
export type WhichSeries = Pick<RollupsQuery, "tenantId" | "category" | "name">;

/** Tells them in `call_series`, by {@link seriesValues} as $1 to $3. */
export const IS_WANTED =
  "tenant_id = $1 AND ($2::smallint IS NULL OR category = $2) AND ($3::text IS NULL OR name = $3)";

export const seriesValues = ({ tenantId, category, name }: WhichSeries) => [
  columnText(tenantId),
  category === undefined ? null : EXECUTION_CATEGORIES.indexOf(category),
  name === undefined ? null : columnText(name),
];

/** What of a row of `call_series` is told. */
export interface SeriesRecord {
  readonly category: number;
  readonly name: string;
}

export const nameOf = ({ category, name }: SeriesRecord) => ({
  category: EXECUTION_CATEGORIES[category] as ExecutionCategory,
  name: textOfColumn(name),
});
