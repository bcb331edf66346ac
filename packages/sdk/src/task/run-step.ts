import { contextOf, runInContext } from "../context.ts";
import type { Maybe, StepHandle } from "../handles.ts";
import { isStep, type Recording, wrap } from "../monitor/wrap.ts";
import { beginStep, reportDetails, reportStepProgress } from "./progress.ts";
import { callingFrame } from "./run-task.ts";
import type { TaskNode } from "./task-node.ts";

/** What is recorded of a step's callback: its handle and its result are nobody's business. */
const RECORDING = {
  category: "step",
  takesParameters: false,
  takesResult: false,
  takesCost: true,
  step: null,
} as const satisfies Recording;

type Details = Readonly<Record<string, unknown>> | undefined;

/** Says that a step has begun, which lasts until the next. */
export function enterStep(task: TaskNode, name: string, details: Details): StepHandle {
  const number = beginStep(task, name, details);
  return {
    progress: (fraction, more) => reportStepProgress(task, number, fraction, more),
    details: (more) => reportDetails(task, number, more),
  };
}

/** A checkpoint, then the step's callback, recorded as a call of the category `step`. */
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
    const value = await callRecorded(task, name, run, step);
    step.progress(1);
    return value;
  } finally {
    if (task.stepNumber === number) task.isInStep = false;
  }
}

/** A callback that is recorded by itself is so once: under the step's name, or as the step that it is. */
function callRecorded<Value>(
  task: TaskNode,
  name: string,
  run: (step: StepHandle) => Maybe<Value>,
  step: StepHandle,
): Maybe<Value> {
  const { job, lane, scrub, isSilent } = task.scope;
  if (lane === null || isSilent) return run(step);
  const recorded = isStep(run) ? run : (wrap(run, { ...RECORDING, name: scrub(name) }) as typeof run);
  const here = contextOf(job.job_id);
  if (here?.task?.task_id === task.id) return recorded(step);
  const frame = callingFrame(task.scope, task);
  return runInContext({ job, task: task.scope.handleOf(task), frame, lane }, () => recorded(step));
}
