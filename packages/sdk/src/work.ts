import type { Work } from "./handles.ts";
import { copyAsJsonObject } from "./json-copy.ts";
import { createLogger, type Logger } from "./logger.ts";
import { declareTask } from "./task/declare.ts";
import { runEach } from "./task/each.ts";
import { attemptTask, callingFrame } from "./task/run-task.ts";
import type { JobScope, TaskNode } from "./task/task-node.ts";

/**
 * What jobs and tasks have in common.
 *
 * @param scope asked for when it is used: a job's handle comes before its scope
 * @param task null for the job itself
 * @param logTaskId the task that log lines are about, if any
 */
export function createWork(
  scope: () => JobScope,
  task: TaskNode | null,
  signal: AbortSignal,
  logTaskId: () => string | null,
): Work {
  return {
    signal,
    log: createJobLogger(scope, logTaskId),
    pauseGate: {
      hold: (child) => scope().gate.hold(callingFrame(scope(), task), child),
    },
    async checkpoint() {
      await scope().gate.pass(callingFrame(scope(), task), signal);
    },
    async task(options, run) {
      const attempt = await attemptTask(declareTask(scope(), task, options, signal), run, null);
      if (!attempt.isDone) throw attempt.error;
      return attempt.value;
    },
    create: (options) => scope().handleOf(declareTask(scope(), task, options, signal)),
    each: (items, options, run) => runEach({ scope: scope(), task, signal }, items, options, run),
  };
}

function createJobLogger(scope: () => JobScope, taskId: () => string | null): Logger {
  return createLogger((level, message, fields) => {
    const { observer, job, isUnknown } = scope();
    if (isUnknown) return;
    const about = taskId();
    const copied = copyAsJsonObject(fields);
    observer.log({
      level,
      message,
      job_id: job.job_id,
      ...(about !== null && { task_id: about }),
      ...(copied !== null && { fields: copied }),
    });
  });
}
