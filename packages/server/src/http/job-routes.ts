import { isJobId, JOB_STATES, type JobSnapshot, type JobSummary, LOG_LEVELS, TASK_STATES } from "@playhead/core";
import * as z from "zod";
import type { Store } from "../store/store.ts";
import type { Api } from "./api.ts";
import { noSuchJob } from "./no-such-job.ts";
import { decodePageToken, encodePageToken } from "./page-token.ts";
import { event, jobParams, jobSnapshot, jobSummary, logLine, pageSize, repeated, task } from "./schemas.ts";

export interface JobRoutesDeps {
  readonly store: Pick<Store, "listJobs" | "listTasks" | "readFacts" | "readLogs" | "epoch">;
  /** The tenant's job as it stands; null for none, and for another tenant's. */
  readonly readJob: (tenantId: string, jobId: string) => Promise<JobSnapshot | null>;
  /** Whether the tenant has such a job. */
  readonly hasJob: (tenantId: string, jobId: string) => Promise<boolean>;
  /** What the store lists, as it stands by now. */
  readonly refresh: (listed: readonly JobSummary[]) => Promise<readonly JobSummary[]>;
  /** Resolves when the store lists the job's tasks as they stand by now. */
  readonly projectTasks: (jobId: string) => Promise<void>;
  readonly createJob: (tenantId: string, definition: NewJob) => Promise<string>;
}

/** What a client says of a job to come. */
export interface NewJob {
  readonly job_id?: string | undefined;
  readonly kind: string;
  readonly title?: string | undefined;
  readonly user_id?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

const MAX_EVENTS = 1_000;

/** Reading jobs and their parts, and announcing one. */
export function addJobRoutes(api: Api, deps: JobRoutesDeps): void {
  const { store, readJob, hasJob, refresh, projectTasks, createJob } = deps;

  async function expectJob(tenantId: string, jobId: string): Promise<void> {
    if (!(await hasJob(tenantId, jobId))) throw noSuchJob(jobId);
  }

  async function snapshot(tenantId: string, jobId: string): Promise<z.output<typeof jobSnapshot>> {
    const job = await readJob(tenantId, jobId);
    if (job === null) throw noSuchJob(jobId);
    return job as z.output<typeof jobSnapshot>;
  }

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
      const jobs = (await refresh(items)) as z.output<typeof jobSummary>[];
      return { jobs, next_page_token: encodePageToken(next) };
    },
  );

  api.post(
    "/api/v1/jobs",
    {
      config: { permission: "report" },
      schema: {
        summary: "Announce a job",
        body: z.strictObject({
          job_id: z
            .string()
            .refine(isJobId, "expected 1 to 128 letters, digits, dots, dashes or underscores")
            .optional(),
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
      reply.status(201).header("location", `/api/v1/jobs/${jobId}`);
      return snapshot(tenantId, jobId);
    },
  );

  api.get(
    "/api/v1/jobs/:id",
    { schema: { summary: "Read a job", params: jobParams, response: { 200: jobSnapshot } } },
    ({ params, tenantId }) => snapshot(tenantId, params.id),
  );

  api.get(
    "/api/v1/jobs/:id/tasks",
    {
      schema: {
        summary: "List a job's tasks, in the order in which they came to be",
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
      await expectJob(tenantId, params.id);
      await projectTasks(params.id);
      const { items, next } = await store.listTasks({
        jobId: params.id,
        limit: query.page_size,
        ...(query.parent_id !== undefined && { parentId: query.parent_id }),
        ...(query.state !== undefined && { states: query.state }),
        ...(query.page_token !== undefined && { after: decodePageToken(query.page_token) }),
      });
      return { tasks: items as z.output<typeof task>[], next_page_token: encodePageToken(next) };
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
      await expectJob(tenantId, params.id);
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
          level: z.enum(LOG_LEVELS).optional().meta({ description: "This level and what is worse" }),
          limit: z.coerce.number().int().min(1).max(MAX_EVENTS).default(200),
        }),
        response: { 200: z.object({ logs: z.array(logLine), next_after: z.number().nullable() }) },
      },
    },
    async ({ params, query, tenantId }) => {
      await expectJob(tenantId, params.id);
      const { after, before, level, limit } = query;
      const logs = await store.readLogs({
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
