import type { LogFilter } from "@playhead/core";
import { ENTRY_COLUMNS } from "../../entry-row.ts";
import { columnText } from "../column-text.ts";

/** What is looked for on some days: what a filter wants, but for phrases and the like, which are looked at afterwards. */
export interface Look {
  readonly filter: LogFilter;
  /** See index-words.ts. */
  readonly match: string;
  readonly days: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly order: "asc" | "desc";
}

/** What is read of an entry. */
export const COLUMNS = ENTRY_COLUMNS.join(", ");
/** By {@link lookValues} as $1 to $6. */
export const IS_WANTED = "words @@ $1::tsquery AND tenant_id = $2 AND ($3::float8 IS NULL OR duration_ms > $3)";
export const IS_WITHIN = "day = ANY($4::int[]) AND ts_ms >= $5 AND ts_ms < $6";

export function lookValues({ filter, match, days, fromMs, toMs }: Omit<Look, "order">): unknown[] {
  return [match, columnText(filter.tenant_id), filter.duration_over ?? null, days, fromMs, toMs];
}
