import { PlayheadError } from "./errors.ts";
import { EVENT_TYPES, type EventRecord, type EventType } from "./event.ts";
import type { Job } from "./job.ts";
import { isFinalJobState, isJobState, JOB_TRANSITIONS, type JobState } from "./job-state.ts";
import type { JsonObject } from "./json.ts";
import { createdKind, taskStateAfter } from "./task-data.ts";
import { isFinalTaskState, TASK_TRANSITIONS } from "./task-state.ts";

/** A fact that has been accepted and waits for its number. */
export interface DecidedFact {
  readonly type: EventType;
  readonly data: JsonObject;
}

/** How many tasks one job may hold. */
export const MAX_TASKS_PER_JOB = 200_000;

const ENDINGS = { "job.completed": "completed", "job.canceled": "canceled", "job.failed": "failed" } as const;
type EndingType = keyof typeof ENDINGS;

/**
 * Decides about a fact that a worker, or the server itself, reports of a job: what it means (one fact or several),
 * or why it is refused. Pure: the job is not touched.
 *
 * @throws PlayheadError `not_found` for an unknown job, task or parent; `conflict` for a transition that the tables
 * of SPEC §2 do not allow; `validation_error` for data that does not say enough.
 */
export function decide(job: Job | undefined, record: EventRecord): readonly DecidedFact[] {
  if (record.type === "job.created") return decideCreation(job, record);
  if (job === undefined) {
    throw new PlayheadError("not_found", `there is no job ${record.job_id}`, { hint: "send its job.created first" });
  }
  if (isFinalJobState(job.state)) {
    throw conflict(`job ${job.job_id} is ${job.state} and takes no ${record.type}`, job.state, "a retry is a new job");
  }
  if (EVENT_TYPES[record.type].subject === "task") return decideTask(job, record);
  if (record.type === "job.state_changed") return decideState(job, record.data);
  if (isEnding(record.type)) return decideEnding(job, record.type, record.data);
  return [{ type: record.type, data: record.data }];
}

function isEnding(type: EventType): type is EndingType {
  return Object.hasOwn(ENDINGS, type);
}

function conflict(message: string, state: string, hint?: string): PlayheadError {
  return new PlayheadError("conflict", message, { detail: { state }, ...(hint !== undefined && { hint }) });
}

function decideCreation(job: Job | undefined, record: EventRecord): readonly DecidedFact[] {
  if (job !== undefined) throw conflict(`job ${job.job_id} exists already`, job.state, "choose another job_id");
  return [{ type: "job.created", data: record.data }];
}

function decideState(job: Job, data: JsonObject): readonly DecidedFact[] {
  const { new_state: state } = data;
  if (!isJobState(state)) {
    throw new PlayheadError("validation_error", `expected data.new_state to be a job state, got ${JSON.stringify(state)}`);
  }
  if (isFinalJobState(state)) return decideEnding(job, `job.${state}`, data);
  return [...moves(job, [state], data)];
}

/** The way to an end passes through its gate (`completing`, `canceling`), which a worker need not report by itself. */
function decideEnding(job: Job, type: EndingType, data: JsonObject): readonly DecidedFact[] {
  const final = ENDINGS[type];
  const gate = { completed: "completing", canceled: "canceling", failed: null }[final] as JobState | null;
  const path = gate === null || job.state === gate ? [final] : [gate, final];
  return [
    ...moves(job, path, { reason: data.error_code, ...data }),
    { type, data },
    { type: "session.completed", data: { session_id: job.job_id, state: final, summary: data.summary ?? null } },
  ];
}

function* moves(job: Job, path: readonly JobState[], data: JsonObject): Generator<DecidedFact> {
  let from = job.state;
  for (const to of path) {
    if (!JOB_TRANSITIONS[from][to]) {
      const allowed = Object.entries(JOB_TRANSITIONS[from]).filter(([, may]) => may).map(([state]) => state);
      throw conflict(`job ${job.job_id} cannot go from ${from} to ${to}`, from, `from ${from} it can go to ${allowed.join(", ")}`);
    }
    yield {
      type: "job.state_changed",
      data: {
        prior_state: from,
        new_state: to,
        ...(typeof data.reason === "string" && { reason: data.reason }),
        ...(typeof data.worker === "string" && { worker: data.worker }),
      },
    };
    if (to === "running" && job.started_at === null) {
      yield { type: "session.started", data: { session_id: job.job_id, kind: job.kind, title: job.title } };
    }
    from = to;
  }
}

function decideTask(job: Job, record: EventRecord): readonly DecidedFact[] {
  const { type, data } = record;
  if (typeof data.task_id !== "string" || data.task_id === "") {
    throw new PlayheadError("validation_error", `expected data.task_id of ${type} to be a non-empty string, got ${JSON.stringify(data.task_id)}`);
  }
  const task = job.tasks.get(data.task_id);
  if (task === undefined) checkNewTask(job, type, data);
  else if (type === "task.created" || type === "video.created") {
    throw conflict(`task ${task.task_id} of job ${job.job_id} exists already`, task.state);
  }
  const before = task?.state ?? "pending";
  const after = taskStateAfter(type, data, before);
  const isArtifact = type === "clip.uploaded" || type === "task.artifact_added";
  const stays = after === null || after === before;
  const allowed = stays ? isArtifact || !isFinalTaskState(before) : TASK_TRANSITIONS[before][after];
  if (!allowed) {
    throw conflict(`task ${data.task_id} of job ${job.job_id} is ${before} and cannot become ${after ?? before} by ${type}`, before);
  }
  return [{ type, data }];
}

function checkNewTask(job: Job, type: EventType, data: JsonObject): void {
  if (createdKind(type, data) === null) {
    throw new PlayheadError("not_found", `job ${job.job_id} has no task ${String(data.task_id)}`, {
      hint: "send its task.created, with a kind, first",
    });
  }
  if (typeof data.parent_id === "string" && !job.tasks.has(data.parent_id)) {
    throw new PlayheadError("not_found", `job ${job.job_id} has no task ${data.parent_id} to be the parent of ${String(data.task_id)}`);
  }
  if (job.tasks.size >= MAX_TASKS_PER_JOB) {
    throw new PlayheadError("validation_error", `job ${job.job_id} holds ${MAX_TASKS_PER_JOB} tasks already, the most one job may hold`);
  }
}
