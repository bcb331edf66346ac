import { dirname } from "node:path";
import type { FatalStop } from "../media/fatal-stop.ts";
import type { FfmpegGauges } from "../media/ffmpeg-gauges.ts";
import type { AnalyzeOptions } from "./analyze-options.ts";
import type { TopKeeper } from "./keep-top.ts";
import type { Prepared } from "./prepare.ts";
import type { Tally } from "./ranking.ts";
import type { SourceItem } from "./sources/clip-source.ts";

/** What the stages and clips of one run share. */
export interface AnalyzeRun extends Prepared {
  readonly options: AnalyzeOptions;
  readonly tally: Tally;
  readonly keeper: TopKeeper;
  readonly stop: FatalStop;
  readonly gauges: Pick<FfmpegGauges, "progress" | "ended">;
  readonly nowMs: () => number;
}

/** The folders that are not to be named to viewers. */
export function foldersOf({ outDir }: Pick<AnalyzeRun, "outDir">, item?: SourceItem): readonly string[] {
  return [outDir, ...(item?.media.kind === "file" ? [dirname(item.media.path)] : [])];
}

/** Path of a clip's file on this machine; null where it was not downloaded, or not kept. */
export function fileOf({ media, itemId }: SourceItem, keeper: Pick<TopKeeper, "pathOf">): string | null {
  return media.kind === "file" ? media.path : keeper.pathOf(itemId);
}
