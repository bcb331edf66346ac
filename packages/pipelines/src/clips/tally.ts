import type { ClipPlan } from "./clip-plan.ts";
import type { ClipEntry } from "./manifest.ts";

/** A clip that this run has made. */
export interface MadeClip {
  readonly clip: ClipPlan;
  readonly entry: ClipEntry;
  /** How long ffmpeg worked for it, without pauses, in milliseconds; null: it was rendered before, and uploaded now. */
  readonly renderMs: number | null;
}

/** What has come of the clips so far. */
export interface Tally {
  /** All that are to be there in the end, in order. */
  planned: readonly ClipPlan[];
  readonly made: MadeClip[];
  /** Finished in an earlier run. */
  readonly found: ClipEntry[];
  readonly failed: { readonly clip: ClipPlan; readonly error: unknown }[];
}

/** Nothing yet. */
export function createTally(): Tally {
  return { planned: [], made: [], found: [], failed: [] };
}

/** What is in the output folder of this job, made now or before, in the order in which it was planned. */
export function finishedClips({ planned, made, found }: Tally): readonly ClipEntry[] {
  const byId = new Map([...found, ...made.map(({ entry }) => entry)].map((entry) => [entry.clip_id, entry]));
  return planned.flatMap(({ clipId }) => byId.get(clipId) ?? []);
}
