import type { ClipsOptions } from "./clips-options.ts";
import type { FatalStop } from "./fatal-stop.ts";
import type { FfmpegGauges } from "./ffmpeg-gauges.ts";
import type { Prepared } from "./prepare.ts";
import type { Tally } from "./tally.ts";

/** What the stages and clips of one run share. */
export interface ClipsRun extends Prepared {
  readonly options: ClipsOptions;
  readonly tally: Tally;
  readonly stop: FatalStop;
  readonly gauges: Pick<FfmpegGauges, "progress" | "ended">;
}
