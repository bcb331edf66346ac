import type { TaskOptions } from "../handles.ts";
import { copyAsJsonObject, shortText } from "../json-copy.ts";
import { createdData, identityOf } from "./event-data.ts";
import { sayTask } from "./say.ts";
import { NO_STEP } from "./step-share.ts";
import type { JobScope, TaskNode } from "./task-node.ts";

/** How many characters an id may have (core's `parseRecord` refuses longer ones). */
const MAX_ID = 200;

/**
 * Brings a task into being, as pending.
 *
 * @param signal what aborts it: the parent's, or that of an `each`
 */
export function declareTask(
  scope: JobScope,
  parent: TaskNode | null,
  options: TaskOptions,
  signal: AbortSignal,
): TaskNode {
  const kind = shortText(options.kind ?? "task", 100) || "task";
  const id = newTaskId(scope, options.id);
  const title = shortText(options.title ?? id, 500);
  const fields = copyAsJsonObject(options.fields) ?? {};
  const identity = identityOf({ kind, id, title, fields, parent });
  const task: TaskNode = {
    scope,
    parent,
    id,
    kind,
    title,
    weight:
      usableWeight(options.weight) ??
      usableWeight(Object.hasOwn(scope.weights, kind) ? scope.weights[kind] : undefined),
    fields: { ...fields, ...identity },
    identity,
    plan: options.steps !== undefined && options.steps.length > 0 ? options.steps : null,
    startsLate: options.steps !== undefined,
    signal,
    clips: { completed: 0, failed: 0 },
    openChildren: null,
    clipChildren: 0,
    state: "pending",
    startedMs: 0,
    attempt: 1,
    percent: 0,
    step: null,
    stepNumber: 0,
    share: NO_STEP,
    isInStep: false,
    details: null,
    tickSlot: null,
    artifacts: [],
    error: undefined,
    reason: null,
    isClaimed: false,
    frame: null,
    isCut: parent?.isCut ?? false,
  };
  if (kind === "clip") scope.clipsDeclared += 1;
  if (parent !== null) {
    parent.openChildren ??= new Set();
    parent.openChildren.add(task);
    if (kind === "clip") parent.clipChildren += 1;
  }
  sayTask(task, "created", createdData(task));
  return task;
}

function newTaskId(scope: JobScope, wanted: string | undefined): string {
  scope.taskCount += 1;
  const asked = wanted === undefined ? "" : shortText(wanted, MAX_ID);
  let id = asked === "" ? `t${scope.taskCount}` : asked;
  for (let again = 2; scope.taskIds.has(id); again += 1) id = `${(asked || id).slice(0, MAX_ID - 10)}~${again}`;
  if (asked !== "" && id !== asked) {
    scope.job.log.warning(`two tasks have the id ${JSON.stringify(asked)}; the later one is now ${JSON.stringify(id)}`);
  }
  scope.taskIds.add(id);
  return id;
}

function usableWeight(weight: number | undefined): number | null {
  return weight !== undefined && Number.isFinite(weight) && weight > 0 ? weight : null;
}
