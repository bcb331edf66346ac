import { counted } from "../../media/words.ts";
import type { SceneScout } from "../styles/style.ts";
import { isStill } from "./camera-path.ts";
import type { Camera } from "./follow.ts";
import type { FallbackReason, ShotFraming } from "./frame-scene.ts";
import type { SpeakersFraming } from "./frame-speakers.ts";

const MESSAGES: Readonly<Record<FallbackReason, string>> = {
  no_faces: "no faces were found: the middle of the picture is shown",
  faces_do_not_fit: "the faces do not fit into the window: the whole picture is shown",
  faces_too_fast: "the faces move too fast to be followed calmly: the whole picture is shown",
  one_speaker: "two people were not seen together: one window is shown",
};

/**
 * Tells how the shots of a scene are shown, and where that is not what the style is for.
 *
 * @param isForTwo whether two speakers are wanted
 */
export function tellFraming(
  scout: Pick<SceneScout, "step" | "fallBack">,
  framings: readonly (ShotFraming | SpeakersFraming)[],
  isForTwo = false,
): void {
  const cameras = framings.flatMap(camerasOf);
  const still = cameras.filter(({ x, y }) => isStill(x) && isStill(y)).length;
  const keyframes = cameras.reduce((sum, { x, y }) => sum + (isStill(x) && isStill(y) ? 1 : x.points.length), 0);
  const countOf = (kind: string) => framings.filter((framing) => framing.kind === kind).length;
  const fallback = fallbackOf(framings, isForTwo);
  const centered = framings.filter((framing) => framing.kind === "window" && framing.reason === "no_faces").length;
  scout.step("camera_path_complete", {
    text: `${counted(keyframes, "keyframe")} in ${counted(framings.length, "shot")}`,
    ...{ keyframes, shots: framings.length, moving_cameras: cameras.length - still, still_cameras: still },
    ...{ shots_centered: centered, shots_whole: countOf("whole") },
    ...(isForTwo && { shots_of_two: countOf("speakers") }),
    ...(fallback !== null && { fallback }),
  });
  if (fallback !== null) scout.fallBack(fallback, MESSAGES[fallback]);
}

/** Why no shot at all is shown as it is meant to be; null when one is. */
function fallbackOf(framings: readonly (ShotFraming | SpeakersFraming)[], isForTwo: boolean): FallbackReason | null {
  const reasons = framings.map((framing) => (framing.kind === "speakers" ? null : framing.reason));
  if (reasons.every((reason) => reason === "no_faces")) return "no_faces";
  if (isForTwo && framings.every(({ kind }) => kind !== "speakers")) return "one_speaker";
  return reasons.find((reason) => reason !== "no_faces" && reasons.every((each) => each !== null)) ?? null;
}

function camerasOf(framing: ShotFraming | SpeakersFraming): readonly Camera[] {
  if (framing.kind === "speakers") return framing.cameras;
  return framing.kind === "window" ? [framing.camera] : [];
}
