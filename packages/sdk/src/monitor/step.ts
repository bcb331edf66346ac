import { cancelReason, isCancellation } from "../cleaned-error.ts";
import { applyInTask, currentContext } from "../context.ts";
import type { TaskHandle } from "../handles.ts";
import type { Lane, SpanScope } from "../observe/execution.ts";
import { following, isPromise } from "./promises.ts";
import type { Wrapped } from "./wrapped.ts";

type CallKept = (wrapped: Wrapped, lane: Lane, scope: SpanScope, self: unknown, args: readonly unknown[]) => unknown;

/** Calls a function as a step of the job that it is called in: a task of the kind `step`, which ends as the call does. */
export function callAsStep(wrapped: Wrapped, self: unknown, args: readonly unknown[], callKept: CallKept): unknown {
  const context = currentContext();
  const { lane } = context ?? { lane: null };
  if (context === null || lane === null) return Reflect.apply(wrapped.fn, self, args);
  const task = (context.task ?? context.job).create({
    kind: "step",
    title: wrapped.site.name,
    ...(wrapped.step?.weight !== undefined && { weight: wrapped.step.weight }),
  });
  task.start();
  let result: unknown;
  try {
    result = applyInTask(context, task, (scope) => callKept(wrapped, lane, scope, self, args));
  } catch (error) {
    endAfter(task, error);
    throw error;
  }
  if (!isPromise(result)) {
    task.complete();
    return result;
  }
  return following(
    wrapped,
    result,
    (value) => {
      task.complete();
      return value;
    },
    (error: unknown) => {
      endAfter(task, error);
      throw error;
    },
  );
}

function endAfter(task: TaskHandle, error: unknown): void {
  if (isCancellation(error)) task.skip(cancelReason(error));
  else task.fail(error);
}
