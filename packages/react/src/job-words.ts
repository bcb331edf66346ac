import type { ConnectionState } from "@playhead/client";
import { formatClock, formatEta, speakEta } from "@playhead/client/format";
import { type ErrorBody, isFinalJobState, type Job, type JobState, type Liveness } from "@playhead/core";

/** What a bar needs of a job; what is not given is not shown. */
export type ShownJob = Pick<Job, "title" | "state" | "progress"> & Partial<Pick<Job, "reason" | "liveness" | "error">>;

export interface JobWordsInput {
  readonly job: ShownJob | null;
  /** Where the connection stands, when it matters for what is shown. */
  readonly connection: ConnectionState | undefined;
  /** Why there is no job. */
  readonly error: ErrorBody | null | undefined;
}

/** A job in words. */
export interface JobWords {
  readonly state: string;
  /** What is wrong, or why; null when all is well. */
  readonly trouble: string | null;
  /** How long it still takes; null where that is not known, or not to be believed. */
  readonly left: string | null;
  /** All of it for those who do not see it, as one sentence. */
  readonly spoken: string;
}

const STATE_WORDS: Readonly<Record<JobState, string>> = {
  pending: "waiting to start",
  running: "running",
  pausing: "pausing",
  paused: "paused",
  completing: "finishing",
  canceling: "canceling",
  completed: "done",
  canceled: "canceled",
  failed: "failed",
};

const LIVENESS_WORDS: Readonly<Record<Liveness, string | null>> = {
  ok: null,
  slow: "slower than before",
  stalled: "nothing has moved for a while",
  stuck: "nothing was heard of it for a while",
  lost: "the machine that works on it does not answer",
};

/** Says how a job stands, without hiding what is wrong. */
export function wordsOf({ job, connection, error }: JobWordsInput): JobWords {
  const cut = connectionTrouble(connection);
  if (job === null) {
    const state = error ? "not available" : cut === null ? "loading" : "not loaded";
    const trouble = error?.error_message ?? cut;
    return { state, trouble, left: null, spoken: joined(state, trouble) };
  }
  const state = STATE_WORDS[job.state];
  const liveness = isFinalJobState(job.state) ? "ok" : (job.liveness ?? "ok");
  const trouble = joined(job.error?.error_message ?? job.reason ?? null, LIVENESS_WORDS[liveness], cut) || null;
  // Whoever does not move has no time left to tell.
  const tellsTime = !isFinalJobState(job.state) && (liveness === "ok" || liveness === "slow");
  const percent = `${Math.floor(job.progress.percent_complete)} percent`;
  return {
    state,
    trouble,
    left: tellsTime ? formatEta(job.progress) : null,
    spoken: joined(state, percent, tellsTime ? speakEta(job.progress) : null, trouble),
  };
}

/** Why what is shown may not be now; null while it is, or soon will be. */
function connectionTrouble(connection: ConnectionState | undefined): string | null {
  if (connection === undefined || !("lostAtMs" in connection)) return null;
  if (connection.status === "refused") return "not connected: access was refused";
  const { lostAtMs, status } = connection;
  const since = lostAtMs === null ? "" : `; as of ${formatClock(lostAtMs, { seconds: true })}`;
  if (status === "offline") return `offline${since}`;
  if (lostAtMs !== null) return `reconnecting${since}`;
  // The first attempt is loading, and no trouble.
  return connection.attempt === 0 ? null : "the server does not answer; trying again";
}

const joined = (...parts: readonly (string | null)[]) =>
  parts.filter((part) => part !== null && part !== "").join(", ");
