import type { Task } from "../src/job.ts";
import { isFinalTaskState } from "../src/task-state.ts";

/** The share of the work that is left, worked out anew from all tasks, a leaf being one second of work. */
export function naiveLeft(tasks: readonly Task[]): number {
  return leftOf(
    tasks,
    tasks.filter(({ parent_id }) => parent_id === null),
  );
}

function leftOf(tasks: readonly Task[], siblings: readonly Task[]): number {
  const known = siblings.flatMap(({ weight }) => (weight === null ? [] : [weight]));
  const sum = known.reduce((total, weight) => total + weight, 0);
  const mean = sum / known.length;
  const byWeight = sum > 0;
  let all = 0;
  let left = 0;
  for (const task of siblings) {
    const seconds = secondsOf(tasks, task);
    const share = byWeight ? (task.weight ?? mean) : known.length > 0 ? 1 : seconds;
    all += share;
    left += share * leftIn(tasks, task);
  }
  if (all === 0) return 1;
  return left / all < 1e-12 ? 0 : left / all;
}

function childrenOf(tasks: readonly Task[], { task_id }: Task): readonly Task[] {
  return tasks.filter(({ parent_id }) => parent_id === task_id);
}

function secondsOf(tasks: readonly Task[], task: Task): number {
  const children = childrenOf(tasks, task);
  return children.length === 0 ? 1 : children.reduce((sum, child) => sum + secondsOf(tasks, child), 0);
}

function leftIn(tasks: readonly Task[], task: Task): number {
  if (isFinalTaskState(task.state)) return 0;
  const children = childrenOf(tasks, task);
  return children.length === 0 ? 1 - task.percent_complete / 100 : leftOf(tasks, children);
}

/** The documented rule of the bar, by the naive share: progress moves the rest of the bar, found work does not. */
export function createNaiveTree() {
  const tasks = new Map<string, Task>();
  let rest = 1;

  return {
    update(task: Task): void {
      const known = tasks.get(task.task_id);
      tasks.set(task.task_id, known ?? { ...task, state: "processing", percent_complete: 0 });
      const before = naiveLeft([...tasks.values()]);
      tasks.set(task.task_id, task);
      const after = naiveLeft([...tasks.values()]);
      if (after < before) rest *= Math.max(1e-4, after / before);
    },
    bar: () => 1 - rest,
  };
}
