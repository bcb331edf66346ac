import type { Job, Task } from "@playhead/core";

/** `1 clip`, `3 clips`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A step's name as people read it: `computing_crop_windows` becomes `computing crop windows`. */
export function stepWords(step: string): string {
  return step.replaceAll("_", " ");
}

/** What a task is called in the whole job: the names on the way to it, without the stages that it is part of. */
export function taskPath(tasks: Job["tasks"], task: Task): string {
  const names = [task.title];
  for (let each = parentOf(tasks, task); each !== undefined; each = parentOf(tasks, each)) {
    if (each.kind !== "stage") names.unshift(each.title);
  }
  return names.join(" / ");
}

/** What the job's items are called: `clip`, `video`, or `item`. */
export function itemNoun({ counts, tasks }: Pick<Job, "counts" | "tasks">): string {
  const { deliverables } = counts;
  if (Object.values(deliverables).every((count) => count === 0)) return "item";
  let noun: string | null = null;
  for (const { kind } of tasks.values()) {
    if (kind !== "clip" && kind !== "video") continue;
    if (noun !== null && noun !== kind) return "item";
    noun = kind;
  }
  return noun ?? "item";
}

/** How long a task took, in milliseconds; null while that is not known. */
export function tookMs({ started_at, ended_at }: Pick<Task, "started_at" | "ended_at">): number | null {
  return started_at === null || ended_at === null ? null : Date.parse(ended_at) - Date.parse(started_at);
}

function parentOf(tasks: Job["tasks"], { parent_id }: Task): Task | undefined {
  return parent_id === null ? undefined : tasks.get(parent_id);
}
