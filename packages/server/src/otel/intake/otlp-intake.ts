import { createHash, randomBytes } from "node:crypto";
import { setImmediate as othersTurn } from "node:timers/promises";
import { createRedaction, type EventRecord, type ObservationRecord, type RecordBatch } from "@playhead/core";
import type { PartialSuccess } from "../wire/answers.ts";
import { readLogs, readSpans } from "../wire/read-requests.ts";
import { createIntakeJobs, type IntakeJobsDeps } from "./intake-jobs.ts";
import { createJobPlan } from "./job-plan.ts";
import { createOpenJobs } from "./open-jobs.ts";
import { createTakeLogs } from "./take-logs.ts";
import { createTakeSpans, type Taken } from "./take-spans.ts";
import { createTraces } from "./traces.ts";

/** What a batch came to: what was refused of it, at once; and when it is stored. */
export interface BegunReport {
  readonly refused: readonly { readonly n: number | null; readonly error_message: string }[];
  readonly stored: Promise<unknown>;
}

export interface OtlpIntakeDeps extends Omit<IntakeJobsDeps, "open"> {
  /** Takes events and observations; resolves when they are taken. The source is known among its tenant's. */
  readonly begin: (
    batch: RecordBatch,
    reporter: { readonly tenantId: string; readonly worker: string | null },
  ) => Promise<BegunReport>;
  readonly settings: () => OtlpIntakeSettings;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

export interface OtlpIntakeSettings {
  /** `traces`: every trace is a job. `marked`: only those with a span that says so. */
  readonly jobs: "traces" | "marked";
  /** A job of which nothing came for longer has failed. */
  readonly traceTimeoutMs: number;
}

const SETTLE_EVERY_MS = 5_000;
/** Requests whose bodies are remembered, since log records have no ids of their own. */
const MAX_BODIES = 10_000;
/** So many traces are looked at before others get their turn. */
const TRACES_AT_ONCE = 50;

/**
 * What other programs tell by OpenTelemetry, as jobs, tasks, executions and log lines. Spans come when they have ended,
 * children before their parents, in any order and more than once:
 *
 *   first of a trace ──► job.created, running ──► its spans: executions, tasks ──► its root's end ──► completed, failed
 *                                     └── silent for too long ──────────────────────────────────────► failed
 *
 * One request at a time: what one says is known when the next is looked at.
 */
export function createOtlpIntake(deps: OtlpIntakeDeps) {
  const { begin, settings, nowMs, onError } = deps;
  const redaction = createRedaction();
  const open = createOpenJobs(nowMs);
  const traces = createTraces();
  const jobs = createIntakeJobs({ ...deps, open });
  const taking = { jobs, traces, open, redaction, isEveryTrace: () => settings().jobs === "traces" };
  const takeSpans = createTakeSpans(taking);
  const takeLogs = createTakeLogs(taking);
  /** Numbers start anew with each start, so the source does, too. */
  const run = randomBytes(4).toString("hex");
  const bodies = new Set<string>();
  let n = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let isSettling = false;

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function hand(tenantId: string, service: string, { plans, observed }: Taken): Promise<BegunReport> {
    const events: readonly EventRecord[] = plans.flatMap(({ records }) => records);
    const numbered = observed.map((each) => ({ ...each, n: ++n }) as ObservationRecord);
    const source = `otel:${service}:${run}`;
    return begin({ source, records: [...events, ...numbered] }, { tenantId, worker: `otel:${service}` });
  }

  /** Takes a request's items a trace at a time. @returns what was refused of them, when all is stored */
  async function takeAll<
    Item extends { readonly traceId: string | null; readonly origin: { readonly resource: object } },
  >(
    tenantId: string,
    items: readonly Item[],
    take: (tenantId: string, traceId: string, items: readonly Item[]) => Promise<Taken>,
  ) {
    const begun: BegunReport[] = [];
    const byTrace = Map.groupBy(items, ({ traceId }) => traceId ?? "");
    try {
      await inTurn(async () => {
        let looked = 0;
        for (const [traceId, ofTrace] of byTrace) {
          const service = serviceOf(ofTrace[0]?.origin.resource);
          begun.push(await hand(tenantId, service, await take(tenantId, traceId, ofTrace)));
          begun.at(-1)?.stored.catch(() => undefined);
          looked += 1;
          if (looked % TRACES_AT_ONCE === 0) await othersTurn();
        }
      });
      await Promise.all(begun.map(({ stored }) => stored));
    } catch (error) {
      for (const traceId of byTrace.keys()) traces.forget(tenantId, traceId);
      throw error;
    }
    return begun.flatMap(({ refused }) => refused.filter((each) => each.n !== null));
  }

  /** Ends the jobs that nobody will end any more. */
  async function settle(): Promise<void> {
    for (const { job, outcome, atMs } of open.due(settings().traceTimeoutMs)) {
      const found = await jobs.read(job.tenantId, job.jobId);
      const plan = createJobPlan({ ...job, job: found === "others" ? null : found });
      plan.end(outcome, atMs);
      const source = `otel:${run}`;
      const { stored } = await begin({ source, records: plan.records }, { tenantId: job.tenantId, worker: null });
      await stored;
      open.ended(job.jobId);
    }
  }

  const timer = setInterval(() => {
    if (isSettling) return;
    isSettling = true;
    inTurn(settle)
      .catch(onError)
      .finally(() => {
        isSettling = false;
      });
  }, SETTLE_EVERY_MS);
  timer.unref();

  return {
    /** Takes an `ExportTraceServiceRequest`; resolves when it is stored. @throws PlayheadError `service_unavailable` */
    async traces(tenantId: string, request: unknown): Promise<PartialSuccess | null> {
      const { items, rejected, reason } = readSpans(request);
      const refused = await takeAll(tenantId, items, takeSpans);
      return partialOf(rejected + refused.length, reason || (refused[0]?.error_message ?? ""));
    },
    /** Takes an `ExportLogsServiceRequest`. @param body by which it is known when it comes again */
    async logs(tenantId: string, request: unknown, body: Uint8Array): Promise<PartialSuccess | null> {
      const key = createHash("sha256").update(tenantId).update("\0").update(body).digest("base64");
      if (bodies.has(key)) return null;
      const { items, rejected, reason } = readLogs(request);
      const refused = await takeAll(tenantId, items, (tenant, traceId, lines) =>
        takeLogs(tenant, traceId || null, lines),
      );
      bodies.add(key);
      const [oldest] = bodies;
      if (bodies.size > MAX_BODIES && oldest !== undefined) bodies.delete(oldest);
      return partialOf(rejected + refused.length, reason || (refused[0]?.error_message ?? ""));
    },
    /** Goes on with the jobs of traces that an earlier process left open. */
    recover: jobs.recover,
    settle: () => inTurn(settle),
    close(): void {
      clearInterval(timer);
      jobs.close();
    },
  };
}

/** Names a worker; what is no name is left out. */
function serviceOf(resource: object | undefined): string {
  const { "service.name": name } = (resource ?? {}) as { readonly "service.name"?: unknown };
  const plain = typeof name === "string" ? name.replace(/[^\w.@/+-]/g, "_").slice(0, 100) : "";
  return plain === "" ? "unknown" : plain;
}

function partialOf(rejected: number, message: string): PartialSuccess | null {
  return rejected === 0 ? null : { rejected, message };
}
