import { decideTask } from "./decide-task.ts";
import type { DecidedFact } from "./decided-fact.ts";
import { PlayheadError } from "./errors.ts";
import { EVENT_TYPES, type EventRecord, type EventType } from "./event.ts";
import type { Job } from "./job.ts";
import { isFinalJobState, isJobState, JOB_TRANSITIONS, type JobState } from "./job-state.ts";
import type { JsonObject } from "./json.ts";
import { isLiveness, LIVENESS } from "./liveness.ts";
import { refuseTransition } from "./refuse-transition.ts";

const ENDINGS = { "job.completed": "completed", "job.canceled": "canceled", "job.failed": "failed" } as const;
type EndingType = keyof typeof ENDINGS;

/**
 * Decides about a fact that a worker, or the server itself, reports of a job: what it means (one fact or several),
 * or why it is refused. Pure: the job is not touched.
 *
 * @throws PlayheadError `not_found` for an unknown job, task or parent; `conflict` for a transition that the tables
 * of SPEC §2 do not allow; `validation_error` for data that does not say enough, and for what is no worker's fact.
 */
export function decide(job: Job | undefined, record: EventRecord): readonly DecidedFact[] {
  const { type, data } = record;
  if (type === "job.created") return decideCreation(job, data);
  if (job === undefined) {
    throw new PlayheadError("not_found", `there is no job ${record.job_id}`, { hint: "send its job.created first" });
  }
  if (isFinalJobState(job.state)) {
    throw refuseTransition(`job ${job.job_id} is ${job.state} and takes no ${type}`, job.state, "a retry is a new job");
  }
  if (type === "session.started" || type === "session.completed" || !mayBeFact(type)) {
    throw new PlayheadError("validation_error", `expected a fact that workers report, got ${type}`);
  }
  if (EVENT_TYPES[type].subject === "task") return decideTask(job, type, data);
  if (type === "job.state_changed") return decideState(job, data);
  if (isEnding(type)) return decideEnding(job, type, data);
  if (type === "job.liveness_changed") checkLiveness(job, data);
  return [{ type, data }];
}

function mayBeFact(type: EventType): boolean {
  const { class: eventClass } = EVENT_TYPES[type];
  return eventClass === "fact" || eventClass === "both";
}

function isEnding(type: EventType): type is EndingType {
  return Object.hasOwn(ENDINGS, type);
}

function decideCreation(job: Job | undefined, data: JsonObject): readonly DecidedFact[] {
  if (job !== undefined) {
    throw refuseTransition(`job ${job.job_id} exists already`, job.state, "choose another job_id");
  }
  return [{ type: "job.created", data }];
}

function decideState(job: Job, data: JsonObject): readonly DecidedFact[] {
  const { new_state: state } = data;
  if (!isJobState(state)) {
    const got = JSON.stringify(state) ?? "nothing";
    throw new PlayheadError("validation_error", `expected data.new_state to be a job state, got ${got}`);
  }
  if (isFinalJobState(state)) return decideEnding(job, `job.${state}`, data);
  return moves(job, [state], data);
}

function checkLiveness(job: Job, { liveness }: JsonObject): void {
  if (!isLiveness(liveness)) {
    const got = JSON.stringify(liveness) ?? "nothing";
    throw new PlayheadError(
      "validation_error",
      `expected data.liveness to be one of ${LIVENESS.join(", ")}, got ${got}`,
    );
  }
  if (liveness === job.liveness) throw refuseTransition(`job ${job.job_id} is ${liveness} already`, job.state);
}

function decideEnding(job: Job, type: EndingType, data: JsonObject): readonly DecidedFact[] {
  const final = ENDINGS[type];
  return [
    ...moves(job, wayTo(final, job.state), { reason: data.error_code, ...data }),
    { type, data },
    { type: "session.completed", data: { session_id: job.job_id, state: final, summary: data.summary ?? null } },
  ];
}

/** The way to an end passes through its gate (`completing`, `canceling`), which a worker need not report by itself. */
function wayTo(final: "completed" | "canceled" | "failed", from: JobState): readonly JobState[] {
  if (final === "failed") return ["failed"];
  const gate = final === "completed" ? "completing" : "canceling";
  if (from === gate) return [final];
  // Work that was done before it came to a checkpoint was never paused.
  return final === "completed" && from === "pausing" ? ["running", gate, final] : [gate, final];
}

function moves(job: Job, path: readonly JobState[], data: JsonObject): readonly DecidedFact[] {
  const facts: DecidedFact[] = [];
  let from = job.state;
  for (const to of path) {
    if (!JOB_TRANSITIONS[from][to]) throw refuseMove(job, from, to);
    facts.push({
      type: "job.state_changed",
      data: {
        prior_state: from,
        new_state: to,
        ...(typeof data.reason === "string" && { reason: data.reason }),
        ...(typeof data.worker === "string" && { worker: data.worker }),
      },
    });
    if (to === "running" && job.started_at === null) {
      facts.push({
        type: "session.started",
        data: { session_id: job.job_id, kind: job.kind, title: job.title, user_id: job.user_id },
      });
    }
    from = to;
  }
  return facts;
}

function refuseMove(job: Job, from: JobState, to: JobState): PlayheadError {
  const allowed = Object.entries(JOB_TRANSITIONS[from])
    .filter(([, may]) => may)
    .map(([state]) => state);
  return refuseTransition(
    `job ${job.job_id} cannot go from ${from} to ${to}`,
    from,
    `from ${from} it can go to ${allowed.join(", ")}`,
  );
}
