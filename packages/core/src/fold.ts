import { EVENT_TYPES, type PlayheadEvent } from "./event.ts";
import { applyJobFact } from "./fold-job-fact.ts";
import { foldTaskTick } from "./fold-task.ts";
import { applyTaskFact } from "./fold-task-fact.ts";
import { holdsAllOpenTasks, type Job } from "./job.ts";
import type { JobDraft } from "./job-draft.ts";
import { isFinalJobState } from "./job-state.ts";
import { MAX_OPEN_PERCENT, readProgress } from "./progress-fields.ts";

/** Where an event stands to a job: the next one, one that is known already, or one behind a gap (then: resync). */
export function positionOf(job: Pick<Job, "seq" | "tick">, event: PlayheadEvent): "next" | "known" | "gap" {
  if (event.tick !== undefined) {
    if (event.seq > job.seq) return "gap";
    return event.tick > job.tick ? "next" : "known";
  }
  if (event.seq === job.seq + 1) return "next";
  return event.seq <= job.seq ? "known" : "gap";
}

/**
 * The job after an event: the one reducer that server, browser, command line and tests share. An event that is known
 * already, or stands behind a gap, returns the same reference.
 */
export function fold(job: Job, event: PlayheadEvent): Job {
  return foldAll(job, [event]);
}

/** The job after several events, in order; copies once, however many they are. */
export function foldAll(job: Job, events: Iterable<PlayheadEvent>): Job {
  let draft: JobDraft | null = null;
  let ownsTasks = false;
  for (const event of events) {
    if (positionOf(draft ?? job, event) !== "next") continue;
    // Until an event may touch a task, the job shares its tasks with the one before: viewers compare by reference.
    draft ??= { ...job, tasks: job.tasks as JobDraft["tasks"] };
    if (!ownsTasks && mayTouchTasks(event)) {
      draft.tasks = new Map(job.tasks);
      ownsTasks = true;
    }
    applyEvent(draft, event);
  }
  return draft ?? job;
}

/** A task's own events, and the end of the job, which ends them all. */
function mayTouchTasks({ type }: PlayheadEvent): boolean {
  return EVENT_TYPES[type].subject === "task" || type === "job.state_changed";
}

/** Folds an event that is {@link positionOf | next} into a draft. */
export function applyEvent(job: JobDraft, event: PlayheadEvent): void {
  if (event.tick !== undefined) {
    job.tick = event.tick;
    if (event.type === "job.progress") applyProgress(job, event);
    else applyTaskTick(job, event);
    return;
  }
  job.seq = event.seq;
  if (EVENT_TYPES[event.type].subject === "task") applyTaskFact(job, event);
  else applyJobFact(job, event);
}

/** The bar and the forecast come with ticks; all that is counted comes with facts, so that no lost tick is missed. */
function applyProgress(job: JobDraft, { data }: PlayheadEvent): void {
  const { progress } = job;
  const told = readProgress(data, holdsAllOpenTasks(job) ? "ticked" : "all");
  const percent = Math.max(progress.percent_complete, Math.min(MAX_OPEN_PERCENT, told.percent_complete ?? 0));
  // The last tick may come after the end: it says where the bar of a failed job stayed, and nothing else.
  job.progress = isFinalJobState(job.state)
    ? { ...progress, percent_complete: percent }
    : { ...progress, ...told, percent_complete: percent };
}

function applyTaskTick(job: JobDraft, event: PlayheadEvent): void {
  const { data, seq } = event;
  // A fact that came later may have begun a new step or a new attempt: what the tick says is over.
  if (seq < job.seq || isFinalJobState(job.state) || typeof data.task_id !== "string") return;
  const task = job.tasks.get(data.task_id);
  if (task === undefined) return;
  const after = foldTaskTick(task, data);
  if (after !== task) job.tasks.set(after.task_id, after);
}
