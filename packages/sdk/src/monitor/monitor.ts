import type { ExecutionCategory } from "@playhead/core";
import { copyAsJsonObject } from "../json-copy.ts";
import { decorateMember, isMemberContext } from "./decorate.ts";
import { type Recording, wrap } from "./wrap.ts";
import type { AnyFunction, StepOptions } from "./wrapped.ts";

/** How the calls of a function are recorded. */
export interface InstrumentOptions {
  /** @defaultValue the function's name; of a decorated method `Class.method` */
  readonly name?: string;
  /** @defaultValue "function"; of a step "step" */
  readonly category?: ExecutionCategory;
  /** Kept with each call; copied as JSON. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What {@link monitor} records. */
export interface MonitorOptions extends InstrumentOptions {
  /** Summaries of the arguments. @defaultValue true */
  readonly parameters?: boolean;
  /** A summary of the result. @defaultValue true */
  readonly result?: boolean;
  /** Processor time, memory and the delay of the event loop while it ran. @defaultValue true */
  readonly performance?: boolean;
  /** Each call within a job is a step of it, as with {@link progressStep}. @defaultValue false */
  readonly step?: boolean | StepOptions;
}

/** How a step is called and weighed. */
export interface ProgressStepOptions extends InstrumentOptions, StepOptions {}

/**
 * Wraps a function, or decorates a member of a class (standard decorators); with options alone it makes what does.
 *
 * What it returns does what the given function does and looks like it: `this`, arguments, results and errors are those of
 * the bare one. Calls are recorded by the Playhead of the job they run in, else by the one that the process has opened.
 *
 * @throws PlayheadError `validation_error` for what is neither a function nor a member of a class
 */
export interface Instrument<Options> {
  <This, Value>(
    target: ClassAccessorDecoratorTarget<This, Value>,
    context: ClassAccessorDecoratorContext<This, Value>,
  ): ClassAccessorDecoratorResult<This, Value>;
  <This, Value>(target: undefined, context: ClassFieldDecoratorContext<This, Value>): (initial: Value) => Value;
  <Fn extends AnyFunction>(
    target: Fn,
    context: ClassMethodDecoratorContext | ClassGetterDecoratorContext | ClassSetterDecoratorContext,
  ): Fn;
  <Fn extends AnyFunction>(fn: Fn, options?: Options): Fn;
  (options?: Options): InstrumentWith;
}

/** A decorator or a wrapper whose options are set. */
export interface InstrumentWith {
  <This, Value>(
    target: ClassAccessorDecoratorTarget<This, Value>,
    context: ClassAccessorDecoratorContext<This, Value>,
  ): ClassAccessorDecoratorResult<This, Value>;
  <This, Value>(target: undefined, context: ClassFieldDecoratorContext<This, Value>): (initial: Value) => Value;
  <Fn extends AnyFunction>(
    target: Fn,
    context: ClassMethodDecoratorContext | ClassGetterDecoratorContext | ClassSetterDecoratorContext,
  ): Fn;
  <Fn extends AnyFunction>(fn: Fn): Fn;
}

/** Records each call of a function: parameters, result or error, and what it cost; as a step of the job, if asked to. */
export const monitor: Instrument<MonitorOptions> = instrument((options: MonitorOptions) => ({
  takesParameters: options.parameters ?? true,
  takesResult: options.result ?? true,
  takesCost: options.performance ?? true,
  step: options.step === true ? {} : options.step === false ? null : (options.step ?? null),
}));

/** Records each call of a function: name, parameters, start, duration, and its result or its error. */
export const monitorExecution: Instrument<InstrumentOptions> = instrument(() => ({
  takesParameters: true,
  takesResult: true,
  takesCost: false,
  step: null,
}));

/** Records of each call what it took: wall time, and of longer ones processor time, memory and event-loop delay. */
export const trackPerformance: Instrument<InstrumentOptions> = instrument(() => ({
  takesParameters: false,
  takesResult: false,
  takesCost: true,
  step: null,
}));

/** Makes each call within a job a step of it, with its share of the bar: a task of the kind `step` of what it runs in. */
export const progressStep: Instrument<ProgressStepOptions> = instrument((options: ProgressStepOptions) => ({
  takesParameters: false,
  takesResult: false,
  takesCost: false,
  step: { weight: options.weight },
}));

type Aspects = Pick<Recording, "takesParameters" | "takesResult" | "takesCost" | "step">;

function instrument<Options extends InstrumentOptions>(aspectsOf: (options: Options) => Aspects): Instrument<Options> {
  function apply(target: unknown, second: unknown, options: Options): unknown {
    const { name, category, metadata } = options;
    const recording: Recording = { ...aspectsOf(options), name, category, metadata: copyAsJsonObject(metadata) };
    return isMemberContext(second) ? decorateMember(target, second, recording) : wrap(target as AnyFunction, recording);
  }

  function entry(first?: unknown, second?: unknown): unknown {
    const none = {} as Options;
    if (isMemberContext(second)) return apply(first, second, none);
    if (typeof first === "function") return apply(first, null, (second ?? none) as Options);
    return (target: unknown, context?: unknown) => apply(target, context, (first ?? none) as Options);
  }
  return entry as Instrument<Options>;
}
