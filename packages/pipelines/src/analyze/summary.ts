import { fileWords, rounded } from "../media/words.ts";
import { type AnalyzeRun, fileOf } from "./analyze-run.ts";
import { ranked } from "./ranking.ts";

/** How many words a viewer needs to know a clip again. */
const MAX_TITLE = 120;

/** One of the best, as the job's summary names it. */
export interface TopClip {
  readonly rank: number;
  readonly score: number;
  readonly title: string;
  /** Its page; null where it has none. */
  readonly url: string | null;
  /** The name of its file; null where it is not on this machine. */
  readonly file: string | null;
}

/**
 * What a job that is done has to tell.
 *
 * @param wallMs how long it took, pauses included
 */
export function summaryOf(
  { tally, top, keeper }: Pick<AnalyzeRun, "tally" | "top" | "keeper">,
  wallMs: number,
): Record<string, unknown> {
  const best = ranked(tally.rated).slice(0, top);
  const basis = tally.rated[0]?.score.basis;
  const topClips: readonly TopClip[] = best.map((clip, i) => {
    const file = fileOf(clip.item, keeper);
    return {
      rank: i + 1,
      score: clip.score.score,
      title: clip.item.title.slice(0, MAX_TITLE),
      url: clip.item.link,
      file: file === null ? null : fileWords(file),
    };
  });
  return {
    clips_total: tally.planned,
    clips_analyzed: tally.rated.length,
    clips_failed: tally.failed.length,
    ...(tally.leftOut > 0 && { clips_left_out: tally.leftOut }),
    ...(basis !== undefined && { score_basis: basis }),
    best_score: best[0]?.score.score ?? 0,
    top: topClips,
    wall_sec: rounded(wallMs / 1_000, 2),
    report: "report.json",
  };
}
