import { setImmediate as nextTurn } from "node:timers/promises";
import type { FrameSize } from "@playhead/ffmpeg";
import type { Look, SceneFaces, Shot } from "./face.ts";
import { type Camera, centeredCamera, followFaces } from "./follow.ts";
import { chooseSubjects } from "./subjects.ts";
import { type FaceTrack, trackFaces } from "./tracks.ts";

/** Why a shot, or a whole scene, is not shown as the style would like to. */
export type FallbackReason = "no_faces" | "faces_do_not_fit" | "faces_too_fast" | "one_speaker";

/** How a shot is shown. */
export type ShotFraming =
  /** Through a window, which follows faces, or, where there are none, stands in the middle. */
  | { readonly kind: "window"; readonly shot: Shot; readonly camera: Camera; readonly reason: "no_faces" | null }
  /** All of it, over a blurred background. */
  | { readonly kind: "whole"; readonly shot: Shot; readonly reason: "faces_do_not_fit" | "faces_too_fast" };

/** A shot and who it is about; the one that matters most is the first. */
export interface CastShot {
  readonly shot: Shot;
  readonly subjects: readonly FaceTrack[];
}

/** Who is in which shot of a scene. Others get their turn between two shots. */
export function castScene({ shots, looks }: SceneFaces, picture: FrameSize): Promise<readonly CastShot[]> {
  return shotByShot(shots, (shot, i) => {
    const seen = looksOf(shot, looks, i === shots.length - 1);
    return { shot, subjects: chooseSubjects(trackFaces(seen), picture) };
  });
}

/** Works on one shot after the other, and lets others get their turn in between: a scene may have hundreds. */
export async function shotByShot<Shot, Result>(
  shots: readonly Shot[],
  work: (shot: Shot, index: number) => Result,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [i, shot] of shots.entries()) {
    if (i > 0) await nextTurn();
    results.push(work(shot, i));
  }
  return results;
}

/** How a shot is shown through one window. Pure. */
export function frameShot({ shot, subjects }: CastShot, window: FrameSize, picture: FrameSize): ShotFraming {
  if (subjects.length === 0) {
    return { kind: "window", shot, camera: centeredCamera(shot, window, picture), reason: "no_faces" };
  }
  const { camera, reason } = followFaces(shot, subjects, window, picture);
  return camera === null ? { kind: "whole", shot, reason } : { kind: "window", shot, camera, reason: null };
}

/** The last shot has what is seen at the scene's very end. */
function looksOf({ startSec, endSec }: Shot, looks: readonly Look[], isLast: boolean): readonly Look[] {
  return looks.filter(({ timeSec }) => timeSec >= startSec && (timeSec < endSec || isLast));
}
