import type { FrameSize } from "@playhead/ffmpeg";
import { centerX } from "./face.ts";
import type { FaceTrack } from "./tracks.ts";

/** A face that matters at least this much, compared with the one that matters most, has to be shown, too. */
const EQUAL_SHARE = 0.5;
/** How much less a face at the picture's edge matters than one in its middle. */
const EDGE_LOSS = 0.4;
/** More people than that are a crowd, of which nobody is more than the others. */
const MAX_SUBJECTS = 4;

/**
 * Who a shot is about: the face that is large, long and central, and those that are nearly as much. Pure.
 *
 * @returns the one that matters most first; none where there is no face
 */
export function chooseSubjects(tracks: readonly FaceTrack[], source: FrameSize): readonly FaceTrack[] {
  const ranked = tracks
    .map((track) => ({ track, weight: weightOf(track, source) }))
    .toSorted((a, b) => b.weight - a.weight);
  const least = (ranked[0]?.weight ?? 0) * EQUAL_SHARE;
  return ranked
    .filter(({ weight }) => weight >= least)
    .slice(0, MAX_SUBJECTS)
    .map(({ track }) => track);
}

function weightOf({ points }: FaceTrack, { width }: FrameSize): number {
  return points.reduce((sum, { face }) => {
    const off = Math.min(1, Math.abs(centerX(face) - width / 2) / (width / 2));
    return sum + Math.sqrt(face.width * face.height) * face.confidence * (1 - EDGE_LOSS * off);
  }, 0);
}
