import { applyInSpan, currentScope } from "../context.ts";
import type { Account, Execution, Lane, Site, SpanScope, Watch } from "../observe/execution.ts";
import { isRecording, processLane } from "../observe/process-lane.ts";
import { callGenerator } from "./generators.ts";
import { following, isPromise } from "./promises.ts";
import { callAsStep } from "./step.ts";
import type { Wrapped } from "./wrapped.ts";

/** A call that is only counted is timed once in so many. */
const TIMED_ONE_IN = 64;
const NO_ARGUMENTS: readonly unknown[] = [];

/** Calls a function as it would have been called without us, and records the call where someone listens. */
export function call(wrapped: Wrapped, self: unknown, args: readonly unknown[]): unknown {
  if (!isRecording()) return Reflect.apply(wrapped.fn, self, args);
  const scope = currentScope();
  const lane = scope.place === null ? processLane() : scope.place.lane;
  if (lane === null || !lane.isOpen()) return Reflect.apply(wrapped.fn, self, args);
  if (wrapped.findOwner !== null) wrapped.findOwner(self);
  if (wrapped.step !== null && scope.place !== null) return callAsStep(wrapped, self, args, callKept);
  return callKept(wrapped, lane, scope, self, args);
}

/** Calls it, and keeps of the call what the budget allows. */
function callKept(wrapped: Wrapped, lane: Lane, scope: SpanScope, self: unknown, args: readonly unknown[]): unknown {
  const account = accountOf(wrapped.site, lane);
  if (account.keeping === "counted") return callCounted(wrapped, account, self, args);
  if (wrapped.kind === "generator" || wrapped.kind === "async generator")
    return callGenerator(wrapped, account, scope, self, args);
  if (account.keeping === "summarized") return callSummarized(wrapped, account, self, args, 1, 0);
  return callRecorded(wrapped, account, scope, self, args);
}

/** What the lane knows of the site; mostly the same lane as at the last call. */
function accountOf(site: Site, lane: Lane): Account {
  const { account } = site;
  return account !== null && account.lane === lane ? account : lane.accountOf(site);
}

function callRecorded(
  wrapped: Wrapped,
  account: Account,
  scope: SpanScope,
  self: unknown,
  args: readonly unknown[],
): unknown {
  const { lane } = account;
  const { fn, step } = wrapped;
  const execution = lane.begin(account, wrapped.site, scope, args);
  if (step !== null) lane.watch(execution, true);
  let result: unknown;
  try {
    if (wrapped.goesOn === false || !wrapped.opensScope) {
      enter(execution);
      result = Reflect.apply(fn, self, args);
    } else {
      result = applyInSpan(scope, execution.serial, execution.root, fn, self, args);
    }
  } catch (error) {
    leave(execution);
    throw threw(wrapped, account, execution, error);
  }
  leave(execution);
  return returned(wrapped, account, execution, result);
}

/** Whether no more is taken of its calls than how long they take: what is called most. */
export function isOnlyMeasured({ kind, opensScope }: Wrapped): boolean {
  return !opensScope && (kind === "plain" || kind === "async");
}

/**
 * A call of a function that is only measured begins, where it is recorded, and by the same lane as the last time.
 *
 * @returns null where it is not: that goes another way
 */
export function beginMeasured({ site }: Wrapped): Execution | null {
  const { account } = site;
  if (account === null || account.keeping !== "recorded") return null;
  const scope = currentScope();
  const { lane } = account;
  if (scope.place?.lane !== lane || !lane.isOpen()) return null;
  const execution = lane.begin(account, site, scope, NO_ARGUMENTS);
  enter(execution);
  return execution;
}

/** It has returned. @returns what the caller gets */
export function endMeasured(wrapped: Wrapped, execution: Execution, result: unknown): unknown {
  leave(execution);
  return returned(wrapped, execution.account as Account, execution, result);
}

/** It has thrown. @returns the error */
export function failMeasured(wrapped: Wrapped, execution: Execution, error: unknown): unknown {
  leave(execution);
  return threw(wrapped, execution.account as Account, execution, error);
}

/** Its children are called before it returns: the scope that it is in is told for so long. */
function enter({ scope, serial, root }: Execution): void {
  scope.span = serial;
  scope.root = root;
}

/** The outermost call began the trace. */
function leave({ scope, serial, parent, root }: Execution): void {
  scope.span = parent;
  scope.root = root === serial ? 0 : root;
}

/** @returns the error */
function threw(wrapped: Wrapped, { lane }: Account, execution: Execution, error: unknown): unknown {
  // It did not get as far as a promise; should it once, that is seen then.
  wrapped.goesOn ??= false;
  lane.fail(execution, error);
  return error;
}

/** @returns what the caller gets */
function returned(wrapped: Wrapped, account: Account, execution: Execution, result: unknown): unknown {
  if (wrapped.kind === "async" || isPromise(result))
    return followed(wrapped, account, execution, result as Promise<unknown>);
  if (wrapped.goesOn === null) wrapped.goesOn = false;
  account.lane.complete(execution, result);
  return result;
}

/** The call ends as its promise does. */
function followed(
  wrapped: Wrapped,
  account: Account,
  execution: Execution,
  promise: Promise<unknown>,
): Promise<unknown> {
  const { lane } = account;
  wrapped.goesOn = true;
  account.isAsync = true;
  if (execution.watch?.isRunning !== true) lane.watch(execution, false);
  const watch = execution.watch as Watch;
  watch.onValue ??= (value) => {
    lane.complete(execution, value);
    return value;
  };
  watch.onError ??= (error) => {
    lane.fail(execution, error);
    throw error;
  };
  return following(wrapped, promise, watch.onValue, watch.onError);
}

/** @param weight so many calls it stands for, of which so many have failed without being timed */
function callSummarized(
  wrapped: Wrapped,
  account: Account,
  self: unknown,
  args: readonly unknown[],
  weight: number,
  errors: number,
): unknown {
  const { lane } = account;
  const startMs = lane.clock();
  let result: unknown;
  try {
    result = Reflect.apply(wrapped.fn, self, args);
  } catch (error) {
    lane.add(account, startMs, errors + 1, weight);
    throw error;
  }
  if (!isPromise(result)) {
    lane.add(account, startMs, errors, weight);
    return result;
  }
  account.isAsync = true;
  return following(
    wrapped,
    result,
    (value) => {
      lane.add(account, startMs, errors, weight);
      return value;
    },
    (error: unknown) => {
      lane.add(account, startMs, errors + 1, weight);
      throw error;
    },
  );
}

/**
 * A call that is only counted begins; no clock is looked at.
 *
 * @returns null where it is of another kind, or the one in a few that is timed
 */
export function beginCounted({ site }: Wrapped): Account | null {
  const { account } = site;
  if (account === null || account.keeping !== "counted" || !isRecording()) return null;
  if (account.untimedCalls + 1 >= TIMED_ONE_IN) return null;
  account.untimedCalls += 1;
  return account;
}

/** Looks at no clock, but for one call in a few, which stands for those before it: even that would be too much. */
function callCounted(wrapped: Wrapped, account: Account, self: unknown, args: readonly unknown[]): unknown {
  account.untimedCalls += 1;
  if (account.untimedCalls >= TIMED_ONE_IN) return callTimed(wrapped, account, self, args);
  try {
    return Reflect.apply(wrapped.fn, self, args);
  } catch (error) {
    account.untimedErrors += 1;
    throw error;
  }
}

function callTimed(wrapped: Wrapped, account: Account, self: unknown, args: readonly unknown[]): unknown {
  const { untimedCalls, untimedErrors } = account;
  account.untimedCalls = 0;
  account.untimedErrors = 0;
  return callSummarized(wrapped, account, self, args, untimedCalls, untimedErrors);
}
