import type { ItemPlan } from "./item-plan.ts";
import type { VideoEntry } from "./journal.ts";

/** What has come of the videos so far. */
export interface Tally {
  readonly planned: readonly ItemPlan[];
  /** Made by this run. */
  readonly made: VideoEntry[];
  /** Finished in an earlier run. */
  readonly found: VideoEntry[];
  readonly failed: { readonly item: ItemPlan; readonly error: unknown }[];
}

/** What is in the output folder of this job, made now or before, as the rows come. */
export function finishedVideos({ made, found }: Tally): readonly VideoEntry[] {
  return [...made, ...found].toSorted((a, b) => a.row - b.row);
}
