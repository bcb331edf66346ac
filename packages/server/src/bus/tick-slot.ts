import type { PlayheadEvent } from "@playhead/core";

/** Names what a tick replaces: ticks of the same task, and those of the job itself, replace one another. */
export function tickSlotOf({ data: { task_id: taskId } }: PlayheadEvent): string {
  return typeof taskId === "string" ? taskId : "";
}
