import { dirname } from "node:path";
import type { FatalStop } from "../media/fatal-stop.ts";
import type { FfmpegGauges } from "../media/ffmpeg-gauges.ts";
import type { ClipsOptions } from "./clips-options.ts";
import type { EncoderChoice } from "./encoder-choice.ts";
import type { FaceFinder } from "./faces/face-finder.ts";
import type { Prepared } from "./prepare.ts";
import type { SceneLoudness } from "./scene-loudness.ts";
import type { Tally } from "./tally.ts";

/** What the stages and clips of one run share. */
export interface ClipsRun extends Prepared {
  readonly options: ClipsOptions;
  readonly tally: Tally;
  readonly stop: FatalStop;
  readonly encoders: EncoderChoice;
  readonly loudness: SceneLoudness;
  /** Ended with the run. */
  readonly faces: FaceFinder;
  readonly gauges: Pick<FfmpegGauges, "progress" | "ended">;
}

/** The folders that it reads from and writes to. */
export function foldersOf({ source, outDir }: Pick<ClipsRun, "source" | "outDir">): readonly string[] {
  return [dirname(source.path), outDir];
}
