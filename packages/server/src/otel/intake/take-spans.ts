import type { Outcome } from "../reading/said-job.ts";
import type { SaidEvent, SaidSpan } from "../reading/said-span.ts";
import type { SpansPart, Whole } from "../reading/slices.ts";
import type { Observed } from "../reading/span-records.ts";
import { isOfTrace } from "../trace-mark.ts";
import type { IntakeJobs } from "./intake-jobs.ts";
import { createJobPlan, type JobPlan } from "./job-plan.ts";
import type { OpenJobs } from "./open-jobs.ts";
import { type Place, placed } from "./place.ts";
import { planSpan } from "./plan-spans.ts";
import type { Trace, Traces } from "./traces.ts";

export interface TakeSpansDeps {
  readonly jobs: IntakeJobs;
  readonly traces: Traces;
  readonly open: OpenJobs;
  /** Whether every trace is a job; else only those with a span that says so. */
  readonly isEveryTrace: () => boolean;
}

/** Events of jobs, and what was observed beside them, from one program. */
export interface Taken {
  readonly plans: readonly JobPlan[];
  readonly observed: readonly Observed[];
}

/** A job's end, as its own span tells it. */
interface End {
  readonly jobId: string;
  readonly outcome: Outcome;
  readonly atMs: number;
}

/** Takes the spans of one trace: which job they are of, what they say of it, and what is new of them. */
export function createTakeSpans({ jobs, traces, open, isEveryTrace }: TakeSpansDeps) {
  /** The job of what does not name one. */
  function jobOf(tenantId: string, traceId: string, whole: Whole, trace: Trace | null): string | null {
    if (whole.jobId !== null) return whole.jobId;
    const called = jobs.ofTrace(tenantId, traceId);
    // Whoever has the root is not part of a job of ours that joined its trace, also where its children seemed to be.
    if (trace !== null && trace.jobId !== null && !(whole.hasRoot && trace.jobId === called)) return trace.jobId;
    const known = whole.hasRoot ? null : called;
    if (known !== null) return known;
    return isEveryTrace() || whole.isMarked ? jobs.idOf(tenantId, traceId) : null;
  }

  async function traceOf(tenantId: string, traceId: string, whole: Whole): Promise<Trace> {
    const known = traces.find(tenantId, traceId);
    const jobId = jobOf(tenantId, traceId, whole, known);
    if (known !== null) {
      known.jobId = jobId;
      return known;
    }
    // Where its job is not there, nothing of it can have been stored: events are stored before the rest.
    const isStored = jobId !== null && (await jobs.read(tenantId, jobId)) !== null;
    const stored = isStored ? await jobs.storedSpans(tenantId, traceId) : [];
    return traces.add(tenantId, traceId, jobId, stored);
  }

  /** Begins with a trace of a request. @returns takes one part of it after the other */
  return async (tenantId: string, traceId: string, whole: Whole) => {
    const trace = await traceOf(tenantId, traceId, whole);
    /** Of the span that came last, whose events may come with the next part: whether it is new, and where it belongs. */
    let isNew = false;
    let place: Place = { jobId: null, taskId: null };
    /** Told when all of the trace was taken: nothing is said of a job that has ended. */
    const ends: End[] = [];

    /** @returns where it belongs */
    function takeSpan(span: SaidSpan, planOf: (jobId: string) => JobPlan | null): Place {
      const jobId = span.jobId ?? trace.jobId;
      const plan = jobId === null ? null : planOf(jobId);
      if (jobId === null || plan === null) return { jobId: null, taskId: planSpan(span, SILENT, trace) };
      const isOurs = plan.job === null || isOfTrace(plan.job);
      const isJobs = span.isMarked || span.parentSpanId === null;
      // Of a job that somebody else made only those speak that name it.
      if (!isOurs && span.jobId === null && !span.isMarked) {
        return { jobId, taskId: planSpan(span, SILENT, trace) };
      }
      const made = whole.jobs.get(span.jobId ?? "");
      if (made !== undefined) plan.begin(made, span.startMs);
      if (plan.isOpen()) open.heard(tenantId, jobId, traceId);
      const taskId = planSpan(span, plan, trace);
      if (isJobs) {
        if (isOurs) plan.setTitle(span.title, span.endMs);
        ends.push({ jobId, outcome: span.outcome, atMs: span.endMs });
      } else if (isOurs && span.isLocalRoot && plan.isOpen()) {
        open.heard(tenantId, jobId, traceId).localEnd = { outcome: span.outcome, atMs: span.endMs };
      }
      return { jobId, taskId };
    }

    function isFresh(item: SaidSpan | SaidEvent): boolean {
      if (item.is === "span") isNew = traces.take(trace, item.spanId);
      return isNew;
    }

    return async ({ items, isLast }: SpansPart): Promise<Taken> => {
      const fresh = items.filter(isFresh);
      // Read before anything is planned: nothing may happen to a job in between.
      const ids = fresh.map((item) => (item.is === "span" ? (item.jobId ?? trace.jobId) : null));
      const known = await readAll(tenantId, isLast ? [...ids, ...ends.map(({ jobId }) => jobId)] : ids);
      const plans = new Map<string, JobPlan>();
      const planOf = (jobId: string): JobPlan | null => {
        const job = known.get(jobId) ?? null;
        if (job === "others") return null;
        const plan = plans.get(jobId) ?? createJobPlan({ jobId, traceId, job });
        plans.set(jobId, plan);
        return plan;
      };
      const observed = fresh.map((item) => {
        if (item.is === "span") place = takeSpan(item, planOf);
        return placed(item.observed, place);
      });
      if (isLast) for (const { jobId, outcome, atMs } of ends) planOf(jobId)?.end(outcome, atMs);
      return { plans: [...plans.values()], observed };
    };
  };

  async function readAll(tenantId: string, ids: readonly (string | null)[]) {
    const asked = [...new Set(ids)].filter((jobId) => jobId !== null);
    return new Map(await Promise.all(asked.map(async (id) => [id, await jobs.read(tenantId, id)] as const)));
  }
}

/** For what is of no job, or of one of which somebody else says how it goes. */
const SILENT: JobPlan = createJobPlan({ jobId: null, traceId: null, job: null, isSilent: true });
