import { applyInSpan, currentScope } from "../context.ts";
import type { Account, Execution, SpanScope } from "../observe/execution.ts";
import { copyLooks } from "./look-alike.ts";
import type { AnyFunction, Wrapped } from "./wrapped.ts";

/** A call of a generator function: it lasts from the call until nothing more comes. */
interface Run {
  readonly account: Account;
  /** Null where the call is only counted. */
  readonly execution: Execution | null;
  readonly startMs: number;
  yielded: number;
  isOver: boolean;
}

const RESUMING = ["next", "return", "throw"] as const;

/** One that is forgotten before its end was given up: nobody else can tell. */
const forgotten = new FinalizationRegistry<Run>((run) => over(run, undefined, { abandoned: true }));

/**
 * Calls a generator function. What it returns is the very generator, whose ways to resume it are watched: its body runs
 * as a part of this call, whoever asks for the next value.
 */
export function callGenerator(
  wrapped: Wrapped,
  account: Account,
  scope: SpanScope,
  self: unknown,
  args: readonly unknown[],
): unknown {
  const { lane } = account;
  const execution = account.keeping === "recorded" ? lane.begin(account, wrapped.site, scope, args) : null;
  const run: Run = { account, execution, startMs: lane.clock(), yielded: 0, isOver: false };
  let generator: object;
  try {
    generator = Reflect.apply(wrapped.fn, self, args);
  } catch (error) {
    // The default of a parameter has thrown.
    failed(run, error);
    throw error;
  }
  account.isAsync = true;
  if (execution !== null) lane.watch(execution, false);
  const resumed = wrapped.kind === "generator" ? resumedAtOnce : resumedLater;
  for (const name of RESUMING) {
    const bare: AnyFunction = Reflect.get(generator, name);
    const value = copyLooks(bare, resumed(run, generator, bare));
    Object.defineProperty(generator, name, { value, configurable: true, writable: true });
  }
  forgotten.register(generator, run, run);
  return generator;
}

function resumedAtOnce(run: Run, generator: object, bare: AnyFunction): AnyFunction {
  return {
    method(...args: unknown[]) {
      if (this !== generator || run.isOver) return Reflect.apply(bare, this, args);
      const scope = currentScope();
      const { span, root } = scope;
      scope.span = run.execution?.serial ?? span;
      scope.root = run.execution?.root ?? root;
      let result: IteratorResult<unknown>;
      try {
        result = Reflect.apply(bare, this, args);
      } catch (error) {
        scope.span = span;
        scope.root = root;
        failed(run, error);
        throw error;
      }
      scope.span = span;
      scope.root = root;
      noteResult(run, result);
      return result;
    },
  }.method;
}

function resumedLater(run: Run, generator: object, bare: AnyFunction): AnyFunction {
  return {
    method(...args: unknown[]) {
      if (this !== generator || run.isOver) return Reflect.apply(bare, this, args);
      const { execution } = run;
      const promise: Promise<IteratorResult<unknown>> =
        execution === null
          ? Reflect.apply(bare, this, args)
          : applyInSpan(currentScope(), execution.serial, execution.root, bare, this, args);
      return promise.then(
        (result) => {
          noteResult(run, result);
          return result;
        },
        (error: unknown) => {
          failed(run, error);
          throw error;
        },
      );
    },
  }.method;
}

function noteResult(run: Run, { done, value }: IteratorResult<unknown>): void {
  if (done === true) over(run, value, {});
  else run.yielded += 1;
}

function over(run: Run, value: unknown, more: Readonly<Record<string, boolean>>): void {
  const { account, execution } = run;
  if (!end(run)) return;
  if (execution === null) account.lane.add(account, run.startMs, 0, 1);
  else {
    execution.metadata = { ...execution.site.metadata, yielded: run.yielded, ...more };
    account.lane.complete(execution, value);
  }
}

function failed(run: Run, error: unknown): void {
  const { account, execution } = run;
  if (!end(run)) return;
  if (execution === null) account.lane.add(account, run.startMs, 1, 1);
  else account.lane.fail(execution, error);
}

/** @returns whether this is its first end */
function end(run: Run): boolean {
  if (run.isOver) return false;
  run.isOver = true;
  forgotten.unregister(run);
  return true;
}
