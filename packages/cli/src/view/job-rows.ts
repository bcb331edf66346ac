import { isFinalTaskState, type Job, type Task } from "@playhead/core";

/** One task as a row of the tree. */
export interface Row {
  readonly task: Task;
  readonly depth: number;
  /** The tasks directly below it, shown or not. */
  readonly children: readonly Task[];
  /** How soon it goes when there is no room: 0 is kept longest. */
  readonly rank: number;
}

/** What a row is worth, from what needs eyes now to what is over. */
const RANK = { running: 0, failed: 1, next: 2, justSettled: 3, later: 4, settled: 5 } as const;

/** How many ranks there are. */
export const RANKS = Object.keys(RANK).length;

const NO_TASKS: readonly Task[] = [];

/**
 * The rows of a job's tree, parents before children. What has ended is one row, whatever was below it, apart from what
 * failed; what has not begun is one row as well.
 */
export function rowsOf(tasks: Job["tasks"]): readonly Row[] {
  const below = new Map<string | null, Task[]>();
  for (const task of tasks.values()) {
    const parent = task.parent_id !== null && tasks.has(task.parent_id) ? task.parent_id : null;
    const siblings = below.get(parent);
    if (siblings === undefined) below.set(parent, [task]);
    else siblings.push(task);
  }
  const rows: Row[] = [];
  const visit = (task: Task, depth: number, parent: Task | null) => {
    const children = below.get(task.task_id) ?? NO_TASKS;
    const isHidden = parent !== null && parent.state !== "processing" && !hasFailed(task, below);
    if (isHidden) return;
    rows.push({ task, depth, children, rank: rankOf(task, parent) });
    for (const child of children) visit(child, depth + 1, task);
  };
  for (const root of below.get(null) ?? NO_TASKS) visit(root, 0, null);
  return rows;
}

function hasFailed(task: Task, below: ReadonlyMap<string | null, readonly Task[]>): boolean {
  return task.state === "failed" || (below.get(task.task_id) ?? NO_TASKS).some((child) => hasFailed(child, below));
}

function rankOf({ state }: Task, parent: Task | null): number {
  if (state === "processing") return RANK.running;
  if (state === "failed") return RANK.failed;
  if (parent === null) return isFinalTaskState(state) ? RANK.settled : RANK.later;
  return isFinalTaskState(state) ? RANK.justSettled : RANK.next;
}
