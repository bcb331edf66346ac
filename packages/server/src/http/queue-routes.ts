import type { StartCommand, WaitingReason } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";
import { command } from "./control-routes.ts";
import { jobParams, workerName } from "./schemas.ts";

export interface QueueRoutesDeps {
  readonly readQueue: (tenantId: string) => Promise<QueueReading>;
  /** @throws PlayheadError `not_found` */
  readonly claim: (request: {
    readonly tenantId: string;
    readonly source: string;
    readonly jobId: string;
  }) => Promise<ClaimAnswer>;
}

/** How a tenant's jobs wait. */
export interface QueueReading {
  readonly engine: "built_in" | "bullmq";
  readonly isConnected: boolean | null;
  readonly kinds: readonly {
    readonly kind: string;
    readonly waiting: number;
    readonly later: number;
    readonly running: number;
    readonly oldestWaitMs: number | null;
    readonly workers: number;
    readonly reason: WaitingReason | null;
    readonly maxRunning: number | null;
    readonly maxPerMinute: number | null;
    readonly outside: Held | null;
  }[];
}

/** What a queue outside of the server has of a kind. */
interface Held {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly failed: number;
  readonly isPaused: boolean;
}

export type ClaimAnswer =
  | { readonly command: StartCommand }
  | { readonly command: null; readonly reason: (typeof REFUSALS)[number]; readonly retryInMs: number | null };

const REASONS = ["in_line", "no_worker", "kind_limit", "rate_limit", "later"] as const;
const REFUSALS = ["ended", "begun", "taken", "later", "kind_limit", "rate_limit"] as const;

const kindState = z
  .object({
    kind: z.string(),
    waiting: z.number().meta({ description: "Jobs that could begin now, were there somebody to run them" }),
    later: z.number().meta({ description: "Jobs that are not to begin yet, such as retries" }),
    running: z.number(),
    oldest_wait_ms: z.number().nullable().meta({ description: "How long the one that came first has waited" }),
    workers: z.number().meta({ description: "Workers that offer the kind, busy or not" }),
    reason: z.enum(REASONS).nullable().meta({ description: "Why the next of them has not begun" }),
    max_running: z.number().nullable(),
    max_per_minute: z.number().nullable(),
    bullmq: z
      .object({
        waiting: z.number(),
        delayed: z.number(),
        active: z.number().meta({ description: "Held by a worker" }),
        failed: z.number().meta({ description: "The latest that failed, 100 at most" }),
        is_paused: z.boolean(),
      })
      .nullable()
      .meta({ description: "What BullMQ has of the kind; null without it, and while it cannot be reached" }),
  })
  .meta({ id: "QueueKind" });

/** What waits, and how a worker that heard of a job elsewhere gets it. */
export function addQueueRoutes(api: Api, { readQueue, claim }: QueueRoutesDeps): void {
  api.get(
    "/api/v1/queue",
    {
      schema: {
        summary: "How jobs wait, by kind",
        response: {
          200: z.object({
            engine: z.enum(["built_in", "bullmq"]),
            is_connected: z
              .boolean()
              .nullable()
              .meta({ description: "Whether BullMQ's Redis is there; null without it" }),
            waiting: z.number(),
            oldest_wait_ms: z.number().nullable(),
            kinds: z.array(kindState),
          }),
        },
      },
    },
    async ({ tenantId }) => {
      const { engine, isConnected, kinds } = await readQueue(tenantId);
      return {
        ...{ engine, is_connected: isConnected },
        waiting: kinds.reduce((sum, { waiting }) => sum + waiting, 0),
        // The kinds come with the one first that has waited longest.
        oldest_wait_ms: kinds[0]?.oldestWaitMs ?? null,
        kinds: kinds.map(kindJson),
      };
    },
  );

  api.post(
    "/api/v1/jobs/:id/claim",
    {
      config: { permission: "report" },
      schema: {
        summary: "Get the start of one job for a worker that heard of it from a queue",
        params: jobParams,
        body: z.strictObject({ source: workerName }),
        response: {
          200: z.object({
            command: command
              .nullable()
              .meta({ description: "Confirmed already; the job is to begin within 2 minutes" }),
            reason: z.enum(REFUSALS).nullable().meta({ description: "Why there is none" }),
            retry_after_ms: z.number().nullable().meta({ description: "When to ask again; null for never" }),
          }),
        },
      },
    },
    async ({ params, body, tenantId }) => {
      const answer = await claim({ tenantId, source: body.source, jobId: params.id });
      if (answer.command === null) return { command: null, reason: answer.reason, retry_after_ms: answer.retryInMs };
      return { command: answer.command as z.output<typeof command>, reason: null, retry_after_ms: null };
    },
  );
}

function kindJson(state: QueueReading["kinds"][number]): z.output<typeof kindState> {
  const { kind, waiting, later, running, workers, reason, outside } = state;
  return {
    ...{ kind, waiting, later, running, workers, reason },
    oldest_wait_ms: state.oldestWaitMs,
    max_running: state.maxRunning,
    max_per_minute: state.maxPerMinute,
    bullmq: outside === null ? null : heldJson(outside),
  };
}

function heldJson({ waiting, delayed, active, failed, isPaused }: Held) {
  return { waiting, delayed, active, failed, is_paused: isPaused };
}
