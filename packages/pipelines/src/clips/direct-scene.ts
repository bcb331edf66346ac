import { prerollSecOf } from "@playhead/ffmpeg";
import type { StepHandle, TaskHandle } from "@playhead/sdk";
import { counted, rounded } from "../media/words.ts";
import type { ClipPlan } from "./clip-plan.ts";
import type { ClipsRun } from "./clips-run.ts";
import type { SceneFaces } from "./faces/face.ts";
import type { FindFacesOptions, FindingProgress } from "./faces/find-faces.ts";
import type { SceneScout } from "./styles/style.ts";

interface ScoutOptions extends Omit<FindFacesOptions, "onProgress"> {
  /** The step that the clip is in. */
  readonly extracting: StepHandle;
}

/**
 * The filters of a clip's style for its scene. A style with a director looks at the scene first, and what it finds is
 * told in the steps of the clip.
 *
 * @throws what the style threw that this video is not for, or what came in the way of looking
 */
export async function directScene(
  task: TaskHandle,
  clip: ClipPlan,
  run: Pick<ClipsRun, "source" | "faces">,
  { extracting, ...options }: ScoutOptions,
): Promise<string> {
  const { style, scene } = clip;
  if (!style.isFit) throw style.error;
  const { director } = style.processor;
  if (director === undefined) return style.filters;
  const { source } = run;
  const scout: SceneScout = {
    source: source.video,
    durationSec: clip.durationSec,
    filterStartSec: prerollSecOf(source.info, scene.start_sec),
    async faces() {
      const onProgress = tellSearch(task, extracting);
      const found = await run.faces.find(scene, { ...options, onProgress });
      task.step("face_detection_complete", undefined, foundDetails(found));
      return found;
    },
    step(step, details) {
      task.step(step, undefined, details);
    },
    fallBack(reason, message) {
      task.warn(message, { fallback: reason });
    },
  };
  return director.direct(scout);
}

/** Tells how far the search is, which another clip of the scene may have begun. */
function tellSearch(task: TaskHandle, extracting: StepHandle): FindFacesOptions["onProgress"] {
  let detecting: StepHandle | null = null;
  return ({ phase, fraction, frames, faces }: FindingProgress) => {
    if (phase === "reading") return extracting.progress(fraction);
    detecting ??= task.step("detecting_faces", undefined, { frames, faces });
    detecting.progress(fraction, { frames, faces });
  };
}

function foundDetails({ looks, shots, isShared }: SceneFaces & { readonly isShared: boolean }) {
  const confidences = looks.flatMap(({ faces }) => faces.map(({ confidence }) => confidence));
  const most = looks.reduce((max, { faces }) => Math.max(max, faces.length), 0);
  const withFaces = looks.filter(({ faces }) => faces.length > 0).length;
  const sum = confidences.reduce((total, confidence) => total + confidence, 0);
  const text =
    most === 0
      ? `no faces in ${counted(looks.length, "frame")}`
      : `${counted(most, "face")} at a time, in ${withFaces} of ${counted(looks.length, "frame")}`;
  return {
    text,
    ...{ faces: most, frames: looks.length, frames_with_faces: withFaces, shots: shots.length },
    ...(confidences.length > 0 && {
      confidence: rounded(sum / confidences.length, 2),
      confidence_min: rounded(
        confidences.reduce((a, b) => Math.min(a, b), 1),
        2,
      ),
    }),
    ...(isShared && { shared: true }),
  };
}
