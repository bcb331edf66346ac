import type { ExecutionEnded, ExecutionStarted, ObservationRecord } from "@playhead/core";
import { isoTime } from "../recorder/iso-time.ts";
import type { Summaries } from "../summary/summary.ts";
import { errorDetails } from "./error-details.ts";
import { type Execution, NOTHING, type Origin, type Place } from "./execution.ts";
import type { SpanIds } from "./span-ids.ts";

type WithoutNumber<Kind> = Kind extends { readonly n: number } ? Omit<Kind, "n"> : never;
/** What was observed, before it has its number. */
export type Observation = WithoutNumber<ObservationRecord>;

type Writable<Data> = { -readonly [Name in keyof Data]: Data[Name] };

export interface RecordMaker {
  /** A call that runs. */
  started(execution: Execution, offsetMs: number): Observation;
  /** A call that has ended. @param offsetMs from the lane's clock to the time of day */
  ended(execution: Execution, offsetMs: number): Observation;
}

/** Makes of calls what is sent of them: here texts are made, and secrets taken out. */
export function createRecordMaker({
  ids,
  summaries,
}: {
  readonly ids: SpanIds;
  readonly summaries: Summaries;
}): RecordMaker {
  function begun(execution: Execution): Writable<ExecutionStarted> {
    const { site, given, place, parent, origin, serial } = execution;
    const data: Writable<ExecutionStarted> = {
      span_id: given?.span_id ?? ids.span(serial),
      parent_span_id: parent !== 0 ? ids.span(parent) : (origin?.span_id ?? null),
      name: site.name,
      category: site.category,
    };
    if (place !== null && place.task !== null) data.task_id = place.task.task_id;
    const parameters = parametersOf(execution);
    if (parameters !== undefined) data.parameters = parameters;
    const metadata = execution.metadata ?? site.metadata;
    if (metadata !== null) data.metadata = summaries.fields(metadata);
    return data;
  }

  function parametersOf({ parameters, given, site }: Execution): ExecutionStarted["parameters"] {
    if (given?.parameters !== undefined) return summaries.fields(given.parameters);
    if (parameters === null || parameters.length === 0) return undefined;
    return summaries.parameters(parameters, site.parameterNames());
  }

  function observed<Type extends Observation["type"]>(
    type: Type,
    { startMs, place, origin, root }: Execution,
    offsetMs: number,
    data: ExecutionStarted,
  ): Observation {
    const observation = {
      type,
      ts: isoTime(startMs + offsetMs),
      correlation_id: traceIdOf(place, origin) ?? ids.trace(root),
      data,
      ...(place !== null && { job_id: place.job.job_id }),
    };
    return observation as Observation;
  }

  return {
    started: (execution, offsetMs) => observed("function.started", execution, offsetMs, begun(execution)),
    ended(execution, offsetMs) {
      const { given, result, isError, error, cost } = execution;
      const data = begun(execution) as Writable<ExecutionEnded>;
      data.duration_ms = Math.round(execution.durationMs * 1e6) / 1e6;
      if (cost !== null) Object.assign(data, cost);
      if (given !== null) {
        if (given.result_summary !== undefined) data.result_summary = summaries.text(given.result_summary);
        if (given.error !== undefined) data.error = given.error;
      } else if (isError) data.error = errorDetails(error, summaries.text);
      else if (result !== NOTHING) data.result_summary = summaries.result(result);
      return observed(data.error === undefined ? "function.completed" : "function.failed", execution, offsetMs, data);
    },
  };
}

/** The trace that a call is part of, where it did not begin here. */
export function traceIdOf(place: Place | null, origin: Origin | null): string | null {
  const ofJob = place?.job.correlation_id ?? "";
  return ofJob !== "" ? ofJob : (origin?.trace_id ?? null);
}
