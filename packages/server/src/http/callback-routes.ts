import * as z from "zod";
import type { Api } from "./api.ts";
import { noSuchJob } from "./no-such-job.ts";
import { jobParams, timestamp } from "./schemas.ts";

interface Callback {
  readonly webhook_id: string;
  readonly url: string;
  readonly state: "waiting" | "sending" | "delivered" | "given_up";
  readonly created_at: string;
  readonly attempts: readonly {
    readonly at: string;
    readonly status: number | null;
    readonly error: string | null;
    readonly duration_ms: number;
  }[];
  readonly next_attempt_at: string | null;
  readonly settled_at: string | null;
}

interface Secret {
  readonly secret: string;
  readonly created_at: string;
  readonly previous_until: string | null;
}

export interface CallbackRoutesDeps {
  /** Whether the tenant has such a job. */
  readonly hasJob: (tenantId: string, jobId: string) => Promise<boolean>;
  readonly readCallback: (tenantId: string, jobId: string) => Promise<Callback | null>;
  readonly describeSecret: (tenantId: string) => Promise<Secret>;
  readonly rotateSecret: (tenantId: string) => Promise<Secret>;
}

const callback = z
  .object({
    webhook_id: z.string(),
    url: z.string().meta({ description: "Without what stands behind the question mark" }),
    state: z.enum(["waiting", "sending", "delivered", "given_up"]),
    created_at: timestamp,
    attempts: z.array(
      z.object({
        at: timestamp,
        status: z.number().nullable().meta({ description: "Of the answer; null when there was none" }),
        error: z.string().nullable().meta({ description: "Why there was no answer" }),
        duration_ms: z.number(),
      }),
    ),
    next_attempt_at: timestamp.nullable(),
    settled_at: timestamp.nullable(),
  })
  .meta({ id: "Callback" });

const secret = z
  .object({
    secret: z.string().meta({ description: "whsec_ and base64, as Standard Webhooks has it" }),
    created_at: timestamp,
    previous_until: timestamp
      .nullable()
      .meta({ description: "Until then callbacks are signed with the secret before as well" }),
  })
  .meta({ id: "CallbackSecret" });

/** Whom a job calls when it has ended, what became of it, and with what it is signed. */
export function addCallbackRoutes(api: Api, deps: CallbackRoutesDeps): void {
  const { hasJob, readCallback, describeSecret, rotateSecret } = deps;

  api.get(
    "/api/v1/jobs/:id/callbacks",
    {
      // An address of somebody's back room is not for a job's viewers.
      config: { permission: "control", etag: true },
      schema: {
        summary: "Read what became of a job's callbacks",
        params: jobParams,
        response: { 200: z.object({ callbacks: z.array(callback) }) },
      },
    },
    async ({ params, tenantId }) => {
      if (!(await hasJob(tenantId, params.id))) throw noSuchJob(params.id);
      const found = await readCallback(tenantId, params.id);
      return { callbacks: found === null ? [] : [shown(found)] };
    },
  );

  api.get(
    "/api/v1/callbacks/secret",
    {
      config: { permission: "admin" },
      schema: { summary: "Read the secret that callbacks are signed with", response: { 200: secret } },
    },
    ({ tenantId }) => describeSecret(tenantId),
  );

  api.post(
    "/api/v1/callbacks/secret",
    {
      config: { permission: "admin" },
      schema: { summary: "Replace the secret that callbacks are signed with", response: { 201: secret } },
    },
    async ({ tenantId }, reply) => {
      reply.status(201);
      return rotateSecret(tenantId);
    },
  );
}

/** What stands behind the question mark is often a key. */
function shown({ url, attempts, ...others }: Callback): z.output<typeof callback> {
  const { origin, pathname, search } = new URL(url);
  return { ...others, url: `${origin}${pathname}${search === "" ? "" : "?…"}`, attempts: [...attempts] };
}
