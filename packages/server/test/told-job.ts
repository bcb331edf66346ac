import { applyEvent, draftOf, emptyJob, type JsonObject, type PlayheadEvent, type Task } from "@playhead/core";

/**
 * A job that a test tells of, an event at a time: each is folded, and handed on as the ingest does.
 *
 * @param onFolded told of the event's task, too, as it was before and is after it
 */
export function createToldJob(
  jobId: string,
  nowMs: () => number,
  onFolded: (event: PlayheadEvent, before: Task | undefined, after: Task | undefined) => void,
) {
  const draft = draftOf(emptyJob(jobId));

  function fold(numbers: Pick<PlayheadEvent, "seq" | "tick">, type: PlayheadEvent["type"], data: JsonObject): void {
    const ts = new Date(nowMs()).toISOString();
    const event = { type, ts, job_id: jobId, ...numbers, correlation_id: "c", data };
    const find = () => (typeof data.task_id === "string" ? draft.tasks.get(data.task_id) : undefined);
    const before = find();
    applyEvent(draft, event);
    onFolded(event, before, find());
  }

  return {
    draft,
    happens: (type: PlayheadEvent["type"], data: JsonObject): void => fold({ seq: draft.seq + 1 }, type, data),
    ticks: (data: JsonObject): void => fold({ seq: draft.seq, tick: draft.tick + 1 }, "progress.updated", data),
  };
}
