import { randomBytes } from "node:crypto";
import type { EventRecord, ObservationRecord, RecordBatch } from "@playhead/core";
import { createIntakeJobs, type IntakeJobsDeps } from "./intake-jobs.ts";
import { createJobPlan } from "./job-plan.ts";
import { createOpenJobs } from "./open-jobs.ts";
import { createTakeLogs } from "./take-logs.ts";
import { type BegunReport, createTakeRequest, type RequestReader } from "./take-request.ts";
import { createTakeSpans, type Taken } from "./take-spans.ts";
import { createTraces } from "./traces.ts";

export interface OtlpIntakeDeps extends Omit<IntakeJobsDeps, "open"> {
  readonly reader: RequestReader;
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
  const { reader, begin, settings, nowMs, onError } = deps;
  const open = createOpenJobs(nowMs);
  const traces = createTraces();
  const jobs = createIntakeJobs({ ...deps, open });
  const taking = { jobs, traces, open, isEveryTrace: () => settings().jobs === "traces" };
  /** Numbers start anew with each start, so the source does, too. */
  const run = randomBytes(4).toString("hex");
  let n = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let isSettling = false;
  const take = createTakeRequest({
    ...{ reader, hand, inTurn },
    takeSpans: createTakeSpans(taking),
    takeLogs: createTakeLogs(taking),
    forget: traces.forget,
  });

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
    take,
    /** Goes on with the jobs of traces that an earlier process left open. */
    recover: jobs.recover,
    settle: () => inTurn(settle),
    async close(): Promise<void> {
      clearInterval(timer);
      jobs.close();
      await reader.close();
    },
  };
}
