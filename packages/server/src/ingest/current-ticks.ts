import type { JobProgress, JsonObject, PlayheadEvent, Task } from "@playhead/core";

/** What ticks are made from: a job in memory, or a stored one. */
interface Standing {
  readonly job_id: string;
  readonly correlation_id: string;
  readonly seq: number;
  readonly tick: number;
}

/** Where everything that moves in a job stands, as ticks with new numbers, for someone who missed some. */
export function currentTicks(job: Standing, tasks: Iterable<Task>, progress: JobProgress, ts: string): PlayheadEvent[] {
  const { job_id, correlation_id, seq } = job;
  const events: PlayheadEvent[] = [];
  const say = (type: PlayheadEvent["type"], data: JsonObject) =>
    events.push({ type, ts, job_id, seq, tick: job.tick + events.length + 1, correlation_id, data });
  for (const task of tasks) {
    if (task.state !== "processing") continue;
    const { task_id, percent_complete, step, details } = task;
    say("progress.updated", { task_id, percent_complete, step, ...(details !== null && { details }) });
  }
  say("job.progress", { ...progress });
  return events;
}
