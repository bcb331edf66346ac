import { isJobId, type Redaction } from "@playhead/core";
import { isOfTrace } from "../trace-mark.ts";
import type { Span } from "../wire/read-requests.ts";
import * as names from "./attribute-names.ts";
import { textAt } from "./attribute-names.ts";
import type { IntakeJobs } from "./intake-jobs.ts";
import { createJobPlan, type JobPlan } from "./job-plan.ts";
import type { OpenJobs } from "./open-jobs.ts";
import { parentsFirst } from "./parents-first.ts";
import { isLocalRoot, isMarked, newJobOf, outcomeOf, planSpan } from "./plan-spans.ts";
import type { Observed } from "./span-records.ts";
import type { Trace, Traces } from "./traces.ts";

export interface TakeSpansDeps {
  readonly jobs: IntakeJobs;
  readonly traces: Traces;
  readonly open: OpenJobs;
  readonly redaction: Redaction;
  /** Whether every trace is a job; else only those with a span that says so. */
  readonly isEveryTrace: () => boolean;
}

/** Events of one job, and what was observed beside them, from one program. */
export interface Taken {
  readonly plans: readonly JobPlan[];
  readonly observed: readonly Observed[];
}

/** The job that a span names; null where it names none. */
export function namedJob(...said: readonly Span["attributes"][]): string | null {
  for (const attributes of said) {
    const jobId = textAt(attributes, names.JOB_ID, 128);
    if (isJobId(jobId)) return jobId;
  }
  return null;
}

const namedBy = (span: Span) => namedJob(span.attributes, span.origin.resource);

/** Takes the spans of one trace: which job they are of, what they say of it, and what is new of them. */
export function createTakeSpans({ jobs, traces, open, redaction, isEveryTrace }: TakeSpansDeps) {
  /** The job of what does not name one. */
  function jobOf(tenantId: string, traceId: string, spans: readonly Span[], trace: Trace | null): string | null {
    const named = spans.map(namedBy).find((jobId) => jobId !== null);
    if (named !== undefined && named !== null) return named;
    const hasRoot = spans.some(({ parentSpanId }) => parentSpanId === null);
    const called = jobs.ofTrace(tenantId, traceId);
    // Whoever has the root is not part of a job of ours that joined its trace, also where its children seemed to be.
    if (trace !== null && trace.jobId !== null && !(hasRoot && trace.jobId === called)) return trace.jobId;
    const known = hasRoot ? null : called;
    if (known !== null) return known;
    return isEveryTrace() || spans.some(isMarked) ? jobs.idOf(tenantId, traceId) : null;
  }

  async function traceOf(tenantId: string, traceId: string, spans: readonly Span[]): Promise<Trace> {
    const known = traces.find(tenantId, traceId);
    const jobId = jobOf(tenantId, traceId, spans, known);
    if (known !== null) {
      known.jobId = jobId;
      return known;
    }
    // Where its job is not there, nothing of it can have been stored: events are stored before the rest.
    const isStored = jobId !== null && (await jobs.read(tenantId, jobId)) !== null;
    const stored = isStored ? await jobs.storedSpans(tenantId, traceId) : [];
    return traces.add(tenantId, traceId, jobId, stored);
  }

  return async (tenantId: string, traceId: string, given: readonly Span[]): Promise<Taken> => {
    const trace = await traceOf(tenantId, traceId, given);
    const spans = parentsFirst(given.filter(({ spanId }) => traces.take(trace, spanId)));
    const plans = new Map<string, JobPlan>();
    const observed: Observed[] = [];
    const ends: (() => void)[] = [];
    // Read before anything is planned: nothing may happen to a job in between.
    const ids = new Set(spans.map((span) => namedBy(span) ?? trace.jobId).filter((jobId) => jobId !== null));
    const found = new Map([...ids].map((jobId) => [jobId, jobs.read(tenantId, jobId)] as const));
    const known = new Map(await Promise.all([...found].map(async ([jobId, job]) => [jobId, await job] as const)));
    const title = spans.find((span) => span.parentSpanId === null || isMarked(span));

    for (const span of spans) {
      const jobId = namedBy(span) ?? trace.jobId;
      const job = jobId === null ? null : (known.get(jobId) ?? null);
      if (jobId === null || job === "others") {
        observed.push(...planSpan(span, silent(null), trace, redaction));
        continue;
      }
      const plan = plans.get(jobId) ?? createJobPlan({ jobId, traceId, job });
      plans.set(jobId, plan);
      const isOurs = job === null || isOfTrace(job);
      // Of a job that somebody else made only those speak that name it.
      const speaks = isOurs || namedBy(span) !== null || isMarked(span);
      if (speaks) {
        const made = title ?? span;
        plan.begin(newJobOf(made.origin, made.attributes, title?.name ?? null, redaction), span.startMs);
        if (plan.isOpen()) open.heard(tenantId, jobId, traceId);
      }
      observed.push(...planSpan(span, speaks ? plan : silent(jobId), trace, redaction));
      if (speaks && (isMarked(span) || span.parentSpanId === null)) {
        const told = textAt(span.attributes, names.JOB_TITLE) ?? span.name;
        if (isOurs) plan.setTitle(redaction.text(told), span.endMs);
        ends.push(() => plan.end(outcomeOf(span, redaction), span.endMs));
      } else if (isOurs && isLocalRoot(span) && plan.isOpen()) {
        const local = { outcome: outcomeOf(span, redaction), atMs: span.endMs };
        open.heard(tenantId, jobId, traceId).localEnd = local;
      }
    }
    for (const end of ends) end();
    return { plans: [...plans.values()], observed };
  };
}

/** For what is of no job, or of one of which somebody else says how it goes. */
const silent = (jobId: string | null): JobPlan => createJobPlan({ jobId, traceId: null, job: null, isSilent: true });
