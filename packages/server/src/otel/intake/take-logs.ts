import type { SaidLine } from "../reading/said-line.ts";
import type { LinesPart } from "../reading/slices.ts";
import type { Observed } from "../reading/span-records.ts";
import { isOfTrace } from "../trace-mark.ts";
import { createJobPlan, type JobPlan, MAIN_TASK } from "./job-plan.ts";
import { placed } from "./place.ts";
import { mainTask } from "./plan-spans.ts";
import type { Taken, TakeSpansDeps } from "./take-spans.ts";
import type { Trace } from "./traces.ts";

/** Takes log records of one trace, or of none: lines of its job's log, and what they say of how far it is. */
export function createTakeLogs({ jobs, traces, open, isEveryTrace }: TakeSpansDeps) {
  /** Records come while their spans run: they may be the first that is heard of a trace. */
  function jobOf(tenantId: string, traceId: string | null, line: SaidLine, trace: Trace | null): string | null {
    if (line.jobId !== null || traceId === null) return line.jobId;
    if (trace !== null && trace.jobId !== null) return trace.jobId;
    const isJob = line.isMarked || isEveryTrace();
    return jobs.ofTrace(tenantId, traceId) ?? (isJob && line.isSampled ? jobs.idOf(tenantId, traceId) : null);
  }

  return async (tenantId: string, { whole, items }: LinesPart): Promise<Taken> => {
    const { traceId } = whole;
    const trace = traceId === null ? null : traces.find(tenantId, traceId);
    const named = items.map((line) => [line, jobOf(tenantId, traceId, line, trace)] as const);
    const ids = [...new Set(named.map(([, jobId]) => jobId).filter((jobId) => jobId !== null))];
    const known = new Map(await Promise.all(ids.map(async (id) => [id, await jobs.read(tenantId, id)] as const)));
    const plans = new Map<string, JobPlan>();
    const observed = named.map(([line, jobId]): Observed => {
      const taskId = line.taskId ?? trace?.taskOf.get(line.spanId ?? "") ?? null;
      const job = jobId === null ? null : (known.get(jobId) ?? null);
      if (jobId === null || job === "others") return placed(line.observed, { jobId: null, taskId });
      const plan = plans.get(jobId) ?? createJobPlan({ jobId, traceId, job });
      plans.set(jobId, plan);
      if (job === null || isOfTrace(job)) {
        const made = whole.jobs.get(line.jobId ?? "");
        if (made !== undefined) plan.begin(made, line.timeMs);
        if (plan.isOpen() && traceId !== null) open.heard(tenantId, jobId, traceId);
        tell(line, plan, taskId);
      } else if (line.namesJob) tell(line, plan, taskId);
      return placed(line.observed, { jobId, taskId });
    });
    return { plans: [...plans.values()], observed };
  };
}

/** How far its work is: the only word of it before a span has ended. @param taskId of which task it is */
function tell({ task, timeMs, fraction, title }: SaidLine, plan: JobPlan, taskId: string | null): void {
  if (task !== null && taskId !== null) plan.startTask(taskId, task, timeMs);
  if (fraction === null) return;
  const target = taskId ?? MAIN_TASK;
  if (target === MAIN_TASK) plan.startTask(MAIN_TASK, mainTask(title), timeMs);
  plan.progress(target, fraction, timeMs);
}
