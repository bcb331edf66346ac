import {
  JOB_STATES,
  type JobSnapshot,
  type JobSummary,
  type JobWaiting,
  LOG_LEVELS,
  PlayheadError,
  TASK_STATES,
} from "@playhead/core";
import * as z from "zod";
import type { JobLogs } from "../store/job-logs.ts";
import type { Store } from "../store/store.ts";
import type { Api } from "./api.ts";
import { noSuchJob } from "./no-such-job.ts";
import { decodePageToken, encodePageToken, markOfQuery } from "./page-token.ts";
import {
  event,
  type JobAnswer,
  jobParams,
  jobSnapshot,
  jobSummary,
  logLine,
  moment,
  pageSize,
  pageToken,
  repeated,
  task,
  timestamp,
} from "./schemas.ts";

export interface JobRoutesDeps {
  readonly store: Pick<Store, "listJobs" | "listTasks" | "readFacts" | "epoch">;
  readonly logs: JobLogs;
  /** The tenant's job as it stands; null for none, and for another tenant's. */
  readonly readJob: (tenantId: string, jobId: string) => Promise<JobSnapshot | null>;
  /** Whether the tenant has such a job. */
  readonly hasJob: (tenantId: string, jobId: string) => Promise<boolean>;
  /** What the store lists, as it stands by now. */
  readonly refresh: (listed: readonly JobSummary[]) => Promise<readonly JobSummary[]>;
  /** Resolves when the store lists the job's tasks as they stand by now. */
  readonly projectTasks: (jobId: string) => Promise<void>;
  /** The job as it stood at a moment; null when it was not there yet. */
  readonly jobAsOf: (jobId: string, atMs: number) => Promise<JobSnapshot | null>;
  /** What the jobs of a tenant wait for, those of them that do. */
  readonly waitingOf: (tenantId: string) => (job: JobSummary) => JobWaiting | null;
  readonly nowMs: () => number;
}

const MAX_EVENTS = 1_000;

/** Reading jobs and their parts. */
export function addJobRoutes(api: Api, deps: JobRoutesDeps): void {
  const { store, logs: jobLogs, readJob, hasJob, refresh, projectTasks, jobAsOf, waitingOf, nowMs } = deps;

  /** The jobs, each with what it waits for. */
  function withWaiting<Each extends JobSummary>(tenantId: string, jobs: readonly Each[]): readonly Each[] {
    if (!jobs.some(({ state }) => state === "pending")) return jobs;
    const waiting = waitingOf(tenantId);
    return jobs.map((job) => {
      const told = waiting(job);
      return told === null ? job : { ...job, waiting: told };
    });
  }

  async function expectJob(tenantId: string, jobId: string): Promise<void> {
    if (!(await hasJob(tenantId, jobId))) throw noSuchJob(jobId);
  }

  async function snapshot(tenantId: string, jobId: string, atMs: number | undefined): Promise<JobAnswer> {
    if (atMs !== undefined && atMs < nowMs()) {
      const job = await readJob(tenantId, jobId);
      if (job === null) throw noSuchJob(jobId);
      if (job.details_removed_at !== undefined) return pastOfPruned(job, job.details_removed_at, atMs);
      const then = await jobAsOf(jobId, atMs);
      if (then === null) {
        throw new PlayheadError("not_found", `there was no job ${jobId} yet at ${new Date(atMs).toISOString()}`);
      }
      return then as JobAnswer;
    }
    const job = await readJob(tenantId, jobId);
    if (job === null) throw noSuchJob(jobId);
    const [told] = withWaiting(tenantId, [job]);
    return told as JobAnswer;
  }

  /** When the events of a job were let go of that has none any more; null for one that has them. */
  async function detailsRemovedAt(tenantId: string, jobId: string): Promise<string | null> {
    return (await readJob(tenantId, jobId))?.details_removed_at ?? null;
  }

  api.get(
    "/api/v1/jobs",
    {
      config: { etag: true },
      schema: {
        summary: "List jobs",
        querystring: z.strictObject({
          state: repeated(z.enum(JOB_STATES)),
          kind: repeated(z.string()),
          user_id: repeated(z.string()),
          created_from: moment.optional(),
          created_to: moment.optional().meta({ description: "Exclusive" }),
          q: z.string().max(200).optional().meta({ description: "Part of a title or an id" }),
          sort: z.enum(["created_at", "ended_at", "title"]).default("created_at"),
          order: z.enum(["asc", "desc"]).default("desc"),
          page_size: pageSize,
          page_token: pageToken,
        }),
        response: { 200: z.object({ jobs: z.array(jobSummary), next_page_token: z.string().nullable() }) },
      },
    },
    async ({ query, tenantId }) => {
      const mark = markOfQuery("jobs", tenantId, query);
      const { items, next } = await store.listJobs({
        tenantId,
        sort: query.sort,
        order: query.order,
        limit: query.page_size,
        ...(query.state !== undefined && { states: query.state }),
        ...(query.kind !== undefined && { kinds: query.kind }),
        ...(query.user_id !== undefined && { userId: query.user_id }),
        ...(query.q !== undefined && { text: query.q }),
        ...(query.created_from !== undefined && { createdFromMs: query.created_from }),
        ...(query.created_to !== undefined && { createdToMs: query.created_to }),
        ...(query.page_token !== undefined && { after: decodePageToken(query.page_token, mark) }),
      });
      const jobs = withWaiting(tenantId, await refresh(items)) as z.output<typeof jobSummary>[];
      return { jobs, next_page_token: encodePageToken(next, mark) };
    },
  );

  api.get(
    "/api/v1/jobs/:id",
    {
      config: { etag: true },
      schema: {
        summary: "Read a job",
        params: jobParams,
        querystring: z.strictObject({
          at: moment.optional().meta({ description: "As the job stood then; now where it is missing, or to come" }),
        }),
        response: { 200: jobSnapshot },
      },
    },
    ({ params, query, tenantId }) => snapshot(tenantId, params.id, query.at),
  );

  api.get(
    "/api/v1/jobs/:id/tasks",
    {
      config: { etag: true },
      schema: {
        summary: "List a job's tasks, in the order in which they came to be",
        params: jobParams,
        querystring: z.strictObject({
          parent_id: z.string().optional(),
          state: repeated(z.enum(TASK_STATES)),
          page_size: pageSize,
          page_token: pageToken,
        }),
        response: { 200: z.object({ tasks: z.array(task), next_page_token: z.string().nullable() }) },
      },
    },
    async ({ params, query, tenantId }) => {
      await expectJob(tenantId, params.id);
      await projectTasks(params.id);
      const mark = markOfQuery(`tasks of ${params.id}`, tenantId, query);
      const { items, next } = await store.listTasks({
        jobId: params.id,
        limit: query.page_size,
        ...(query.parent_id !== undefined && { parentId: query.parent_id }),
        ...(query.state !== undefined && { states: query.state }),
        ...(query.page_token !== undefined && { after: decodePageToken(query.page_token, mark) }),
      });
      return { tasks: items as z.output<typeof task>[], next_page_token: encodePageToken(next, mark) };
    },
  );

  api.get(
    "/api/v1/jobs/:id/events",
    {
      config: { etag: true },
      schema: {
        summary: "Read a job's facts",
        params: jobParams,
        querystring: z.strictObject({
          after: z.coerce.number().int().min(0).default(0),
          limit: z.coerce.number().int().min(1).max(MAX_EVENTS).default(200),
        }),
        response: {
          200: z.object({
            epoch: z.string(),
            events: z.array(event),
            next_after: z.number().nullable(),
            details_removed_at: timestamp
              .nullable()
              .meta({ description: "When the events of a job that ended long ago were let go of; else null" }),
          }),
        },
      },
    },
    async ({ params, query, tenantId }) => {
      await expectJob(tenantId, params.id);
      const events = await store.readFacts(params.id, query.after, query.limit);
      const nextAfter = events.length < query.limit ? null : (events.at(-1)?.seq ?? null);
      return {
        epoch: store.epoch,
        events: events as z.output<typeof event>[],
        next_after: nextAfter,
        // A job has its events from the first one on, or has none.
        details_removed_at: events[0]?.seq === query.after + 1 ? null : await detailsRemovedAt(tenantId, params.id),
      };
    },
  );

  api.get(
    "/api/v1/jobs/:id/logs",
    {
      config: { etag: true },
      schema: {
        summary: "Read a job's log, oldest first",
        params: jobParams,
        querystring: z.strictObject({
          after: z.coerce.number().int().min(0).optional(),
          before: z.coerce.number().int().min(1).optional(),
          level: z.enum(LOG_LEVELS).optional().meta({ description: "This level and what is worse" }),
          limit: z.coerce.number().int().min(1).max(MAX_EVENTS).default(200),
        }),
        response: { 200: z.object({ logs: z.array(logLine), next_after: z.number().nullable() }) },
      },
    },
    async ({ params, query, tenantId }) => {
      await expectJob(tenantId, params.id);
      const { after, before, level, limit } = query;
      const logs = await jobLogs.readLogs({
        tenantId,
        jobId: params.id,
        limit,
        ...(after !== undefined && { after }),
        ...(before !== undefined && { before }),
        ...(level !== undefined && { levels: LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)) }),
      });
      const nextAfter = before === undefined && logs.length === limit ? (logs.at(-1)?.log_id ?? null) : null;
      return { logs: logs as z.output<typeof logLine>[], next_after: nextAfter };
    },
  );
}

/** A job of which only its end is kept, as of a moment. */
function pastOfPruned(job: JobSnapshot, removedAt: string, atMs: number): JobAnswer {
  if (job.ended_at !== null && Date.parse(job.ended_at) <= atMs) return job as JobAnswer;
  throw new PlayheadError(
    "not_found",
    `how job ${job.job_id} went was let go of at ${removedAt}; how it ended is kept`,
    {
      hint: "ask without a time",
    },
  );
}
