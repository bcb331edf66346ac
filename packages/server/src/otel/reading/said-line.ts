import type { JsonObject, LogLevel, Redaction } from "@playhead/core";
import { fitting } from "../wire/any-value.ts";
import type { LogLine } from "../wire/read-requests.ts";
import * as names from "./attribute-names.ts";
import { progressAt, textAt } from "./attribute-names.ts";
import { type NewTask, namedJob } from "./said-job.ts";
import { isoOf, type Observed } from "./span-records.ts";

/** What a log record says by itself, whatever its job is. */
export interface SaidLine {
  /** Null outside of any span. */
  readonly spanId: string | null;
  /** The job that it or its program names; null where neither does. */
  readonly jobId: string | null;
  /** Whether the record itself names it. */
  readonly namesJob: boolean;
  /** Whether it says that its trace is a job. */
  readonly isMarked: boolean;
  readonly isSampled: boolean;
  readonly timeMs: number;
  readonly taskId: string | null;
  /** The task that it says there is. */
  readonly task: NewTask | null;
  /** How far the work is, 0..1; null where it does not say. */
  readonly fraction: number | null;
  /** What the job's work is called, where it tells how far that is. */
  readonly title: string;
  /** The line; of which job and task it is, is still to be said. */
  readonly observed: Observed;
}

const MAX_FIELDS = 64_000;
const MAX_MESSAGE = 100_000;

export function saidLineOf(line: LogLine, redaction: Redaction): SaidLine {
  const { attributes, origin, spanId, timeMs, isSampled } = line;
  const { text } = redaction;
  const kind = textAt(attributes, names.TASK_KIND, 100);
  const taskId = textAt(attributes, names.TASK_ID, 200);
  const fraction = progressAt(attributes);
  const title = textAt(attributes, names.JOB_TITLE) ?? textAt(origin.resource, "service.name") ?? "work";
  return {
    ...{ spanId, timeMs, isSampled, taskId, fraction },
    jobId: namedJob(attributes, origin),
    namesJob: textAt(attributes, names.JOB_ID) !== null,
    isMarked: textAt({ ...origin.resource, ...attributes }, names.JOB_KIND) !== null,
    task:
      taskId === null || kind === null
        ? null
        : {
            kind,
            title: text(textAt(attributes, names.TASK_TITLE) ?? taskId),
            parentId: textAt(attributes, names.TASK_PARENT, 200),
            weight: null,
          },
    title: fraction === null ? "" : text(title),
    observed: observedOf(line, redaction),
  };
}

function observedOf(line: LogLine, redaction: Redaction): Observed {
  const { attributes, origin, spanId, traceId } = line;
  const service = origin.resource["service.name"];
  const fields = { ...attributes, ...(typeof service === "string" && { "service.name": service }) };
  return {
    type: "log",
    ts: isoOf(line.timeMs),
    ...(traceId !== null && { correlation_id: traceId }),
    data: {
      level: levelOf(line),
      message: redaction.text(messageOf(line)).slice(0, MAX_MESSAGE),
      logger: origin.scope ?? "otel",
      fields: redaction.fields(fitting(fields as JsonObject, MAX_FIELDS)),
      ...(spanId !== null && { span_id: spanId }),
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
