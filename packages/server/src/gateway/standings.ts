import type { Job } from "@playhead/core";
import type { FeedJob, Since } from "./feed-job.ts";
import { type SharedFrame, sharedFrame } from "./shared-frame.ts";

interface Standing {
  readonly seq: number;
  /** The job's tick before and after: who had everything at either of them has everything. */
  readonly from: number;
  readonly to: number;
  readonly frames: readonly SharedFrame[];
}

/**
 * Where everything in a job stands, as frames for who comes back: said once, however many come back, as long as nothing
 * moves. Saying it takes numbers; were it said to each anew, clients that ask again and again would see numbers grow
 * though nothing happened, each because of the others.
 */
export function createStandings() {
  const known = new WeakMap<Job, Standing>();

  return {
    /** The frames that bring a client up to date; none when it has everything. */
    since(job: FeedJob, since: Since | null): readonly SharedFrame[] {
      const { draft } = job;
      const last = known.get(draft);
      const isCurrent = last !== undefined && last.seq === draft.seq && last.to === draft.tick;
      if (since !== null && "seq" in since && since.seq === draft.seq) {
        if (since.tick === draft.tick || (isCurrent && since.tick === last.from)) return [];
      }
      if (isCurrent) return last.frames;
      const { seq, tick: from } = draft;
      const frames = job.currentTicks().map(sharedFrame);
      known.set(draft, { seq, from, to: draft.tick, frames });
      return frames;
    },
  };
}

export type Standings = ReturnType<typeof createStandings>;
