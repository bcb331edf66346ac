import type { PauseGate, ReadFramesOptions } from "@playhead/ffmpeg";
import { detectScenes, readFrames } from "../../media/ffmpeg-calls.ts";
import type { Source } from "../../media/source.ts";
import type { FoundFace } from "./detector-thread.ts";
import type { Face, Look, SceneFaces } from "./face.ts";
import { DETECTOR_FRAME, type FaceDetector } from "./face-detector.ts";
import { LOOKS_PER_SEC } from "./follow.ts";

/** How far it is. */
export interface FindingProgress {
  /** First the scene is read for its cuts, then it is looked at for faces. */
  readonly phase: "reading" | "detecting";
  /** 0..1, of the phase. */
  readonly fraction: number;
  /** Pictures looked at, and faces seen in all of them together. */
  readonly frames: number;
  readonly faces: number;
}

export interface FindFacesOptions extends Pick<ReadFramesOptions, "registryDir" | "ffmpegPath"> {
  readonly signal: AbortSignal;
  readonly pause: PauseGate;
  readonly onProgress: (progress: FindingProgress) => void;
}

/** Cuts inside of a scene count however close they are; a flash of some frames is none. */
const MIN_SHOT_SEC = 0.2;

/**
 * Finds the shots of a scene and the faces in it.
 *
 * @param openDetector called once the scene has been read
 * @throws PlayheadError of ffmpeg or of the detector, or `canceled`
 */
export async function findFaces(
  source: Source,
  scene: { readonly start_sec: number; readonly end_sec: number },
  openDetector: () => Promise<FaceDetector>,
  { onProgress, ...runOptions }: FindFacesOptions,
): Promise<SceneFaces> {
  const part = { startSec: scene.start_sec, durationSec: scene.end_sec - scene.start_sec };
  const options = { ...runOptions, part, includeStderr: true };
  const shots = await detectScenes(source.path, source.info, {
    ...options,
    ...{ minSceneSec: MIN_SHOT_SEC, maxSceneSec: Number.POSITIVE_INFINITY },
    onProgress: ({ fraction }) => onProgress({ phase: "reading", fraction: fraction ?? 0, frames: 0, faces: 0 }),
  });
  const detector = await openDetector();
  const looks: Look[] = [];
  let faceCount = 0;
  onProgress({ phase: "detecting", fraction: 0, frames: 0, faces: 0 });
  const reading = { ...options, framesPerSec: LOOKS_PER_SEC, size: DETECTOR_FRAME };
  await readFrames(source.path, source.info, reading, async ({ timeSec, ...frame }) => {
    const found = await detector.detect(frame);
    looks.push({ timeSec, faces: found.map((each) => inPixels(each, source.video)) });
    faceCount += found.length;
    const fraction = Math.min(1, (timeSec + 1 / LOOKS_PER_SEC) / part.durationSec);
    onProgress({ phase: "detecting", fraction, frames: looks.length, faces: faceCount });
  });
  return { shots, looks: awayFromCuts(looks, shots, 1 / (source.video.frameRate ?? 25)) };
}

function inPixels([x, y, width, height, confidence]: FoundFace, picture: Source["video"]): Face {
  return {
    ...{ x: x * picture.width, y: y * picture.height },
    ...{ width: width * picture.width, height: height * picture.height, confidence },
  };
}

/** Within a frame of a cut nobody can tell which shot a look is of: those are left out. */
function awayFromCuts(looks: readonly Look[], shots: SceneFaces["shots"], frameSec: number): readonly Look[] {
  const cuts = shots.slice(1).map(({ startSec }) => startSec);
  return looks.filter(({ timeSec }) => cuts.every((cutSec) => Math.abs(timeSec - cutSec) > frameSec));
}
