import type { ControlCommand, ControlVerb, JobSummary } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";
import { noSuchJob } from "./no-such-job.ts";
import { jobParams, jobSummary, SOURCE } from "./schemas.ts";

export interface ControlRoutesDeps {
  /** The tenant's job as it stands; null for none, and for another tenant's. */
  readonly summarize: (tenantId: string, jobId: string) => Promise<JobSummary | null>;
  readonly command: (tenantId: string, jobId: string, verb: ControlVerb, reason: string | null) => Promise<void>;
  /** The commands that wait for a worker, after at most `waitMs`. */
  readonly waitForCommands: (
    tenantId: string,
    source: string,
    waitMs: number,
    signal: AbortSignal,
  ) => Promise<readonly ControlCommand[]>;
  /** @param source null looks for the command among those of all workers of the tenant. @returns whether it waited */
  readonly confirmCommand: (tenantId: string, source: string | null, commandId: string) => boolean;
}

const command = z.object({
  command_id: z.string(),
  job_id: z.string(),
  verb: z.enum(["pause", "resume", "cancel"]),
  reason: z.string().nullable(),
});
const source = z.string().regex(SOURCE, "expected 1 to 200 printable characters that name the worker");
const MAX_WAIT_SEC = 25;

/** Pause, resume and cancel for people; and how workers elsewhere hear of it. */
export function addControlRoutes(api: Api, deps: ControlRoutesDeps): void {
  for (const verb of ["pause", "resume", "cancel"] as const) {
    api.post(
      `/api/v1/jobs/:id/${verb}`,
      {
        config: { permission: "control" },
        schema: {
          summary: `${verb[0]?.toUpperCase()}${verb.slice(1)} a job`,
          params: jobParams,
          body: z.strictObject({ reason: z.string().max(500).optional() }).nullish(),
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

  api.get(
    "/api/v1/commands",
    {
      config: { permission: "report" },
      schema: {
        summary: "Wait for commands to a worker",
        querystring: z.object({ source, wait: z.coerce.number().min(0).max(MAX_WAIT_SEC).default(0) }),
        response: { 200: z.object({ commands: z.array(command) }) },
      },
    },
    async ({ query, tenantId }, reply) => {
      const gone = new AbortController();
      // Of the answer, not of the request: that one is over as soon as it has been read.
      reply.raw.once("close", () => gone.abort());
      const commands = await deps.waitForCommands(tenantId, query.source, query.wait * 1_000, gone.signal);
      return { commands: [...commands] };
    },
  );

  api.post(
    "/api/v1/commands/:command_id/ack",
    {
      config: { permission: "report" },
      schema: {
        summary: "Confirm a command",
        params: z.object({ command_id: z.string().max(100) }),
        querystring: z.object({ source: source.optional() }),
        response: { 200: z.object({ confirmed: z.boolean() }) },
      },
    },
    // Twice is harmless: a worker whose first confirmation got no answer sends it again.
    async ({ params, query, tenantId }) => ({
      confirmed: deps.confirmCommand(tenantId, query.source ?? null, params.command_id),
    }),
  );
}
