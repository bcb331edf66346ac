import { AsyncLocalStorage } from "node:async_hooks";
import type { Frame } from "./control/frames.ts";
import type { JobHandle, TaskHandle } from "./handles.ts";

/** Where code runs: in the callback of a job, or of a task. It follows `await`, timers and callbacks. */
export interface Context {
  readonly job: JobHandle;
  readonly task: TaskHandle | null;
  readonly frame: Frame;
}

/** Entered once a job and once a task: entering costs more than all else that is recorded (DESIGN §7). */
const storage = new AsyncLocalStorage<Context>();

/** Runs a callback of the user's in a context. */
export function runInContext<Value>(context: Context, run: () => Value): Value {
  return storage.run(context, run);
}

/** The context of the calling code, if it runs for this job. */
export function contextOf(jobId: string): Context | null {
  const context = storage.getStore();
  return context !== undefined && context.job.job_id === jobId ? context : null;
}

/** The job whose callback the calling code runs in, through `await`, timers and all; undefined outside of any. */
export function currentJob(): JobHandle | undefined {
  return storage.getStore()?.job;
}

/** The innermost task whose callback the calling code runs in; undefined outside of any. */
export function currentTask(): TaskHandle | undefined {
  return storage.getStore()?.task ?? undefined;
}
