import type { ErrorDetails, ExecutionEnded, ExecutionStarted, JsonObject, ObservationRecord } from "@playhead/core";
import { isoTime } from "../recorder/iso-time.ts";
import type { Summaries } from "../summary/summary.ts";
import { EndedCall, JobObservation, MeasuredCall, SummarizedCall, type Writable } from "./call-record.ts";
import { errorDetails } from "./error-details.ts";
import { type Execution, NOTHING, type Origin, type Place } from "./execution.ts";
import { putCost } from "./readings.ts";
import type { SpanIds } from "./span-ids.ts";

type WithoutNumber<Kind> = Kind extends { readonly n: number } ? Omit<Kind, "n"> : never;
/** What was observed, before it has its number. */
export type Observation = WithoutNumber<ObservationRecord>;

export interface RecordMaker {
  /** A call that runs. */
  started(execution: Execution, offsetMs: number): Observation;
  /** A call that has ended. @param offsetMs from the lane's clock to the time of day */
  ended(execution: Execution, offsetMs: number): Observation;
}

/** Of one function. Beyond them an error is recorded without its stack. */
const MAX_STACKS_PER_SECOND = 20;

/** Makes of calls what is sent of them: here texts are made, and secrets taken out. */
export function createRecordMaker({
  ids,
  summaries,
}: {
  readonly ids: SpanIds;
  readonly summaries: Summaries;
}): RecordMaker {
  let lastParent = 0;
  let lastParentId = "";

  /** Calls mostly have the parent of the call before. */
  function parentId(serial: number): string {
    if (serial !== lastParent) {
      lastParent = serial;
      lastParentId = ids.span(serial);
    }
    return lastParentId;
  }

  /** What others have measured is named by them, after whatever they had at hand. */
  function nameOf({ site, given }: Execution): string {
    return given === null ? site.name : summaries.text(site.name);
  }

  /** Of a call that runs; it has no duration yet. */
  function begun(execution: Execution): Writable<ExecutionStarted> {
    const { site, serial, given } = execution;
    const data: Writable<ExecutionStarted> = {
      span_id: given?.span_id ?? ids.span(serial),
      parent_span_id: parentOf(execution),
      name: nameOf(execution),
      category: site.category,
    };
    const parameters = parametersOf(execution);
    if (parameters !== undefined) data.parameters = parameters;
    addPlace(data, execution);
    return data;
  }

  /** Of most calls it has all of these fields: to add them one by one would cost twice as much. */
  function over(execution: Execution): Writable<ExecutionEnded> {
    const { site, serial, given, result, startReading, endReading } = execution;
    const span_id = given?.span_id ?? ids.span(serial);
    const parent_span_id = parentOf(execution);
    const name = nameOf(execution);
    const { category } = site;
    const parameters = parametersOf(execution);
    const duration_ms = Math.round(execution.durationMs * 1e6) / 1e6;
    const data =
      parameters !== undefined
        ? new SummarizedCall(
            span_id,
            parent_span_id,
            name,
            category,
            duration_ms,
            parameters,
            result === NOTHING ? undefined : summaries.result(result),
          )
        : startReading !== null && startReading === endReading
          ? new MeasuredCall(span_id, parent_span_id, name, category, duration_ms, startReading.memoryBytes)
          : new EndedCall(span_id, parent_span_id, name, category, duration_ms);
    addPlace(data, execution);
    if (data.memory_start_bytes === undefined && startReading !== null && endReading !== null)
      putCost(data, startReading, endReading, execution.watch);
    return data;
  }

  const parentOf = ({ parent, scope }: Execution) =>
    parent !== 0 ? parentId(parent) : (scope.origin?.span_id ?? null);

  function addPlace(data: Writable<ExecutionStarted>, { scope, metadata, site }: Execution): void {
    const { place } = scope;
    if (place !== null && place.task_id !== null) data.task_id = place.task_id;
    const said = metadata ?? site.metadata;
    if (said !== null) data.metadata = summaries.fields(said);
  }

  /** The stacks of a function that throws all the time are alike, and making their texts costs more than all the rest. */
  function hasStack({ account, startMs }: Execution): boolean {
    if (account === null) return true;
    const second = Math.floor(startMs / 1_000);
    if (account.stacksSecond !== second) {
      account.stacksSecond = second;
      account.stacks = 0;
    }
    account.stacks += 1;
    return account.stacks <= MAX_STACKS_PER_SECOND;
  }

  function parametersOf({ parameters, given, site }: Execution): ExecutionStarted["parameters"] {
    if (given?.parameters !== undefined) return summaries.fields(given.parameters);
    if (parameters === null || parameters.length === 0) return undefined;
    return summaries.parameters(parameters, site.parameterNames());
  }

  /** Of an error that was told from elsewhere. */
  const cleanDetails = (error: ErrorDetails) =>
    summaries.fields(error as unknown as JsonObject) as unknown as ErrorDetails;

  function observed<Type extends Observation["type"]>(
    type: Type,
    { startMs, scope, root }: Execution,
    offsetMs: number,
    data: ExecutionStarted,
  ): Observation {
    const { place, origin } = scope;
    const ts = isoTime(startMs + offsetMs);
    const correlation_id = traceIdOf(place, origin) ?? ids.trace(root);
    const observation =
      place === null
        ? { type, ts, correlation_id, data, n: 0 }
        : new JobObservation(type, ts, place.job_id, correlation_id, data);
    return observation as unknown as Observation;
  }

  return {
    started: (execution, offsetMs) => observed("function.started", execution, offsetMs, begun(execution)),
    ended(execution, offsetMs) {
      const { given, result } = execution;
      const data = over(execution);
      if (given !== null) {
        if (given.cost !== undefined) Object.assign(data, given.cost);
        if (given.result_summary !== undefined) data.result_summary = summaries.text(given.result_summary);
        if (given.error !== undefined) data.error = cleanDetails(given.error);
      } else if (execution.error !== NOTHING)
        data.error = errorDetails(execution.error, summaries.text, hasStack(execution));
      else if (result !== NOTHING) data.result_summary ??= summaries.result(result);
      return observed(data.error === undefined ? "function.completed" : "function.failed", execution, offsetMs, data);
    },
  };
}

/** The trace that a call is part of, where it did not begin here. */
export function traceIdOf(place: Place | null, origin: Origin | null): string | null {
  const ofJob = place?.correlation_id ?? "";
  return ofJob !== "" ? ofJob : (origin?.trace_id ?? null);
}
