import { isFinalJobState, type JobState, type Liveness } from "@playhead/core";
import { formatClock } from "./times.ts";

/** What is the matter with a job that is neither well nor ended, and what can be done about it. */
export interface LivenessWords {
  /** `Stalled since 14:02` */
  readonly what: string;
  readonly why: string;
  readonly advice: string;
}

interface LivenessFacts {
  readonly state: JobState;
  readonly liveness: Liveness;
  readonly liveness_since: string | null;
  readonly liveness_reason: string | null;
}

/** `why` is what is said where nobody gave the reason; `but` goes on from either. */
interface Words {
  readonly what: string;
  readonly why: string;
  readonly but: string;
  readonly advice: string;
}

const WORDS: Readonly<Record<Exclude<Liveness, "ok">, Words>> = {
  lost: {
    what: "Worker lost",
    why: "Nothing was heard of its worker for longer than its heartbeats allow",
    but: "; the job itself has not failed.",
    advice:
      "Look whether the worker's machine and network are up. When it comes back the job goes on; else it fails by itself, and can be retried.",
  },
  stuck: {
    what: "Stuck",
    why: "Nothing at all was reported of it for as long as its kind may be silent",
    but: "; it has not failed.",
    advice: "Look at the last lines of its log and at the worker. If it hangs, cancel it and retry it.",
  },
  stalled: {
    what: "Stalled",
    why: "Its worker lives, but nothing has advanced for longer than its step may take",
    but: "; it has not failed.",
    advice:
      "Look at the step under way and at the log: a full disk, a slow source. If it does not go on, cancel it and retry it.",
  },
  slow: {
    what: "Slow",
    why: "It advances at less than half of the pace that it had",
    but: ".",
    advice: "Look whether other work shares the machine. Nothing has to be done: it ends later than was expected.",
  },
};

/** How a job's clocks stand, in words; null for one that is well, or has ended. */
export function livenessWords(
  { state, liveness, liveness_since, liveness_reason }: LivenessFacts,
  timeZone?: string,
): LivenessWords | null {
  if (liveness === "ok" || isFinalJobState(state)) return null;
  const { what, why, but, advice } = WORDS[liveness];
  const zone = timeZone === undefined ? {} : { timeZone };
  const since = liveness_since === null ? "" : ` since ${formatClock(Date.parse(liveness_since), zone)}`;
  const seen = liveness_reason === null ? why : `As seen then, ${liveness_reason}`;
  return { what: `${what}${since}`, why: `${seen}${but}`, advice };
}

/** @returns whether a job that is not over waits for someone to look after it; a slow one does not. */
export function needsSomeone({ state, liveness }: Pick<LivenessFacts, "state" | "liveness">): boolean {
  return !isFinalJobState(state) && (liveness === "lost" || liveness === "stuck" || liveness === "stalled");
}
