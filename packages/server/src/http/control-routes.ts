import { type ControlVerb, type JobSummary, PlayheadError, toErrorBody, type WorkerCommand } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";
import { noSuchJob } from "./no-such-job.ts";
import { errorBody, jobParams, jobSummary, workerName } from "./schemas.ts";

export interface ControlRoutesDeps {
  /** The tenant's job as it stands; null for none, and for another tenant's. */
  readonly summarize: (tenantId: string, jobId: string) => Promise<JobSummary | null>;
  readonly command: (tenantId: string, jobId: string, verb: ControlVerb, reason: string | null) => Promise<void>;
  /** @returns the id of the new job */
  readonly retry: (tenantId: string, jobId: string) => Promise<string>;
  /** What waits for a worker, and the jobs of its kinds that it may start, after at most `waitMs`. */
  readonly waitForCommands: (request: CommandsRequest) => Promise<readonly WorkerCommand[]>;
  /** @param source null looks for the command among those of all workers of the tenant. @returns whether it waited */
  readonly confirmCommand: (tenantId: string, source: string | null, commandId: string) => boolean;
}

export interface CommandsRequest {
  readonly tenantId: string;
  readonly source: string;
  /** The kinds of jobs that it has a place for, and those of them that have to come with an input. */
  readonly wanted: WantedKinds;
  /** The same of what it starts when it has a place. */
  readonly offers: WantedKinds;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

export interface WantedKinds {
  readonly kinds: ReadonlySet<string>;
  readonly withInput: ReadonlySet<string>;
}

const kindList = (description: string) => z.string().max(1_000).optional().meta({ description });
const kindsIn = (list: string | undefined) => new Set((list ?? "").split(",").filter((kind) => kind !== ""));

const about = { command_id: z.string(), job_id: z.string(), reason: z.string().nullable() };
/** What a worker is told to do. */
export const command = z.union([
  z.object({ ...about, verb: z.enum(["pause", "resume", "cancel"]) }),
  z.object({
    ...about,
    verb: z.literal("start"),
    job: z.object({
      kind: z.string(),
      title: z.string(),
      user_id: z.string().nullable(),
      metadata: z.record(z.string(), z.unknown()),
      attempt: z.number(),
      retry_of: z.string().nullable(),
      first_attempt: z.string().optional(),
      correlation_id: z.string(),
    }),
  }),
]);
const bulkResult = z.object({
  job_id: z.string(),
  ok: z.boolean(),
  retry_job_id: z.string().optional(),
  error: errorBody.optional(),
});
const reason = z.string().max(500).optional();
const VERBS = ["pause", "resume", "cancel"] as const;
/** So many jobs at most are commanded with one request. */
const MAX_BULK = 1_000;
/** How many of them are under way side by side. */
const BULK_AT_ONCE = 50;
const MAX_WAIT_SEC = 25;

/** Pause, resume and cancel for people; and how workers elsewhere hear of it. */
export function addControlRoutes(api: Api, deps: ControlRoutesDeps): void {
  for (const verb of VERBS) {
    api.post(
      `/api/v1/jobs/:id/${verb}`,
      {
        config: { permission: "control" },
        schema: {
          summary: `${verb[0]?.toUpperCase()}${verb.slice(1)} a job`,
          params: jobParams,
          body: z.strictObject({ reason }).nullish(),
          response: { 202: z.object({ job: jobSummary }) },
        },
      },
      async ({ params, body, tenantId }, reply) => {
        await deps.command(tenantId, params.id, verb, body?.reason ?? null);
        const job = await deps.summarize(tenantId, params.id);
        if (job === null) throw noSuchJob(params.id);
        reply.status(202);
        return { job: job as z.output<typeof jobSummary> };
      },
    );
  }

  api.post(
    "/api/v1/jobs/:id/retry",
    {
      config: { permission: "control" },
      schema: {
        summary: "Announce a job that does again what a failed or canceled one was to do",
        params: jobParams,
        response: { 201: z.object({ job: jobSummary }) },
      },
    },
    async ({ params, tenantId }, reply) => {
      const jobId = await deps.retry(tenantId, params.id);
      reply.status(201).header("location", `/api/v1/jobs/${jobId}`);
      return { job: (await deps.summarize(tenantId, jobId)) as z.output<typeof jobSummary> };
    },
  );

  api.post(
    "/api/v1/jobs/bulk",
    {
      config: { permission: "control" },
      schema: {
        summary: "Pause, resume, cancel or retry many jobs",
        body: z.strictObject({
          verb: z.enum([...VERBS, "retry"]),
          job_ids: z.array(z.string().min(1).max(128)).min(1).max(MAX_BULK),
          reason,
        }),
        response: {
          200: z.object({
            results: z.array(bulkResult),
          }),
        },
      },
    },
    async ({ body, tenantId }) => {
      const jobIds = [...new Set(body.job_ids)];
      const results: z.output<typeof bulkResult>[] = [];
      for (let from = 0; from < jobIds.length; from += BULK_AT_ONCE) {
        const some = jobIds.slice(from, from + BULK_AT_ONCE);
        results.push(...(await Promise.all(some.map((jobId) => bulkOne(tenantId, jobId, body)))));
      }
      return { results };
    },
  );

  /** Each by itself: what cannot be done to one is no reason not to do it to the others. */
  async function bulkOne(
    tenantId: string,
    jobId: string,
    { verb, reason: why }: { readonly verb: ControlVerb | "retry"; readonly reason?: string | undefined },
  ): Promise<z.output<typeof bulkResult>> {
    try {
      if (verb === "retry") return { job_id: jobId, ok: true, retry_job_id: await deps.retry(tenantId, jobId) };
      await deps.command(tenantId, jobId, verb, why ?? null);
      return { job_id: jobId, ok: true };
    } catch (error) {
      if (!(error instanceof PlayheadError)) throw error;
      return { job_id: jobId, ok: false, error: { ...toErrorBody(error), detail: { ...error.detail } } };
    }
  }

  api.get(
    "/api/v1/commands",
    {
      config: { permission: "report", waits: true },
      schema: {
        summary: "Wait for commands to a worker",
        querystring: z.object({
          source: workerName,
          wait: z.coerce.number().min(0).max(MAX_WAIT_SEC).default(0),
          kinds: kindList("Kinds of jobs that the worker starts now, with commas between"),
          offers: kindList("Kinds that it starts when it has a place for them; where it is missing, those of kinds"),
          with_input: kindList("Kinds of which it starts only jobs with an input: an object as metadata.input"),
        }),
        response: { 200: z.object({ commands: z.array(command) }) },
      },
    },
    async ({ query, tenantId }, reply) => {
      const withInput = kindsIn(query.with_input);
      const gone = new AbortController();
      // Of the answer, not of the request: that one is over as soon as it has been read.
      reply.raw.once("close", () => gone.abort());
      const commands = await deps.waitForCommands({
        tenantId,
        source: query.source,
        wanted: { kinds: kindsIn(query.kinds), withInput },
        offers: { kinds: kindsIn(query.offers ?? query.kinds), withInput },
        waitMs: query.wait * 1_000,
        signal: gone.signal,
      });
      return { commands: commands as z.output<typeof command>[] };
    },
  );

  api.post(
    "/api/v1/commands/:command_id/ack",
    {
      config: { permission: "report" },
      schema: {
        summary: "Confirm a command",
        params: z.object({ command_id: z.string().max(100) }),
        querystring: z.object({ source: workerName.optional() }),
        response: { 200: z.object({ confirmed: z.boolean() }) },
      },
    },
    // Twice is harmless: a worker whose first confirmation got no answer sends it again.
    async ({ params, query, tenantId }) => ({
      confirmed: deps.confirmCommand(tenantId, query.source ?? null, params.command_id),
    }),
  );
}
