import { formatDuration, formatEta, formatFinish, formatMoment } from "@playhead/client/format";
import { activeMs, type Job } from "@playhead/core";
import { needsSomeone } from "../../ui/liveness-words.ts";

/** What the page says at its top, to someone who waits and knows nothing of jobs. */
export interface ShareAnswer {
  readonly heading: string;
  readonly detail: string | null;
}

/** What comes of a job, as its owner's customer calls it. */
const NOUNS: Readonly<Record<string, readonly [noun: string, verb: "is" | "are"]>> = {
  clips: ["Your clips", "are"],
  merge: ["Your video", "is"],
  bulk: ["Your videos", "are"],
  analyze: ["Your analysis", "is"],
};

/** From here on a time of day says too little. */
const HALF_A_DAY_MS = 12 * 60 * 60_000;

/** The answer to "when is it ready?", or to what became of it. */
export function shareAnswer(job: Job, nowMs: number, timeZone?: string): ShareAnswer {
  const [noun, verb] = NOUNS[job.kind] ?? ["It", "is"];
  switch (job.state) {
    case "pending":
      return { heading: `${noun} ${verb} waiting to be made`, detail: "It begins by itself; you can leave this open." };
    case "running": {
      if (needsSomeone(job))
        return { heading: `${noun} ${verb} being made`, detail: "It does not get on at the moment." };
      const finish = finishOf(job, nowMs, timeZone);
      if (finish === null)
        return { heading: `${noun} ${verb} being made`, detail: "Too early to say how long it takes." };
      const left = formatEta(job.progress);
      return { heading: `${noun} will be ready ${finish}`, detail: left === null ? null : `${left} left` };
    }
    case "completing":
      return { heading: `${noun} ${verb} nearly ready`, detail: "Finishing." };
    case "pausing":
    case "paused":
      return { heading: "Paused", detail: "It goes on when whoever runs it says so." };
    case "canceling":
    case "canceled":
      return { heading: "Canceled", detail: "Whoever runs it has ended it." };
    case "completed": {
      const { items_completed: made, items_failed: failed } = job.progress;
      const counts = [made > 0 ? `${made} made` : null, failed > 0 ? `${failed} failed` : null];
      const told = counts.filter((part) => part !== null).join(", ");
      const took = formatDuration(activeMs(job, nowMs));
      return { heading: `${noun} ${verb} ready`, detail: told === "" ? `It took ${took}.` : `${told} in ${took}.` };
    }
    case "failed":
      return { heading: "This did not work", detail: "Whoever runs it can see why, and try it again." };
  }
}

/** By when, with the day where it is not soon; null while nobody knows. */
function finishOf({ progress }: Job, nowMs: number, timeZone?: string): string | null {
  const latestMs = progress.eta_high_ms ?? progress.eta_ms;
  if (latestMs === null) return null;
  if (latestMs < HALF_A_DAY_MS) return formatFinish(progress, nowMs, timeZone);
  return `by ${formatMoment(nowMs + latestMs, nowMs, timeZone)}`;
}
