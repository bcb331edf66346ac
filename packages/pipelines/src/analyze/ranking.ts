import type { MediaAnalysis } from "@playhead/ffmpeg";
import type { Score } from "./score/score.ts";
import type { SourceItem } from "./sources/clip-source.ts";

/** A clip that was looked at. */
export interface RatedClip {
  readonly item: SourceItem;
  readonly score: Score;
  /** null where only what is told of it could be looked at. */
  readonly analysis: MediaAnalysis | null;
}

/** A clip that could not be looked at. */
export interface FailedClip {
  readonly item: SourceItem;
  readonly error: unknown;
}

/** What has come of the clips so far. */
export interface Tally {
  planned: number;
  leftOut: number;
  readonly rated: RatedClip[];
  readonly failed: FailedClip[];
}

export function createTally(): Tally {
  return { planned: 0, leftOut: 0, rated: [], failed: [] };
}

/** The best first; those that are equally good by their ids, so that the order is always the same. */
export function ranked<Clip extends Pick<RatedClip, "item" | "score">>(rated: readonly Clip[]): readonly Clip[] {
  return rated.toSorted(
    (a, b) =>
      b.score.score - a.score.score || (a.item.itemId < b.item.itemId ? -1 : Number(a.item.itemId > b.item.itemId)),
  );
}
