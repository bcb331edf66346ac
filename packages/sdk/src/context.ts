import { AsyncLocalStorage } from "node:async_hooks";
import type { Frame } from "./control/frames.ts";
import type { JobHandle, TaskHandle } from "./handles.ts";
import type { Lane, Origin, Place, SpanScope } from "./observe/execution.ts";
import { parseTraceparent } from "./traces/traceparent.ts";

/** What code runs for: the callback of a job, or of a task. */
export interface Callback {
  readonly job: JobHandle;
  readonly task: TaskHandle | null;
  readonly frame: Frame;
  /** Where calls within it are recorded; null: nowhere. */
  readonly lane: Lane | null;
  /** Of a job that takes part in another program's trace, the call there. */
  readonly origin?: Origin | null;
}

/** Where code runs: in such a callback. It follows `await`, timers and callbacks. */
export interface Context extends Callback, Place {}

/** The innermost job or task, and the call within it that runs. */
interface Scope extends SpanScope {
  readonly place: Context | null;
}

/**
 * Entered once a job, a task and a call that may go on after it has returned: entering costs more than all else that is
 * recorded (DESIGN §7). A call that ends before it returns swaps the numbers in the scope it is in, and puts them back.
 */
const storage = new AsyncLocalStorage<Scope>();

/** The call in another program that has started this process or worker thread: the variable `TRACEPARENT`, read once. */
export const processOrigin: Origin | null = parseTraceparent(process.env.TRACEPARENT);

/** Of code outside of any job and any call that goes on. */
const outside: Scope = { span: 0, root: 0, place: null, origin: processOrigin };

/** The scope of the calling code. */
export function currentScope(): SpanScope {
  return storage.getStore() ?? outside;
}

/** Runs a callback of the user's: calls within it are children of the one that runs now, if it is the job's. */
export function runInContext<Value>(callback: Callback, run: () => Value): Value {
  const { span, root, place, origin } = storage.getStore() ?? outside;
  const isSameTrace = place?.job === callback.job;
  const scope: Scope = {
    span: isSameTrace ? span : 0,
    root: isSameTrace ? root : 0,
    place: contextIn(callback, callback.task),
    origin: isSameTrace ? origin : (callback.origin ?? null),
  };
  return storage.run(scope, run);
}

/** The ids once more, beside the handles: those have accessors, which makes dictionaries of them. */
function contextIn({ job, frame, lane, origin = null }: Callback, task: TaskHandle | null): Context {
  const { job_id, correlation_id } = job;
  return { job_id, correlation_id, task_id: task === null ? null : task.task_id, lane, job, task, frame, origin };
}

/** Calls a function within a call that has begun, and that goes on wherever the function goes on. */
export function applyInSpan(
  outer: SpanScope,
  span: number,
  root: number,
  fn: (...args: never[]) => unknown,
  self: unknown,
  args: readonly unknown[],
): unknown {
  const scope: Scope = { span, root, place: (outer as Scope).place, origin: outer.origin };
  return storage.run(scope, Reflect.apply, fn, self, args);
}

/** Calls back within a task, with the scope that it has there. The calls within go on as parts of the call that runs. */
export function applyInTask<Value>(context: Context, task: TaskHandle, run: (scope: SpanScope) => Value): Value {
  const { span, root, origin } = storage.getStore() ?? outside;
  const scope: Scope = { span, root, place: contextIn(context, task), origin };
  return storage.run(scope, run, scope);
}

/** The innermost job or task that the calling code runs in. */
export function currentContext(): Context | null {
  return storage.getStore()?.place ?? null;
}

/** Runs code as part of a call in another program; within a job, of the job's trace, it changes nothing. */
export function runInTrace<Value>(origin: Origin, run: () => Value): Value {
  const { place } = storage.getStore() ?? outside;
  return place === null ? storage.run({ span: 0, root: 0, place, origin }, run) : run();
}

/**
 * Keeps where code runs now, and the call that runs now: what the returned function runs, runs there, whenever and from
 * wherever it is called.
 */
export function keepScope(): (run: () => void) => void {
  const scope: Scope = { ...(storage.getStore() ?? outside) };
  return (run) => storage.run(scope, run);
}

/** The context of the calling code, if it runs for this job. */
export function contextOf(jobId: string): Context | null {
  const context = storage.getStore()?.place ?? null;
  return context !== null && context.job_id === jobId ? context : null;
}

/** The job whose callback the calling code runs in, through `await`, timers and all; undefined outside of any. */
export function currentJob(): JobHandle | undefined {
  return storage.getStore()?.place?.job;
}

/** The innermost task whose callback the calling code runs in; undefined outside of any. */
export function currentTask(): TaskHandle | undefined {
  return storage.getStore()?.place?.task ?? undefined;
}

/** What it costs to enter a scope, in milliseconds of this clock. */
export function enteringMs(clock: () => number): number {
  const nothing = () => undefined;
  const startMs = clock();
  for (let times = 0; times < 32; times++) storage.run({ ...outside }, nothing);
  return (clock() - startMs) / 32;
}
