import { type JobState, PlayheadError } from "@playhead/core";
import type { SupabaseQuery } from "./supabase-like.ts";

/** Which jobs of the tenant are watched; what is left out does not narrow it. */
export interface SupabaseJobsFilter {
  readonly state?: JobState | readonly JobState[];
  readonly kind?: string | readonly string[];
  readonly user_id?: string | readonly string[];
  readonly job_id?: string | readonly string[];
}

/** By anything else nobody filters: what may be asked of the database is listed here. */
const COLUMNS = ["state", "kind", "user_id", "job_id"] as const;
/** What Realtime takes of one filter. */
const MOST = 100;

type Conditions = readonly (readonly [column: string, values: readonly string[]])[];

/**
 * The conditions of a filter, with the tenant's always among them.
 * @throws PlayheadError `validation_error` for a column that is not to be filtered by, and for no or too many values
 */
export function conditionsOf(tenantId: string, filter: SupabaseJobsFilter): Conditions {
  const given = Object.entries(filter).map(([column, value]) => {
    if (!(COLUMNS as readonly string[]).includes(column)) {
      throw new PlayheadError("validation_error", `expected a filter by ${COLUMNS.join(", ")}, got one by ${column}`);
    }
    const values = typeof value === "string" ? [value] : (value as readonly string[]);
    if (values.length === 0 || values.length > MOST) {
      throw new PlayheadError("validation_error", `expected 1 to ${MOST} values of ${column}, got ${values.length}`);
    }
    return [column, values] as const;
  });
  return [["tenant_id", [tenantId]], ...given];
}

/** As Realtime takes them: all have to hold. */
export function realtimeFilter(conditions: Conditions): string {
  return conditions
    .map(([column, values]) =>
      values.length === 1
        ? `${column}=eq.${quoted(values[0] ?? "")}`
        : `${column}=in.(${values.map(quoted).join(",")})`,
    )
    .join(",");
}

/** Narrows rows that are read likewise. */
export function narrowed(query: SupabaseQuery, conditions: Conditions): SupabaseQuery {
  return conditions.reduce((narrower, [column, values]) => narrower.in(column, values), query);
}

/** Values with what separates conditions are quoted. */
function quoted(value: string): string {
  return /^[\w-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}
