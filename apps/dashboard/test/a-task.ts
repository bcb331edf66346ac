import type { Task } from "@playhead/core";

/** A clip that waits, created at 10:00 of a day; but for what is said of it. */
export const aTask = (task_id: string, changes: Partial<Task> = {}): Task => ({
  task_id,
  parent_id: null,
  kind: "clip",
  title: task_id,
  weight: null,
  fields: {},
  state: "pending",
  percent_complete: 0,
  step: null,
  steps: [],
  details: null,
  attempt: 1,
  artifacts: [],
  error: null,
  reason: null,
  created_at: "2026-11-21T10:00:00.000Z",
  started_at: null,
  ended_at: null,
  child_count: 0,
  ...changes,
});
