import type { Alert, Job, JobState, PlayheadEvent } from "@playhead/core";
import type { Span } from "./span.ts";

/** Something that the axis marks. */
export interface Marker {
  readonly atMs: number;
  readonly kind: "state" | "error" | "alert";
  readonly label: string;
}

/** What the facts of a job tell beside the job itself: how it came to what it is. */
export interface Happenings {
  readonly states: readonly Marker[];
  /** When it was paused, and when it waited on someone's limit. */
  readonly paused: readonly Span[];
  readonly limited: readonly Span[];
  /** When each piece of work was begun again, in order. */
  readonly retries: ReadonlyMap<string, readonly number[]>;
}

const STATE_WORDS: Partial<Readonly<Record<JobState, string>>> = {
  running: "Running",
  paused: "Paused",
  canceling: "Canceling",
  completed: "Done",
  failed: "Failed",
  canceled: "Canceled",
};

/** Reads what happened out of facts, in their order. */
export function happeningsOf(facts: readonly PlayheadEvent[]): Happenings {
  const states: Marker[] = [];
  const paused: Span[] = [];
  const limited: Span[] = [];
  const retries = new Map<string, number[]>();
  const attempts = new Map<string, number>();

  const turn = (spans: Span[], isOn: boolean, atMs: number) => {
    const last = spans.at(-1);
    const isOpen = last !== undefined && last.endMs === null;
    if (isOn && !isOpen) spans.push({ startMs: atMs, endMs: null });
    if (!isOn && isOpen) spans[spans.length - 1] = { ...last, endMs: atMs };
  };

  for (const { type, ts, data } of facts) {
    const atMs = Date.parse(ts);
    if (type === "job.state_changed") {
      const state = data.new_state as JobState;
      const word = STATE_WORDS[state];
      if (word !== undefined) states.push({ atMs, kind: "state", label: word });
      turn(paused, state === "paused", atMs);
    } else if (type === "job.updated" && typeof data.rate_limited === "boolean") {
      turn(limited, data.rate_limited, atMs);
    } else if (typeof data.task_id === "string" && typeof data.attempt === "number") {
      if (data.attempt > (attempts.get(data.task_id) ?? 1)) {
        attempts.set(data.task_id, data.attempt);
        retries.set(data.task_id, [...(retries.get(data.task_id) ?? []), atMs]);
      }
    }
  }
  return { states, paused, limited, retries };
}

/** All that the axis marks, in the order of time. */
export function markersOf(
  { states }: Happenings,
  { errors }: Pick<Job, "errors">,
  alerts: readonly Alert[],
): readonly Marker[] {
  return [
    ...states,
    ...errors.map(({ ts, error_message }): Marker => ({ atMs: Date.parse(ts), kind: "error", label: error_message })),
    ...alerts.flatMap(({ fired_at, rule_name, message }): Marker[] =>
      fired_at === null ? [] : [{ atMs: Date.parse(fired_at), kind: "alert", label: `${rule_name}: ${message}` }],
    ),
  ].toSorted((a, b) => a.atMs - b.atMs);
}
