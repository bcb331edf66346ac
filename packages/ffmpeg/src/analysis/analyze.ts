import { PlayheadError } from "@playhead/core";
import { sizeWithin } from "../plan/even-size.ts";
import { planTask } from "../plan/plan.ts";
import type { AudioStream, MediaInfo, VideoStream } from "../probe/media-info.ts";
import { run } from "../run/run.ts";
import type { RunOptions } from "../run/run-options.ts";
import { decideCuts, type SceneCut } from "../scenes/decide-cuts.ts";
import { COMPARE_SIDE } from "../scenes/detect-scenes.ts";
import { displayName } from "../system/display-name.ts";
import { createPictureReader, motionOf } from "./picture-lines.ts";
import { createSoundReader, type Loudness } from "./sound-lines.ts";
import type { Span } from "./span.ts";

export type AnalyzeOptions = Omit<RunOptions, "onStdout" | "onInfo">;

/** What is to be seen and heard in a video. */
export interface MediaAnalysis {
  /** How long there are pictures. */
  readonly durationSec: number;
  /** What lies between two cuts, without a gap. */
  readonly shots: readonly SceneCut[];
  /** By how many percent a pixel's brightness changes in a second, cuts left out; null for a single frame. */
  readonly motionPercentPerSec: number | null;
  /** Where the picture is black for a tenth of a second or more. */
  readonly black: readonly Span[];
  /** null without sound. */
  readonly loudness: Loudness | null;
  /** Where there is sound, but it is below −50 dB for half a second or more. */
  readonly silence: readonly Span[];
}

/** A shot may be this short: quick cuts are what is to be found, not scenes to make clips of. */
const MIN_SHOT_SEC = 0.4;
const BLACK_SEC = 0.1;
const SILENCE = "silencedetect=noise=-50dB:duration=0.5";

/**
 * Looks at and listens to all of a video, in one run that decodes it once. The filter `scdet` compares each frame with
 * the one before anyway, so motion costs nothing beside the cuts.
 * @throws PlayheadError `input_no_video`, or as {@link run}
 */
export async function analyze(path: string, info: MediaInfo, options: AnalyzeOptions = {}): Promise<MediaAnalysis> {
  const { video } = info;
  const [audio] = info.audio;
  if (video === null) {
    throw new PlayheadError("input_no_video", `${displayName(path)} has no video to look at`, {
      hint: "give a video file",
    });
  }
  const endSec = video.durationSec ?? info.durationSec;
  const pictures = createPictureReader();
  const sound = createSoundReader();
  const { durationSec: readSec } = await run(planOf(path, video, audio, endSec), {
    ...options,
    onInfo: sound.take,
    async onStdout(stdout) {
      for await (const text of stdout.setEncoding("latin1")) pictures.push(text);
      pictures.end();
    },
  });
  const seen = pictures.findings();
  const durationSec = endSec ?? readSec ?? seen.scores.at(-1)?.timeSec ?? 0;
  const shots = decideCuts(seen.scores, durationSec, {
    minSceneSec: MIN_SHOT_SEC,
    // None is divided because it is long.
    maxSceneSec: 2 * MIN_SHOT_SEC + durationSec,
  });
  const heard = sound.findings();
  return {
    durationSec,
    shots,
    motionPercentPerSec: motionOf(
      seen,
      shots.slice(1).map(({ startSec }) => startSec),
    ),
    black: seen.black(durationSec),
    loudness: heard.loudness,
    silence: heard.silence(audio?.durationSec ?? durationSec),
  };
}

/** What a file says of its own frames is thrown away first: only what the filters find is printed. */
function planOf(path: string, video: VideoStream, audio: AudioStream | undefined, endSec: number | null) {
  const { width, height } = sizeWithin(video, COMPARE_SIDE);
  const look = `metadata=mode=delete,scale=${width}:${height},format=yuv420p,scdet=threshold=100`;
  const black = `blackdetect=black_min_duration=${BLACK_SEC}`;
  const pictures = `[0:${video.index}]${look},${black},metadata=mode=print:file=-[pictures]`;
  const sound = audio && `[0:${audio.index}]ebur128=peak=sample:framelog=verbose,${SILENCE}[sound]`;
  return planTask({
    inputs: [{ kind: "file", path, sourceDurationSec: endSec }],
    filterGraph: sound === undefined ? pictures : `${pictures};${sound}`,
    maps: sound === undefined ? ["[pictures]"] : ["[pictures]", "[sound]"],
    video: { codec: "raw", pixelFormat: "yuv420p" },
    audio: sound === undefined ? null : { codec: "pcm" },
    output: { kind: "none" },
  });
}
