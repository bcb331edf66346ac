import { LOG_EVENT_TYPES } from "@playhead/core";

/** How entries that tell of a call's end say so, for SQL. */
export const END_TYPES = (["complete", "error"] as const).map((type) => LOG_EVENT_TYPES.indexOf(type)).join(", ");

/** Entries that rollups add up, with the minute that they are added to: up to an id, from a time on. */
export const CALLS = `
  SELECT entry_id, tenant_id, category, function_name, event_type, duration_ms, ts_ms,
    (ts_ms - 59999 * (ts_ms < 0)) / 60000 * 60000 AS minute_ms
  FROM entries
  WHERE event_type IN (${END_TYPES}) AND category IS NOT NULL AND function_name IS NOT NULL
    AND duration_ms IS NOT NULL AND entry_id <= ?1 AND ts_ms >= ?2`;

/** How many of the calls of a name and a minute its rollup does not have. What it has more may have been pruned. */
export const MISSING_CALLS = `
  SELECT tenant_id, category, function_name, minute_ms, missing FROM (
    SELECT told.*, told.calls - coalesce(rollups.count - rollups.summarized, 0) AS missing
    FROM (
      SELECT tenant_id, category, function_name, minute_ms, count(*) AS calls FROM (${CALLS}) GROUP BY 1, 2, 3, 4
    ) AS told
    LEFT JOIN series ON series.tenant_id = told.tenant_id AND series.category = told.category
      AND series.name = told.function_name
    LEFT JOIN rollups ON rollups.series_id = series.series_id AND span = 0 AND start_ms = minute_ms
  ) WHERE missing > 0`;
