import {
  applyEvent,
  decide,
  draftOf,
  type EventRecord,
  type EventType,
  emptyJob,
  isFinalJobState,
  type JobDraft,
  type JsonObject,
  PlayheadError,
} from "@playhead/core";
import { START_MS } from "./jobs.ts";

/** The job on which every source reports. */
export const SHARED_JOB = "shared";

type Proposal = readonly [type: EventType, data: JsonObject];

/** What a roll of the dice proposes for a job, by what may happen to it; whether it is legal is decided by the tables. */
function propose(job: JobDraft, roll: number): Proposal {
  const tasks = [...job.tasks.keys()];
  const taskId = tasks[roll % Math.max(1, tasks.length)] ?? "t0";
  const parent = roll % 3 === 0 ? null : taskId;
  const proposals: readonly Proposal[] = [
    ["job.state_changed", { new_state: "running" }],
    [
      "task.created",
      { task_id: `t${tasks.length}`, parent_id: tasks.length === 0 ? null : parent, kind: roll % 2 ? "clip" : "step" },
    ],
    ["task.created", { task_id: `t${tasks.length}`, parent_id: null, kind: "scene", weight: roll % 7 }],
    ["scene.started", { task_id: `s${tasks.length}`, scene_id: roll }],
    ["task.started", { task_id: taskId }],
    ["task.step_changed", { task_id: taskId, step: `step ${roll % 5}` }],
    ["clip.progress", { task_id: taskId, step: "rendering", percent_complete: roll % 100 }],
    ["task.artifact_added", { task_id: taskId, artifact: { type: "video", name: `${roll}.mp4` } }],
    ["task.retried", { task_id: taskId }],
    ["task.completed", { task_id: taskId }],
    ["task.failed", { task_id: taskId, error_code: "encoder_failed", error_message: "no" }],
    ["task.skipped", { task_id: taskId, reason: "done" }],
    ["job.updated", { title: `title ${roll}` }],
    ["job.artifact_added", { artifact: { type: "manifest", name: `${roll}.json` } }],
    ["job.state_changed", { new_state: "pausing" }],
    ["job.state_changed", { new_state: "paused" }],
    roll % 3 === 0
      ? ["job.completed", { summary: { roll } }]
      : ["job.failed", { error_code: "task_failed", error_message: "no" }],
  ];
  return proposals[roll % proposals.length] as Proposal;
}

/** What one source reports: legal by itself, on jobs of its own and on the shared one, ticks and log lines among it. */
export function playRecords(source: string, rolls: readonly number[]): EventRecord[] {
  const records: EventRecord[] = [];
  let job = draftOf(emptyJob(""));
  let jobs = 0;
  let n = 0;
  let clock = 0;

  function report(jobId: string, type: EventType, data: JsonObject): void {
    clock += 1;
    n += 1;
    const mark = `${source}/${n}`;
    const marked = type === "job.state_changed" ? { ...data, reason: mark } : { ...data, mark };
    const record: EventRecord = {
      type,
      ts: new Date(START_MS + clock * 700).toISOString(),
      job_id: jobId,
      n,
      data: marked,
    };
    if (jobId !== SHARED_JOB) fold(record);
    records.push(record);
  }

  function fold(record: EventRecord): void {
    for (const fact of decide(job.seq === 0 ? undefined : job, record)) {
      applyEvent(job, { ...fact, ts: record.ts, job_id: record.job_id, seq: job.seq + 1, correlation_id: "c" });
    }
  }

  function create(): void {
    const jobId = `${source}-${++jobs}`;
    job = draftOf(emptyJob(jobId));
    report(jobId, "job.created", { kind: "clips", title: `Job ${jobs}` });
  }

  create();
  for (const roll of rolls) {
    if (isFinalJobState(job.state)) create();
    if (roll % 11 === 0) report(SHARED_JOB, "job.updated", { title: `by ${source}` });
    const open = [...job.tasks.values()].find(({ state }) => state === "processing");
    if (open !== undefined && roll % 2 === 0) {
      const data = { task_id: open.task_id, percent_complete: roll % 100 };
      records.push({
        type: "progress.updated",
        ts: new Date(START_MS + clock * 700).toISOString(),
        job_id: job.job_id,
        data,
      });
    }
    const [type, data] = propose(job, roll);
    try {
      decide(job, { type, ts: "", job_id: job.job_id, data });
    } catch (error) {
      if (!(error instanceof PlayheadError)) throw error;
      continue;
    }
    report(job.job_id, type, data);
  }
  return records;
}

/** The mark of a stored fact: which record it came of; null for facts that the server derived. */
export function markOf({ type, data }: { readonly type: EventType; readonly data: JsonObject }): string | null {
  const mark = type === "job.state_changed" ? data.reason : data.mark;
  return typeof mark === "string" && mark.includes("/") ? mark : null;
}
