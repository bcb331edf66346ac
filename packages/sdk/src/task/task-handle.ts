import { PlayheadError } from "@playhead/core";
import type { Maybe, StepHandle, TaskHandle } from "../handles.ts";
import { copyAsJsonObject } from "../json-copy.ts";
import { createWork } from "../work.ts";
import { addTaskArtifact, completeTask, failTask, skipTask, startTask } from "./life.ts";
import { reportDetails, reportProgress, retryTask } from "./progress.ts";
import { enterStep, runStep } from "./run-step.ts";
import { attemptTask, outcomeOf } from "./run-task.ts";
import type { TaskNode } from "./task-node.ts";

type Details = Readonly<Record<string, unknown>>;

/** Makes the handle through which users report what happens to a task. */
export function createTaskHandle(task: TaskNode): TaskHandle {
  const { scope } = task;
  const work = createWork(
    () => scope,
    task,
    task.signal,
    () => task.id,
  );

  function claim(): void {
    if (task.isClaimed) {
      throw new PlayheadError("conflict", `task ${task.id} is being run already`, { hint: "run each task once" });
    }
    task.isClaimed = true;
  }

  function step(name: string, run?: undefined, details?: Details): StepHandle;
  function step<Value>(name: string, run: (step: StepHandle) => Maybe<Value>, details?: Details): Promise<Value>;
  function step<Value>(name: string, run?: (step: StepHandle) => Maybe<Value>, details?: Details) {
    return run === undefined ? enterStep(task, name, details) : runStep(task, name, run, details);
  }

  return {
    ...work,
    task_id: task.id,
    kind: task.kind,
    job: scope.job,
    get state() {
      return task.state;
    },
    get attempt() {
      return task.attempt;
    },
    async run(callback, { slots } = {}) {
      claim();
      const attempt = await attemptTask(task, callback, slots ?? null);
      if (!attempt.isDone) throw attempt.error;
      return attempt.value;
    },
    async settle(callback, { slots } = {}) {
      claim();
      const attempt = await attemptTask(task, callback, slots ?? null);
      scope.gate.signal.throwIfAborted();
      return outcomeOf(task, attempt);
    },
    progress: (fraction, details) => reportProgress(task, fraction, details),
    details: (details) => reportDetails(task, task.stepNumber, details),
    step: step as TaskHandle["step"],
    artifact: (artifact) => addTaskArtifact(task, artifact),
    retry: (error) => retryTask(task, error),
    warn: (message, fields) => work.log.warning(message, fields),
    start: () => startTask(task),
    complete: (details) => completeTask(task, copyAsJsonObject(details)),
    fail: (error) => failTask(task, error),
    skip: (reason) => skipTask(task, reason),
  };
}
