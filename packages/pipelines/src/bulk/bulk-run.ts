import type { FatalStop } from "../media/fatal-stop.ts";
import type { FfmpegGauges } from "../media/ffmpeg-gauges.ts";
import type { BulkOptions } from "./bulk-options.ts";
import type { LimitWatch } from "./limits/limit-watch.ts";
import type { Prepared } from "./prepare.ts";
import type { Tally } from "./tally.ts";

/** What the videos of one run share. */
export interface BulkRun extends Prepared {
  readonly options: BulkOptions;
  readonly tally: Tally;
  readonly stop: FatalStop;
  readonly watch: LimitWatch;
  readonly gauges: Pick<FfmpegGauges, "progress" | "ended">;
}

/** The folders that it reads from and writes to. */
export function foldersOf({ rowsDir, outDir }: Pick<BulkRun, "rowsDir" | "outDir">): readonly string[] {
  return [rowsDir, outDir];
}
