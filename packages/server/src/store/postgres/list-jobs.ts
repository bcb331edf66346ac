import { isFinalJobState, JOB_STATES, type JobState, type JobSummary } from "@playhead/core";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { JobsQuery, Store } from "../store.ts";
import { titleKey } from "../title-key.ts";
import { columnText } from "./column-text.ts";
import { build } from "./list-tables.ts";
import type { PostgresDatabase, Statement } from "./postgres-database.ts";

/** The part of the store that lists jobs. */
export type JobLister = Pick<Store, "listJobs" | "countJobs" | "readOpenJobIds" | "readEndedJobIds">;

const SORT_VALUES = {
  created_at: sql<number>`jobs.created_ms`,
  // An open job ends after all that have ended. As in the index jobs_by_ended.
  ended_at: sql<number>`coalesce(jobs.ended_ms, ${sql.lit(Number.MAX_SAFE_INTEGER)})`,
  title: sql<string>`jobs.title_key`,
} as const satisfies Record<JobsQuery["sort"], RawBuilder<number | string>>;

/** In the words of the index jobs_open, which is used for what says so literally: few jobs are open, of however many. */
const OPEN = "state NOT IN ('completed', 'canceled', 'failed')";
const IS_OPEN = sql<SqlBool>`jobs.${sql.raw(OPEN)}`;

const SELECT_OPEN: Statement = {
  name: "select_open_jobs",
  text: `SELECT job_id AS "jobId" FROM playhead.jobs WHERE ${OPEN} ORDER BY created_ms DESC, job_no DESC`,
};
const SELECT_ENDED: Statement = {
  name: "select_ended_jobs",
  text: `SELECT job_id AS "jobId" FROM playhead.jobs
    WHERE job_id = ANY($2) AND tenant_id = $1 AND state IN ('completed', 'canceled', 'failed')`,
};
const COUNT_STATES: Statement = {
  name: "count_states",
  text: "SELECT state, count(*) AS count FROM playhead.jobs WHERE tenant_id = $1 GROUP BY state",
};
const COUNT_SINCE: Statement = {
  name: "count_since",
  text: `SELECT
      (SELECT count(*) FROM playhead.jobs WHERE tenant_id = $1 AND created_ms >= $2) AS created,
      (SELECT count(*) FROM playhead.jobs
        WHERE tenant_id = $1 AND coalesce(ended_ms, 9007199254740991) >= $2 AND state = 'failed') AS failed`,
};

/** Lists of jobs by their rows. */
export function createJobLister(database: PostgresDatabase): JobLister {
  return {
    async listJobs(query) {
      const { limit } = query;
      if (isOfNothing(query)) return { items: [], next: null };
      const rows = await database.run(jobsQuery(query));
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map(({ summary }): JobSummary => JSON.parse(summary)),
        next: rows.length > limit && last !== undefined ? { value: last.sort_value, id: last.job_id } : null,
      };
    },
    async countJobs(tenantId, sinceMs) {
      const tenant = columnText(tenantId);
      const [states, since] = await database.transaction(
        (session) =>
          Promise.all([
            session.query<{ state: JobState; count: number }>(COUNT_STATES, [tenant]),
            session.query<{ created: number; failed: number }>(COUNT_SINCE, [tenant, sinceMs]),
          ]),
        { isSnapshot: true },
      );
      const byState = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<JobState, number>;
      for (const { state, count } of states.rows) byState[state] = count;
      return { byState, createdSince: since.rows[0]?.created ?? 0, failedSince: since.rows[0]?.failed ?? 0 };
    },
    readOpenJobIds: async () => idsOf((await database.query<{ jobId: string }>(SELECT_OPEN)).rows),
    readEndedJobIds: async (tenantId, jobIds) =>
      idsOf((await database.query<{ jobId: string }>(SELECT_ENDED, [columnText(tenantId), jobIds])).rows),
  };
}

const idsOf = (rows: readonly { readonly jobId: string }[]) => rows.map(({ jobId }) => jobId);

/** SQL has no empty list. */
function isOfNothing({ states, kinds, userId }: JobsQuery): boolean {
  return [states, kinds, userId].some((each) => Array.isArray(each) && each.length === 0);
}

/** The summaries of a page of jobs, and one more row where there is another page. */
function jobsQuery(query: JobsQuery) {
  const { tenantId, states, kinds, userId, text, createdFromMs, createdToMs, sort, order, limit, after } = query;
  const sortValue: RawBuilder<number | string> = SORT_VALUES[sort];
  let select = build
    .selectFrom("jobs")
    .innerJoin("job_projections", "job_projections.job_no", "jobs.job_no")
    .select(["jobs.job_id", "job_projections.summary", sortValue.as("sort_value")])
    .where("jobs.tenant_id", "=", columnText(tenantId))
    .orderBy(sortValue, order)
    .orderBy("jobs.job_id", order)
    .limit(limit + 1);
  if (states !== undefined) select = select.where("jobs.state", "in", states);
  if (states !== undefined && !states.some(isFinalJobState)) select = select.where(IS_OPEN);
  if (kinds !== undefined) select = select.where("jobs.kind", "in", kinds.map(columnText));
  if (typeof userId === "string") select = select.where("jobs.user_id", "=", columnText(userId));
  else if (userId !== undefined) select = select.where("jobs.user_id", "in", userId.map(columnText));
  if (createdFromMs !== undefined) select = select.where("jobs.created_ms", ">=", createdFromMs);
  if (createdToMs !== undefined) select = select.where("jobs.created_ms", "<", createdToMs);
  if (text !== undefined && text !== "") select = select.where(containsText(text));
  if (after !== undefined) {
    const beyond = sql.raw(order === "asc" ? ">" : "<");
    select = select.where(sql<SqlBool>`(${sortValue}, jobs.job_id) ${beyond} (${after.value}, ${after.id})`);
  }
  return select;
}

/** As a plain search: the index that could help (pg_trgm) is an extension, which not everybody may create. */
function containsText(text: string) {
  const key = columnText(titleKey(text));
  return sql<SqlBool>`(strpos(jobs.title_key, ${key}) > 0 OR strpos(lower(jobs.job_id), ${key}) > 0)`;
}
