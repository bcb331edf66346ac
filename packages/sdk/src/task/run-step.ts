import type { Maybe, StepHandle } from "../handles.ts";
import { beginStep, reportDetails, reportStepProgress } from "./progress.ts";
import { callingFrame } from "./run-task.ts";
import type { TaskNode } from "./task-node.ts";

type Details = Readonly<Record<string, unknown>> | undefined;

/** Says that a step has begun, which lasts until the next. */
export function enterStep(task: TaskNode, name: string, details: Details): StepHandle {
  const number = beginStep(task, name, details);
  return {
    progress: (fraction, more) => reportStepProgress(task, number, fraction, more),
    details: (more) => reportDetails(task, number, more),
  };
}

/** A checkpoint, then the step's callback. */
export async function runStep<Value>(
  task: TaskNode,
  name: string,
  run: (step: StepHandle) => Maybe<Value>,
  details: Details,
): Promise<Value> {
  const { scope, signal } = task;
  await scope.gate.pass(callingFrame(scope, task), signal);
  const step = enterStep(task, name, details);
  const number = task.stepNumber;
  task.isInStep = true;
  try {
    const value = await run(step);
    step.progress(1);
    return value;
  } finally {
    if (task.stepNumber === number) task.isInStep = false;
  }
}
