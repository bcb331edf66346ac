import type { LogRecordData, SystemSample } from "@playhead/core";
import { currentScope } from "../context.ts";
import { copyAsJsonObject, shortText } from "../json-copy.ts";
import { isoTime } from "../recorder/iso-time.ts";
import type { Summaries } from "../summary/summary.ts";
import type { EndedExecution } from "./ended-execution.ts";
import type { TracePlace } from "./execution.ts";
import type { Observation } from "./execution-record.ts";
import type { OwnLane } from "./lane.ts";
import { processLane, setProcessLane } from "./process-lane.ts";

export type { EndedExecution } from "./ended-execution.ts";

/** Takes observations from the user's code; never throws, never blocks. */
export interface Observer {
  /** Parent and trace come from the context of the calling code. */
  executionEnded(execution: EndedExecution): void;
  /** A line of the log: of the given job, else of the one that the calling code runs in, else of none. */
  log(line: LogRecordData & { readonly job_id?: string }): void;
  sampled(sample: SystemSample): void;
}

export interface ObserverDeps {
  /** Null while calls are not recorded: lines and samples still are. */
  readonly lane: OwnLane | null;
  readonly nowMs: () => number;
  readonly summaries: Summaries;
  readonly record: (observation: Observation, importance: "execution" | "log") => void;
}

/** Makes of what others observe what is sent: with its place in the trace, and without secrets. */
export function createObserver({ lane, nowMs, summaries, record }: ObserverDeps): Observer {
  /** All but the fields, of which a copy is taken. */
  function withoutSecrets({ fields: _, ...line }: LogRecordData): LogRecordData {
    const { logger, function_name, stage, user_id } = line;
    const clean = (text: string) => summaries.text(shortText(text));
    return {
      ...line,
      ...(logger !== undefined && { logger: clean(logger) }),
      ...(function_name !== undefined && { function_name: clean(function_name) }),
      ...(stage !== undefined && { stage: clean(stage) }),
      ...(user_id !== undefined && { user_id: clean(user_id) }),
    };
  }

  return {
    executionEnded(execution) {
      if (lane?.isOpen()) lane.takeEnded(execution, currentScope());
    },
    log({ job_id, ...line }) {
      const scope = currentScope();
      const jobId = job_id ?? scope.place?.job_id;
      const isHere = scope.place?.job_id === jobId;
      const trace = isHere ? lane?.traceOf(scope) : undefined;
      const taskId = line.task_id ?? (isHere ? scope.place?.task_id : null) ?? undefined;
      const spanId = line.span_id ?? trace?.span_id ?? undefined;
      const fields = copyAsJsonObject(line.fields);
      record(
        {
          type: "log",
          ts: isoTime(nowMs()),
          ...(jobId !== undefined && { job_id: jobId }),
          ...(trace !== undefined && trace.trace_id !== "" && { correlation_id: trace.trace_id }),
          data: {
            ...withoutSecrets(line),
            message: summaries.text(shortText(line.message)),
            ...(taskId !== undefined && { task_id: taskId }),
            ...(spanId !== undefined && { span_id: spanId }),
            ...(fields !== null && { fields: summaries.fields(fields) }),
          },
        },
        "log",
      );
    },
    sampled: (sample) => record({ type: "system.sampled", ts: isoTime(nowMs()), data: sample }, "log"),
  };
}

/** Where the calling code stands in a trace, for headers and child processes; null where nothing is recorded. */
export function currentTrace(): TracePlace | null {
  const scope = currentScope();
  const lane = scope.place === null ? processLane() : scope.place.lane;
  return lane?.traceOf(scope) ?? null;
}

let current: Observer | null = null;
const lanes = new WeakMap<Observer, OwnLane>();

/** Whoever observes in this process; null when nobody does. */
export function currentObserver(): Observer | null {
  return current;
}

/** The calls of instrumented functions go where this observer's observations go. */
export function laneOf(observer: Observer, lane: OwnLane): void {
  lanes.set(observer, lane);
}

/** From now on this one observes, and calls outside of any job are recorded by it. @returns what takes it back, if it still does */
export function setCurrentObserver(observer: Observer): () => void {
  const lane = lanes.get(observer) ?? null;
  current = observer;
  setProcessLane(lane);
  return () => {
    if (current !== observer) return;
    current = null;
    setProcessLane(null);
  };
}
