import { isJobId, type Job, JOB_STATES, type JobSummary, LOG_LEVELS, PlayheadError, snapshotOf, summaryOf, TASK_STATES } from "@playhead/core";
import * as z from "zod";
import type { Store } from "../store/store.ts";
import type { Api } from "./api.ts";
import { decodePageToken, encodePageToken } from "./page-token.ts";
import { event, jobParams, jobSnapshot, jobSummary, logLine, pageSize, repeated, task } from "./schemas.ts";

export interface JobRoutesDeps {
  readonly store: Pick<Store, "listJobs" | "listTasks" | "readFacts" | "readLogs" | "epoch">;
  /** The tenant's job as it stands; null for none, and for another tenant's. */
  readonly findJob: (tenantId: string, jobId: string) => Promise<Job | null>;
  /** The job as it stands, if it is in memory. */
  readonly peekJob: (jobId: string) => Job | undefined;
  readonly createJob: (tenantId: string, definition: NewJob) => Promise<string>;
}

/** What a client says of a job to come. */
export interface NewJob {
  readonly job_id?: string | undefined;
  readonly kind: string;
  readonly title?: string | undefined;
  readonly user_id?: string | undefined;
  readonly metadata?: Record<string, unknown> | undefined;
}

const MAX_EVENTS = 1_000;

/** Reading jobs and their parts, and announcing one. */
export function addJobRoutes(api: Api, { store, findJob, peekJob, createJob }: JobRoutesDeps): void {
  async function jobOf(tenantId: string, jobId: string): Promise<Job> {
    const job = await findJob(tenantId, jobId);
    if (job === null) throw new PlayheadError("not_found", `there is no job ${jobId}`);
    return job;
  }
  /** What the store lists, as it stands by now. */
  const fresh = (job: JobSummary): JobSummary => {
    const live = peekJob(job.job_id);
    return live === undefined ? job : summaryOf(live);
  };

  api.get(
    "/api/v1/jobs",
    {
      schema: {
        summary: "List jobs",
        querystring: z.object({
          state: repeated(z.enum(JOB_STATES)),
          kind: repeated(z.string()),
          user_id: z.string().optional(),
          q: z.string().max(200).optional().meta({ description: "Part of a title or an id" }),
          sort: z.enum(["created_at", "ended_at", "title"]).default("created_at"),
          order: z.enum(["asc", "desc"]).default("desc"),
          page_size: pageSize,
          page_token: z.string().max(1_000).optional(),
        }),
        response: { 200: z.object({ jobs: z.array(jobSummary), next_page_token: z.string().nullable() }) },
      },
    },
    async ({ query, tenantId }) => {
      const { items, next } = await store.listJobs({
        tenantId,
        sort: query.sort,
        order: query.order,
        limit: query.page_size,
        ...(query.state !== undefined && { states: query.state }),
        ...(query.kind !== undefined && { kinds: query.kind }),
        ...(query.user_id !== undefined && { userId: query.user_id }),
        ...(query.q !== undefined && { text: query.q }),
        ...(query.page_token !== undefined && { after: decodePageToken(query.page_token) }),
      });
      return { jobs: items.map(fresh) as z.output<typeof jobSummary>[], next_page_token: encodePageToken(next) };
    },
  );

  api.post(
    "/api/v1/jobs",
    {
      config: { permission: "report" },
      schema: {
        summary: "Announce a job",
        body: z.strictObject({
          job_id: z.string().refine(isJobId, "expected 1 to 128 letters, digits, dots, dashes or underscores").optional(),
          kind: z.string().min(1).max(64),
          title: z.string().max(500).optional(),
          user_id: z.string().max(200).optional(),
          metadata: z.record(z.string(), z.unknown()).optional(),
        }),
        response: { 201: jobSnapshot },
      },
    },
    async ({ body, tenantId }, reply) => {
      const jobId = await createJob(tenantId, body);
      reply.status(201);
      return snapshotOf(await jobOf(tenantId, jobId)) as z.output<typeof jobSnapshot>;
    },
  );

  api.get(
    "/api/v1/jobs/:id",
    { schema: { summary: "Read a job", params: jobParams, response: { 200: jobSnapshot } } },
    async ({ params, tenantId }) => snapshotOf(await jobOf(tenantId, params.id)) as z.output<typeof jobSnapshot>,
  );

  api.get(
    "/api/v1/jobs/:id/tasks",
    {
      schema: {
        summary: "List a job's tasks",
        params: jobParams,
        querystring: z.object({
          parent_id: z.string().optional(),
          state: repeated(z.enum(TASK_STATES)),
          page_size: pageSize,
          page_token: z.string().max(1_000).optional(),
        }),
        response: { 200: z.object({ tasks: z.array(task), next_page_token: z.string().nullable() }) },
      },
    },
    async ({ params, query, tenantId }) => {
      const job = await jobOf(tenantId, params.id);
      const { items, next } = await store.listTasks({
        jobId: job.job_id,
        limit: query.page_size,
        ...(query.parent_id !== undefined && { parentId: query.parent_id }),
        ...(query.state !== undefined && { states: query.state }),
        ...(query.page_token !== undefined && { after: decodePageToken(query.page_token) }),
      });
      const tasks = items.map((each) => job.tasks.get(each.task_id) ?? each);
      return { tasks: tasks as z.output<typeof task>[], next_page_token: encodePageToken(next) };
    },
  );

  api.get(
    "/api/v1/jobs/:id/events",
    {
      schema: {
        summary: "Read a job's facts",
        params: jobParams,
        querystring: z.object({
          after: z.coerce.number().int().min(0).default(0),
          limit: z.coerce.number().int().min(1).max(MAX_EVENTS).default(200),
        }),
        response: { 200: z.object({ epoch: z.string(), events: z.array(event), next_after: z.number().nullable() }) },
      },
    },
    async ({ params, query, tenantId }) => {
      await jobOf(tenantId, params.id);
      const events = await store.readFacts(params.id, query.after, query.limit);
      const nextAfter = events.length < query.limit ? null : (events.at(-1)?.seq ?? null);
      return { epoch: store.epoch, events: events as z.output<typeof event>[], next_after: nextAfter };
    },
  );

  api.get(
    "/api/v1/jobs/:id/logs",
    {
      schema: {
        summary: "Read a job's log, oldest first",
        params: jobParams,
        querystring: z.object({
          after: z.coerce.number().int().min(0).optional(),
          before: z.coerce.number().int().min(1).optional(),
          level: repeated(z.enum(LOG_LEVELS)),
          limit: z.coerce.number().int().min(1).max(MAX_EVENTS).default(200),
        }),
        response: { 200: z.object({ logs: z.array(logLine), next_after: z.number().nullable() }) },
      },
    },
    async ({ params, query, tenantId }) => {
      await jobOf(tenantId, params.id);
      const logs = await store.readLogs({
        jobId: params.id,
        limit: query.limit,
        ...(query.after !== undefined && { after: query.after }),
        ...(query.before !== undefined && { before: query.before }),
        ...(query.level !== undefined && { levels: query.level }),
      });
      const nextAfter = query.before === undefined && logs.length === query.limit ? (logs.at(-1)?.log_id ?? null) : null;
      return { logs: logs as z.output<typeof logLine>[], next_after: nextAfter };
    },
  );
}
