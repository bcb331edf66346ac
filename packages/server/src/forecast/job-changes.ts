import type { JsonObject, PlayheadEvent, Task } from "@playhead/core";

/**
 * Something that happened to a job, as far as a forecast needs it. It may wait for its turn, so it holds on to no event:
 * what a thousand jobs reported would stay in memory for it.
 */
export type JobChange = TaskChange | StateChange;

interface Heard {
  /** When it happened, by the worker's clock: ISO 8601. */
  ts: string;
  /** When it came, by the server's clock; null for what happened before this process. */
  heardMs: number | null;
}

/** A task is now as `after` says. */
export interface TaskChange extends Heard {
  readonly before: TaskBefore | undefined;
  after: Task;
  /** The same attempt has come further, and nothing else. */
  readonly isProgress: boolean;
}

/** What is to be known of a task as it was before. */
export type TaskBefore = Pick<Task, "state" | "attempt" | "percent_complete">;

/** The job changed its state, or said what holds it back. */
export interface StateChange extends Heard {
  readonly type: "job.state_changed" | "job.updated";
  readonly data: JsonObject;
}

/** What happened to a job and is not thought about yet. */
export interface JobChanges {
  /** @returns whether it is news to a forecast */
  add(event: PlayheadEvent, before: Task | undefined, after: Task | undefined): boolean;
  /** What happened before all that is there. */
  prepend(earlier: readonly JobChange[]): void;
  /** Hands out so many, oldest first. @returns whether there are more */
  take(most: number, each: (change: JobChange) => void): boolean;
  size(): number;
  clear(): void;
}

/** How much there is to think about, of all jobs together. */
export interface Backlog {
  size: number;
}

export interface JobChangesDeps {
  readonly nowMs: () => number;
  readonly backlog: Backlog;
}

/** How far back the last word of a task is looked for: so many run at a time, mostly. */
const LOOK_BACK = 8;

export function createJobChanges({ nowMs, backlog }: JobChangesDeps): JobChanges {
  let changes: JobChange[] = [];
  let taken = 0;

  /** The last word of a task, where that was progress that nobody has thought about, goes to the end of the line. */
  function lastProgressOf({ task_id: taskId }: Task): TaskChange | null {
    const first = Math.max(taken, changes.length - LOOK_BACK);
    for (let at = changes.length - 1; at >= first; at--) {
      const each = changes[at] as JobChange;
      if (!("after" in each) || each.after.task_id !== taskId) continue;
      if (!each.isProgress) return null;
      // In the order of their times, which the job's clock goes by.
      if (at < changes.length - 1) changes.push(...changes.splice(at, 1));
      return each;
    }
    return null;
  }

  return {
    add(event, before, after) {
      const last = isProgress(before, after) ? lastProgressOf(after) : null;
      if (last !== null) {
        // How far it has come takes the place of how far it had come.
        last.after = after as Task;
        last.ts = event.ts;
        last.heardMs = nowMs();
        return true;
      }
      const change = changeOf(event, before, after, nowMs);
      if (change === null) return false;
      changes.push(change);
      backlog.size += 1;
      return true;
    },
    prepend(earlier) {
      changes = [...earlier, ...changes.slice(taken)];
      taken = 0;
      backlog.size += earlier.length;
    },
    take(most, each) {
      const until = Math.min(changes.length, taken + most);
      while (taken < until) {
        // Before it is handed out: what cannot be thought about is not met again.
        const change = changes[taken] as JobChange;
        taken += 1;
        backlog.size -= 1;
        each(change);
      }
      if (taken < changes.length) return true;
      if (taken > 0) changes = [];
      taken = 0;
      return false;
    },
    size: () => changes.length - taken,
    clear() {
      backlog.size -= changes.length - taken;
      changes = [];
      taken = 0;
    },
  };
}

/**
 * What an event changed; null where a forecast has no use for it.
 *
 * @param heardMs says when it came. @defaultValue it happened before this process
 */
export function changeOf(
  { type, ts, data }: PlayheadEvent,
  before: Task | undefined,
  after: Task | undefined,
  heardMs: () => number | null = () => null,
): JobChange | null {
  if (after === undefined) return isJobNews(type) ? { ts, heardMs: heardMs(), type, data } : null;
  const isMore = isProgress(before, after);
  if (isMore && before?.percent_complete === after.percent_complete) return null;
  return { ts, heardMs: heardMs(), before: before && beforeOf(before), after, isProgress: isMore };
}

/** Whether a forecast may have a use for an event. */
export function isNews({ type }: Pick<PlayheadEvent, "type">, after: Task | undefined): boolean {
  return after !== undefined || isJobNews(type);
}

function isJobNews(type: string): type is StateChange["type"] {
  return type === "job.state_changed" || type === "job.updated";
}

/** Whether a task is where it was, but for how far it has come. */
function isProgress(before: Task | undefined, after: Task | undefined): after is Task {
  return before !== undefined && before.state === after?.state && before.attempt === after.attempt;
}

function beforeOf({ state, attempt, percent_complete }: Task): TaskBefore {
  return { state, attempt, percent_complete };
}
