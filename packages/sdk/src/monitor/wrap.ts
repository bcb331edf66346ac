import { types } from "node:util";
import { type ExecutionCategory, type JsonObject, PlayheadError } from "@playhead/core";
import { createSite } from "../observe/site.ts";
import { parameterNames } from "../summary/parameter-names.ts";
import { beginCounted, beginMeasured, call, endMeasured, failMeasured, isOnlyMeasured } from "./call.ts";
import { copyLooks } from "./look-alike.ts";
import type { AnyFunction, FunctionKind, StepOptions, Wrapped } from "./wrapped.ts";

/** What is recorded of a function's calls. */
export interface Recording {
  /** @defaultValue the function's name */
  readonly name?: string | undefined;
  readonly category?: ExecutionCategory | undefined;
  readonly takesParameters: boolean;
  readonly takesResult: boolean;
  readonly takesCost: boolean;
  readonly step: StepOptions | null;
  readonly metadata?: JsonObject | null;
}

/** What each wrapper wraps, and records: wrapped once more, it records both, once. */
const recordings = new WeakMap<AnyFunction, { readonly fn: AnyFunction; readonly recording: Recording }>();

/** Whether its calls are recorded as steps of jobs already. */
export function isStep(fn: AnyFunction): boolean {
  return (recordings.get(fn)?.recording.step ?? null) !== null;
}

/** Finds the class whose method was called, and completes the name by it. */
export type FindOwner = (self: unknown, wrapper: AnyFunction) => string | null;

/**
 * A function that does what the given one does, looks like it, and has its calls recorded.
 *
 * @throws PlayheadError `validation_error` when it is no function, or a class
 */
export function wrap(fn: AnyFunction, wanted: Recording, findOwner: FindOwner | null = null): AnyFunction {
  const known = recordings.get(fn);
  if (known !== undefined) return wrap(known.fn, bothOf(known.recording, wanted), findOwner);
  const source = sourceOf(fn);
  const name = wanted.name ?? nameOf(fn);
  const wrapped: Wrapped = {
    site: createSite({
      ...wanted,
      name,
      category: wanted.category ?? (wanted.step === null ? "function" : "step"),
      parameterNames: once(() => parameterNames(source)),
    }),
    fn,
    kind: kindOf(fn),
    goesOn: types.isAsyncFunction(fn) ? true : null,
    opensScope: wanted.takesParameters || wanted.takesResult || wanted.step !== null,
    step: wanted.step,
    findOwner: null,
  };
  const wrapper = copyLooks(fn, canConstruct(fn) ? constructing(wrapped) : calling(wrapped));
  if (findOwner !== null && wanted.name === undefined) {
    wrapped.findOwner = (self) => {
      wrapped.findOwner = null;
      const owner = findOwner(self, wrapper);
      if (owner !== null) wrapped.site.name = `${owner}.${name}`;
    };
  }
  recordings.set(wrapper, { fn, recording: wanted });
  return wrapper;
}

/** Like a method, an arrow function, or anything else that is called without `new`. */
function calling(wrapped: Wrapped): AnyFunction {
  const whole: AnyFunction = {
    method(...args: unknown[]) {
      return call(wrapped, this, args);
    },
  }.method;
  const counted = wrapped.step === null ? callingCounted(wrapped, whole) : whole;
  return isOnlyMeasured(wrapped) ? callingMeasured(wrapped, counted) : counted;
}

/** Like a function that can be called with `new`, too: what it makes is what the bare one makes. */
function constructing(wrapped: Wrapped): AnyFunction {
  const whole: AnyFunction = function wrapper(this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return call(wrapped, this, args);
    const target = new.target === wrapper ? wrapped.fn : new.target;
    return call({ ...wrapped, fn: (...own) => Reflect.construct(wrapped.fn, own, target) }, undefined, args);
  };
  const counted = wrapped.step === null ? constructingCounted(wrapped, whole) : whole;
  const wrapper = isOnlyMeasured(wrapped) ? constructingMeasured(wrapped, counted) : counted;
  // One that is bound has no prototype, and only one that is bound looks like that; its `this` is settled already.
  return Object.hasOwn(wrapped.fn, "prototype") ? wrapper : wrapper.bind(undefined);
}

/**
 * What is called so often that it is only counted. Its arguments are only handed on, and in the wrapper itself: so V8 makes
 * no list of them. A call that is of another kind goes the whole way.
 */
function callingCounted(wrapped: Wrapped, whole: AnyFunction): AnyFunction {
  return {
    method(...args: unknown[]) {
      const account = beginCounted(wrapped);
      if (account === null) return Reflect.apply(whole, this, args);
      try {
        return Reflect.apply(wrapped.fn, this, args);
      } catch (error) {
        account.untimedErrors += 1;
        throw error;
      }
    },
  }.method;
}

/** The same, for what can be called with `new`. */
function constructingCounted(wrapped: Wrapped, whole: AnyFunction): AnyFunction {
  return function wrapper(this: unknown, ...args: unknown[]): unknown {
    if (new.target !== undefined) return Reflect.construct(whole, args, new.target === wrapper ? whole : new.target);
    const account = beginCounted(wrapped);
    if (account === null) return Reflect.apply(whole, this, args);
    try {
      return Reflect.apply(wrapped.fn, this, args);
    } catch (error) {
      account.untimedErrors += 1;
      throw error;
    }
  };
}

/** The same for what is only measured. */
function callingMeasured(wrapped: Wrapped, whole: AnyFunction): AnyFunction {
  return {
    method(...args: unknown[]) {
      const execution = beginMeasured(wrapped);
      if (execution === null) return Reflect.apply(whole, this, args);
      let result: unknown;
      try {
        result = Reflect.apply(wrapped.fn, this, args);
      } catch (error) {
        throw failMeasured(wrapped, execution, error);
      }
      return endMeasured(wrapped, execution, result);
    },
  }.method;
}

/** And for what is only measured, and can be called with `new`. */
function constructingMeasured(wrapped: Wrapped, whole: AnyFunction): AnyFunction {
  return function wrapper(this: unknown, ...args: unknown[]): unknown {
    if (new.target !== undefined) return Reflect.construct(whole, args, new.target === wrapper ? whole : new.target);
    const execution = beginMeasured(wrapped);
    if (execution === null) return Reflect.apply(whole, this, args);
    let result: unknown;
    try {
      result = Reflect.apply(wrapped.fn, this, args);
    } catch (error) {
      throw failMeasured(wrapped, execution, error);
    }
    return endMeasured(wrapped, execution, result);
  };
}

function sourceOf(fn: AnyFunction): string {
  if (typeof fn !== "function")
    throw new PlayheadError("validation_error", `expected a function, got ${fn === null ? "null" : typeof fn}`);
  const source = Function.prototype.toString.call(fn);
  if (/^class\b/.test(source))
    throw new PlayheadError("validation_error", `expected a function, got the class ${nameOf(fn)}`, {
      hint: "decorate its methods, or give what it makes to monitorObject()",
    });
  return source;
}

/** Its own name; what is no text there has none. */
function nameOf(fn: AnyFunction): string {
  const name: unknown = Reflect.getOwnPropertyDescriptor(fn, "name")?.value;
  return typeof name === "string" && name !== "" ? name : "anonymous";
}

function kindOf(fn: AnyFunction): FunctionKind {
  if (types.isGeneratorFunction(fn)) return types.isAsyncFunction(fn) ? "async generator" : "generator";
  return types.isAsyncFunction(fn) ? "async" : "plain";
}

/** Asked without calling it: as what is to be made, not as what makes it. */
function canConstruct(fn: AnyFunction): boolean {
  try {
    Reflect.construct(Object, [], fn);
    return true;
  } catch {
    return false;
  }
}

function bothOf(one: Recording, other: Recording): Recording {
  return {
    name: other.name ?? one.name,
    category: other.category ?? one.category,
    takesParameters: one.takesParameters || other.takesParameters,
    takesResult: one.takesResult || other.takesResult,
    takesCost: one.takesCost || other.takesCost,
    step: other.step ?? one.step,
    metadata: other.metadata ?? one.metadata ?? null,
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
