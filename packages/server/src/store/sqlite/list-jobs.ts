import { isFinalJobState, JOB_STATES, type JobState } from "@playhead/core";
import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";
import type { JobCounts, JobsQuery, PageCursor } from "../store.ts";
import { titleKey } from "../title-key.ts";
import { build, type RunQuery } from "./query-builder.ts";

/** A page of JSON texts. */
export interface TextPage {
  readonly items: readonly string[];
  readonly next: PageCursor | null;
}

/** Stands where an open job would have its end: it ends after all that have ended. As in the index jobs_by_ended. */
const NOT_ENDED_MS = Number.MAX_SAFE_INTEGER;

const SORT_VALUES = {
  created_at: sql<number>`jobs.created_ms`,
  ended_at: sql<number>`coalesce(jobs.ended_ms, ${sql.lit(NOT_ENDED_MS)})`,
  title: sql<string>`jobs.title_key`,
} as const satisfies Record<JobsQuery["sort"], RawBuilder<number | string>>;

/** In the words of the index jobs_open, which is used for what says so literally: few jobs are open, of however many. */
const IS_OPEN = sql<SqlBool>`jobs.state not in ('completed', 'canceled', 'failed')`;

/** The summaries of a page of jobs. */
export function listJobs(run: RunQuery, query: JobsQuery): TextPage {
  const { tenantId, states, kinds, userId, text, createdFromMs, createdToMs, sort, order, limit, after } = query;
  const sortValue: RawBuilder<number | string> = SORT_VALUES[sort];
  let select = build
    .selectFrom("jobs")
    .innerJoin("job_projections", "job_projections.job_no", "jobs.job_no")
    .select(["jobs.job_id", "job_projections.summary", sortValue.as("sort_value")])
    .where("jobs.tenant_id", "=", tenantId)
    .orderBy(sortValue, order)
    .orderBy("jobs.job_id", order)
    .limit(limit + 1);
  if (states !== undefined) select = select.where("jobs.state", "in", states);
  if (states !== undefined && !states.some(isFinalJobState)) select = select.where(IS_OPEN);
  if (kinds !== undefined) select = select.where("jobs.kind", "in", kinds);
  if (typeof userId === "string") select = select.where("jobs.user_id", "=", userId);
  else if (userId !== undefined) select = select.where("jobs.user_id", "in", userId);
  if (createdFromMs !== undefined) select = select.where("jobs.created_ms", ">=", createdFromMs);
  if (createdToMs !== undefined) select = select.where("jobs.created_ms", "<", createdToMs);
  if (text !== undefined && text !== "") select = select.where(containsText(text));
  if (after !== undefined) {
    const beyond = sql.raw(order === "asc" ? ">" : "<");
    select = select.where(sql<SqlBool>`(${sortValue}, jobs.job_id) ${beyond} (${after.value}, ${after.id})`);
  }
  const rows = run(select);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ summary }) => summary),
    next: rows.length > limit && last !== undefined ? { value: last.sort_value, id: last.job_id } : null,
  };
}

function containsText(text: string): Expression<SqlBool> {
  const key = titleKey(text);
  return sql<SqlBool>`(instr(jobs.title_key, ${key}) > 0 or instr(lower(jobs.job_id), ${key}) > 0)`;
}

/** The ids of the jobs that have not ended, newest first. */
export function listOpenJobIds(run: RunQuery): readonly string[] {
  const select = build
    .selectFrom("jobs")
    .select("job_id")
    .where(IS_OPEN)
    .orderBy("created_ms", "desc")
    .orderBy("job_no", "desc");
  return run(select).map(({ job_id }) => job_id);
}

/** Those of a tenant's jobs that have ended. */
export function listEndedJobIds(run: RunQuery, tenantId: string, jobIds: readonly string[]): readonly string[] {
  const select = build
    .selectFrom(sql<{ value: string }>`json_each(${JSON.stringify(jobIds)})`.as("wanted"))
    // A cross join is read in the order in which it stands: the ids lead to the jobs, whatever the planner knows.
    .crossJoin("jobs")
    .select("job_id")
    .where(sql<SqlBool>`job_id = wanted.value`)
    // With a plus they are no reason to choose an index that leads through all that have ended.
    .where(sql<SqlBool>`+tenant_id = ${tenantId}`)
    .where(sql<SqlBool>`+state in ('completed', 'canceled', 'failed')`);
  return run(select).map(({ job_id }) => job_id);
}

/** How many jobs a tenant has, in each state and since a moment. */
export function countJobs(run: RunQuery, tenantId: string, sinceMs: number): JobCounts {
  const ofTenant = build.selectFrom("jobs").where("tenant_id", "=", tenantId);
  const count = sql<number>`count(*)`.as("count");
  const byState = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<JobState, number>;
  for (const row of run(ofTenant.select(["state", count]).groupBy("state"))) byState[row.state as JobState] = row.count;
  const [created] = run(ofTenant.select(count).where("created_ms", ">=", sinceMs));
  const endedMs = SORT_VALUES.ended_at;
  const [failed] = run(ofTenant.select(count).where(endedMs, ">=", sinceMs).where("state", "=", "failed"));
  return { byState, createdSince: created?.count ?? 0, failedSince: failed?.count ?? 0 };
}
