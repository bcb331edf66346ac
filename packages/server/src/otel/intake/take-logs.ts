import type { JsonObject, LogLevel, Redaction } from "@playhead/core";
import { isOfTrace } from "../trace-mark.ts";
import { fitting } from "../wire/any-value.ts";
import type { LogLine } from "../wire/read-requests.ts";
import * as names from "./attribute-names.ts";
import { progressAt, textAt } from "./attribute-names.ts";
import { createJobPlan, type JobPlan, MAIN_TASK } from "./job-plan.ts";
import { mainTask, newJobOf } from "./plan-spans.ts";
import { isoOf, type Observed } from "./span-records.ts";
import { namedJob, type Taken, type TakeSpansDeps } from "./take-spans.ts";
import type { Trace } from "./traces.ts";

const MAX_FIELDS = 64_000;
const MAX_MESSAGE = 100_000;

/** Takes log records of one trace, or of none: lines of its job's log, and what they say of how far it is. */
export function createTakeLogs({ jobs, traces, open, redaction, isEveryTrace }: TakeSpansDeps) {
  /** Records come while their spans run: they may be the first that is heard of a trace. */
  function jobOf(tenantId: string, line: LogLine, trace: Trace | null): string | null {
    const { traceId, attributes, origin, isSampled } = line;
    const named = namedJob(attributes, origin.resource);
    if (named !== null || traceId === null) return named;
    if (trace !== null && trace.jobId !== null) return trace.jobId;
    const isJob = textAt({ ...origin.resource, ...attributes }, names.JOB_KIND) !== null || isEveryTrace();
    return jobs.ofTrace(tenantId, traceId) ?? (isJob && isSampled ? jobs.idOf(tenantId, traceId) : null);
  }

  return async (tenantId: string, traceId: string | null, lines: readonly LogLine[]): Promise<Taken> => {
    const trace = traceId === null ? null : traces.find(tenantId, traceId);
    const named = lines.map((line) => [line, jobOf(tenantId, line, trace)] as const);
    const ids = [...new Set(named.map(([, jobId]) => jobId).filter((jobId) => jobId !== null))];
    const known = new Map(await Promise.all(ids.map(async (id) => [id, await jobs.read(tenantId, id)] as const)));
    const plans = new Map<string, JobPlan>();
    const observed = named.map(([line, jobId]) => {
      const job = jobId === null ? null : (known.get(jobId) ?? null);
      if (jobId === null || job === "others") return lineOf(line, null, trace, redaction);
      const plan = plans.get(jobId) ?? createJobPlan({ jobId, traceId, job });
      plans.set(jobId, plan);
      if (job === null || isOfTrace(job)) {
        plan.begin(newJobOf(line.origin, line.attributes, null, redaction), line.timeMs);
        if (plan.isOpen() && traceId !== null) open.heard(tenantId, jobId, traceId);
        tell(line, plan, trace);
      } else if (textAt(line.attributes, names.JOB_ID) !== null) tell(line, plan, trace);
      return lineOf(line, jobId, trace, redaction);
    });
    return { plans: [...plans.values()], observed };
  };

  /** How far its work is: the only word of it before a span has ended. */
  function tell({ attributes, timeMs, origin, spanId }: LogLine, plan: JobPlan, trace: Trace | null): void {
    const kind = textAt(attributes, names.TASK_KIND, 100);
    const taskId = textAt(attributes, names.TASK_ID, 200);
    if (taskId !== null && kind !== null) {
      const title = redaction.text(textAt(attributes, names.TASK_TITLE) ?? taskId);
      plan.startTask(
        taskId,
        { kind, title, parentId: textAt(attributes, names.TASK_PARENT, 200), weight: null },
        timeMs,
      );
    }
    const fraction = progressAt(attributes);
    if (fraction === null) return;
    const target = taskId ?? trace?.taskOf.get(spanId ?? "") ?? MAIN_TASK;
    if (target === MAIN_TASK) {
      const title = textAt(attributes, names.JOB_TITLE) ?? textAt(origin.resource, "service.name") ?? "work";
      plan.startTask(MAIN_TASK, mainTask(redaction.text(title)), timeMs);
    }
    plan.progress(target, fraction, timeMs);
  }
}

function lineOf(line: LogLine, jobId: string | null, trace: Trace | null, redaction: Redaction): Observed {
  const { attributes, origin, spanId, traceId } = line;
  const taskId = textAt(attributes, names.TASK_ID, 200) ?? trace?.taskOf.get(spanId ?? "") ?? null;
  const service = origin.resource["service.name"];
  const fields = { ...attributes, ...(typeof service === "string" && { "service.name": service }) };
  return {
    type: "log",
    ts: isoOf(line.timeMs),
    ...(traceId !== null && { correlation_id: traceId }),
    ...(jobId !== null && { job_id: jobId }),
    data: {
      level: levelOf(line),
      message: redaction.text(messageOf(line)).slice(0, MAX_MESSAGE),
      logger: origin.scope ?? "otel",
      fields: redaction.fields(fitting(fields as JsonObject, MAX_FIELDS)),
      ...(spanId !== null && { span_id: spanId }),
      ...(taskId !== null && { task_id: taskId }),
    },
  };
}

function messageOf({ body, eventName, attributes }: LogLine): string {
  if (typeof body === "string" && body !== "") return body;
  const exception = [textAt(attributes, "exception.type"), textAt(attributes, "exception.message", 10_000)];
  const said = exception.filter((part) => part !== null).join(": ");
  if (body === null || body === "") return said || eventName;
  return `${eventName === "" ? "" : `${eventName}: `}${JSON.stringify(body)}`;
}

const BY_TEXT: Readonly<Record<string, LogLevel>> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warn: "warning",
  warning: "warning",
  error: "error",
  fatal: "critical",
  critical: "critical",
};

/** As OTLP numbers severities: four each of trace, debug, info, warn, error, fatal. */
function levelOf({ severity, severityText }: LogLine): LogLevel {
  if (severity <= 0) return BY_TEXT[severityText.toLowerCase()] ?? "info";
  if (severity <= 8) return "debug";
  if (severity <= 12) return "info";
  if (severity <= 16) return "warning";
  return severity <= 20 ? "error" : "critical";
}
