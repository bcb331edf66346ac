import { type ItemTraits, isFinalTaskState, type Job, type JobForecaster, type Task } from "@playhead/core";
import { createTraitsReader, sizesOf } from "./item-traits.ts";
import type { TaskBefore } from "./job-changes.ts";

/**
 * What of a job is a forecast's item: the leaves of its tree of tasks. A task that is known before its children stands for
 * them until they come; so does the job itself. Stages at the top come one after the other.
 */
export interface JobItems {
  /** A task is now as `after` says. */
  changed(before: TaskBefore | undefined, after: Task, activeSec: number): void;
  /** The job has ended, so far as it is known. */
  ended(activeSec: number): void;
  /** The task of an item. */
  taskOf(item: number): string | null;
}

interface Node {
  readonly parent: Node | null;
  readonly traits: ItemTraits;
  readonly phase: number;
  /** Null once others have come in its place. */
  item: number | null;
  /** When it began, in active seconds. */
  startSec: number | null;
  isRunning: boolean;
  /** Of its children: how many have come, and whether one of them has begun. */
  stages: number;
  hasBegun: boolean;
}

export function createJobItems(
  job: Pick<Job, "kind" | "metadata">,
  forecaster: Pick<
    JobForecaster,
    "add" | "begun" | "started" | "progressed" | "ended" | "failed" | "dropped" | "replaced" | "witnessed"
  >,
): JobItems {
  const reader = createTraitsReader();
  const nodes = new Map<string, Node>();
  const taskIds = new Map<number, string>();
  const root: Node = {
    ...{ parent: null, phase: 0, startSec: 0, isRunning: true, stages: 0, hasBegun: false },
    traits: { kind: "job", style: null, content: null, sizes: sizesOf(job.metadata) },
    item: null,
  };
  root.item = forecaster.add(root.traits);
  let hasBegun = false;

  function admit(task: Task, activeSec: number): Node {
    const parent = (task.parent_id === null ? undefined : nodes.get(task.parent_id)) ?? root;
    if (parent.item !== null) {
      forecaster.replaced(parent.item, activeSec);
      taskIds.delete(parent.item);
      parent.item = null;
    }
    const isStage = parent === root && task.kind === "stage";
    if (isStage) parent.stages += 1;
    const traits = reader.of(task);
    const phase = isStage ? parent.stages : parent.phase;
    const item = forecaster.add(traits, { phase, isPlanned: !parent.hasBegun });
    const node: Node = { parent, traits, phase, item, startSec: null, isRunning: false, stages: 0, hasBegun: false };
    nodes.set(task.task_id, node);
    taskIds.set(item, task.task_id);
    return node;
  }

  function begin(node: Node, activeSec: number): void {
    node.startSec ??= activeSec;
    for (let each = node.parent; each !== null && !each.hasBegun; each = each.parent) each.hasBegun = true;
    if (node.item === null || node.isRunning) return;
    if (!hasBegun) forecaster.begun();
    hasBegun = true;
    node.isRunning = true;
    forecaster.started(node.item, activeSec);
  }

  /** Its attempt is over; it may be made again. */
  function again(node: Node, activeSec: number): void {
    if (node.item === null) return;
    node.isRunning = false;
    forecaster.failed(node.item, activeSec);
  }

  function end(node: Node, task: Task, activeSec: number): void {
    const isDone = task.state === "completed";
    if (node.item === null) {
      if (isDone && node.startSec !== null) forecaster.witnessed(node.traits, node.startSec, activeSec);
    } else {
      if (isDone && node.isRunning) forecaster.ended(node.item, activeSec);
      else forecaster.dropped(node.item, activeSec);
      taskIds.delete(node.item);
    }
    nodes.delete(task.task_id);
  }

  return {
    changed(before, after, activeSec) {
      const wasOpen = before !== undefined && !isFinalTaskState(before.state);
      // What is said of a task after its end, such as where its file lies, is no work.
      if (before !== undefined && !wasOpen && isFinalTaskState(after.state)) return;
      const node = nodes.get(after.task_id) ?? admit(after, activeSec);
      if (before !== undefined && after.attempt > before.attempt && (node.isRunning || !wasOpen))
        again(node, activeSec);
      if (after.state === "processing") {
        begin(node, activeSec);
        const isNews = after.percent_complete !== (before?.percent_complete ?? 0);
        if (node.item !== null && isNews) forecaster.progressed(node.item, after.percent_complete / 100, activeSec);
      } else if (isFinalTaskState(after.state)) {
        end(node, after, activeSec);
      } else if (node.isRunning) {
        again(node, activeSec);
      }
    },
    ended(activeSec) {
      if (root.item === null) forecaster.witnessed(root.traits, 0, activeSec);
      else forecaster.ended(root.item, activeSec);
    },
    taskOf: (item) => taskIds.get(item) ?? null,
  };
}
