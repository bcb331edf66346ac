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
  return {
    draft,
    happens(type: PlayheadEvent["type"], data: JsonObject): void {
      const ts = new Date(nowMs()).toISOString();
      const event = { type, ts, job_id: jobId, seq: draft.seq + 1, correlation_id: "c", data };
      const find = () => (typeof data.task_id === "string" ? draft.tasks.get(data.task_id) : undefined);
      const before = find();
      applyEvent(draft, event);
      onFolded(event, before, find());
    },
  };
}
