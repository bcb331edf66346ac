import {
  applyEvent,
  decide,
  draftOf,
  type EventFrame,
  type EventRecord,
  type EventType,
  emptyJob,
  type Job,
  type JobDraft,
  type JobSnapshot,
  type JsonObject,
  snapshotOf,
} from "@playhead/core";

/** A job's history as a server would make it of what a worker reports. */
export interface JobHistory {
  readonly jobId: string;
  readonly epoch: string;
  /** All frames so far, in order. */
  readonly frames: readonly EventFrame[];
  job(): Job;
  snapshot(): JobSnapshot;
  /** Reports something; gives the frames that it came to. A fact carries `n`, a tick does not. */
  fact(type: EventType, data?: JsonObject): readonly EventFrame[];
  tick(type: EventType, data?: JsonObject): EventFrame;
}

/** Begins a history with a job that runs. */
export function jobHistory(jobId = "job_1", epoch = "e1"): JobHistory {
  const frames: EventFrame[] = [];
  let draft: JobDraft | undefined;
  let n = 0;

  const append = (frame: EventFrame): EventFrame => {
    draft ??= draftOf(emptyJob(jobId));
    applyEvent(draft, frame);
    frames.push(frame);
    return frame;
  };
  const envelope = (type: EventType, data: JsonObject) => ({
    type,
    ts: new Date(Date.parse("2026-11-21T10:00:00.000Z") + frames.length * 250).toISOString(),
    job_id: jobId,
    correlation_id: "a".repeat(32),
    epoch,
    data,
  });

  const history: JobHistory = {
    jobId,
    epoch,
    frames,
    job: () => (draft === undefined ? emptyJob(jobId) : { ...draft, tasks: new Map(draft.tasks) }),
    snapshot: () => snapshotOf(history.job()),
    fact(type, data = {}) {
      const record: EventRecord = { ...envelope(type, data), n: ++n };
      return decide(draft, record).map((fact) =>
        append({ ...envelope(fact.type, fact.data), seq: (draft?.seq ?? 0) + 1 }),
      );
    },
    tick(type, data = {}) {
      return append({ ...envelope(type, data), seq: draft?.seq ?? 0, tick: (draft?.tick ?? 0) + 1 });
    },
  };
  history.fact("job.created", { kind: "clips", title: "Episode 12" });
  history.fact("job.state_changed", { new_state: "running" });
  return history;
}

/** Lets the history go on with one of a few legal things, chosen by a number. */
export function goOn(history: JobHistory, choice: number): void {
  const open = [...history.job().tasks.values()].filter(({ state }) => state === "pending" || state === "processing");
  const task = open[choice % Math.max(1, open.length)];
  const kind = choice % 7;
  if (task === undefined || kind === 0) {
    const id = `clip_${history.job().tasks.size}`;
    history.fact("task.created", {
      task_id: id,
      parent_id: null,
      kind: "clip",
      title: id,
      weight: null,
      fields: { style: "split" },
    });
  } else if (kind < 3) {
    history.fact("clip.progress", { task_id: task.task_id, step: choice % 2 === 0 ? "rendering" : "uploading" });
  } else if (kind === 3 && task.state === "processing") {
    history.fact("clip.progress", { task_id: task.task_id, step: "complete", state: "completed" });
  } else {
    history.tick("job.progress", { percent_complete: choice % 90, eta_ms: 1_000 * choice });
    history.tick("clip.progress", { task_id: task.task_id, percent_complete: choice % 100 });
  }
}
