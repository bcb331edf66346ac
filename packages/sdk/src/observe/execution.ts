import type { ExecutionCategory, JsonObject } from "@playhead/core";
import type { Totals } from "../budget/totals.ts";
import type { Captured } from "../summary/capture.ts";
import type { EndedExecution } from "./ended-execution.ts";
import type { Reading } from "./readings.ts";

/** Where calls are recorded: of a Playhead, its own. What the hot path needs of it. */
export interface Lane {
  /** Milliseconds, with fractions, from any start; only ever grows. */
  readonly clock: () => number;
  /** False once its Playhead is closed: nothing is recorded any more. */
  readonly isOpen: () => boolean;
  /** What this lane knows of a site. */
  accountOf(site: Site): Account;
  /** A call begins: numbered, its parent taken from the scope. The clock is read last. */
  begin(account: Account, site: Site, scope: SpanScope, args: readonly unknown[]): Execution;
  /**
   * It goes on after it has returned, or may take long: from a second on, it is said that it runs.
   * @param isSaidAtOnce say so now
   */
  watch(execution: Execution, isSaidAtOnce: boolean): void;
  /** It has ended well, with this result. The clock is read first. */
  complete(execution: Execution, result: unknown): void;
  /** It has ended by throwing this. The clock is read first. */
  fail(execution: Execution, error: unknown): void;
  /** A call that is not recorded for itself has ended. It stands for so many, of which so many have failed. */
  add(account: Account, startMs: number, errors: number, weight: number): void;
  /** The ids of the call that runs, or of what it is part of. */
  traceOf(scope: SpanScope): TracePlace;
}

/** Where code runs in a trace. */
export interface TracePlace {
  /** 32 hex digits; empty when there is no trace yet. */
  readonly trace_id: string;
  /** Of the call that runs, 16 hex digits; null outside of any. */
  readonly span_id: string | null;
}

/**
 * How the calls of a function are kept: each, with all that is known of it; each timed, and all of a minute added up;
 * or each counted, and one in a few timed.
 */
export type Keeping = "recorded" | "summarized" | "counted";

/** One instrumented function. */
export interface Site {
  /** May become longer once it is known whose method it is. */
  name: string;
  readonly category: ExecutionCategory;
  readonly takesParameters: boolean;
  readonly takesResult: boolean;
  readonly takesCost: boolean;
  readonly metadata: JsonObject | null;
  /** Read from its source when they are first needed. */
  readonly parameterNames: () => readonly string[];
  /** Of the lane that it was last called in. */
  account: Account | null;
}

/** What a lane knows of all sites of one name. */
export interface Account {
  readonly lane: Lane;
  readonly name: string;
  readonly category: ExecutionCategory;
  keeping: Keeping;
  /** Its calls go on after they have returned. */
  isAsync: boolean;
  /** Calls since the budget last looked. */
  calls: number;
  /** Calls since the last that was timed, where not all are, and how many of them threw. */
  untimedCalls: number;
  untimedErrors: number;
  /** Calls until the next one whose own cost is measured. */
  untilMeasured: number;
  /** What the minute's calls that have no record add up to, and when, by the lane's clock, the minute is over. */
  totals: Totals | null;
  totalsUntilMs: number;
  /** What one call costs, in milliseconds, by how it is kept: a running average. */
  readonly costMs: Record<Keeping, number>;
  /** Stacks that were told of its errors within one second. */
  stacks: number;
  stacksSecond: number;
  /** When its keeping last changed, by the lane's clock. */
  changedMs: number;
}

/** The call that runs where code runs: swapped by calls that end before they return. */
export interface SpanScope {
  /** The number of the innermost running call; 0 outside of any. */
  span: number;
  /** The number of the outermost; 0 outside of any. */
  root: number;
  /** Null outside of any job. */
  readonly place: Place | null;
  /** Where the trace comes from, when not from the job. */
  readonly origin: Origin | null;
}

/** Which job and task code runs in. */
export interface Place {
  readonly job_id: string;
  /** Empty: the job is part of no trace. */
  readonly correlation_id: string;
  readonly task_id: string | null;
  readonly lane: Lane | null;
}

/** The call in another program that this one is part of. */
export interface Origin {
  readonly trace_id: string;
  readonly span_id: string;
}

/**
 * One call, from its beginning until its record is made; then it is used again for another. All are of one shape, and
 * live long: what a call leaves for the garbage collector is most of what it costs. A thousand of them wait in turns, so
 * that what most calls have no use for stands elsewhere: what does not fit the processor's caches costs more.
 */
export interface Execution {
  site: Site;
  /** Null for what others have measured. */
  account: Account | null;
  /** Its number, of which its id is made. */
  serial: number;
  /** Of the call that it is part of; 0: of none, or of one in another program. */
  parent: number;
  /** Of the outermost one, of which the trace's id is made where nothing else gives it. */
  root: number;
  /** That it was called in: where in which job, and in whose trace. */
  scope: SpanScope;
  parameters: readonly Captured[] | null;
  /** By the lane's clock. */
  startMs: number;
  durationMs: number;
  startReading: Reading | null;
  /** Means nothing without the one at its start. */
  endReading: Reading | null;
  /** What it threw, as it is: looked at when the record is made. {@link NOTHING} when it did not throw. */
  error: unknown;
  result: Captured | typeof NOTHING;
  /** Said of it beside all else. */
  metadata: JsonObject | null;
  /** What others have said of it. */
  given: EndedExecution | null;
  /** The one after it, wherever it stands: among those that run, that have ended, or that are free. */
  next: Execution | null;
  /** Of one that goes on after it has returned. It stays, and is used for each call that this is used for. */
  watch: Watch | null;
}

/** What is kept of a call while it goes on. */
export interface Watch {
  /** Whether it is among those that run, and was said to run. */
  isRunning: boolean;
  isSaid: boolean;
  /** The one before it among those that run. */
  previous: Execution | null;
  /** Readings while it ran, where it ran for long. */
  peakBytes: number;
  loopDelayMs: number;
  /** Ends it as its promise does, in its own lane. */
  onValue: ((value: unknown) => unknown) | null;
  onError: ((error: unknown) => never) | null;
}

/** No result: the call returned nothing, or nobody wants it. No error: it did not throw. */
export const NOTHING: unique symbol = Symbol("nothing");

/** Of no call. */
export const NO_SCOPE: SpanScope = { span: 0, root: 0, place: null, origin: null };
