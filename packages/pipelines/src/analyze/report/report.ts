import { rounded } from "../../media/words.ts";
import { type AnalyzeRun, fileOf, foldersOf } from "../analyze-run.ts";
import { type RatedClip, ranked } from "../ranking.ts";
import type { Weights } from "../score/score.ts";
import type { ClipSource } from "../sources/clip-source.ts";
import { toErrorWords } from "./error-words.ts";

/** What an analysis found, as `report.json` has it. */
export interface Report {
  readonly version: 1;
  readonly source: { readonly kind: ClipSource["kind"]; readonly title: string };
  readonly basis: "media" | "metadata" | "none";
  readonly note: string | null;
  readonly analyzed_at: string;
  readonly weights: Weights;
  /** The best first. */
  readonly clips: readonly ReportedClip[];
  readonly failed: readonly { readonly title: string; readonly error_code: string; readonly error_message: string }[];
  readonly left_out: number;
}

/** A clip as reports have it. */
export interface ReportedClip {
  readonly rank: number;
  readonly item_id: string;
  readonly title: string;
  /** 0..100 */
  readonly score: number;
  readonly parts: RatedClip["score"]["parts"];
  /** Its page, or where its file was fetched from. */
  readonly url: string | null;
  /** Path of its file on this machine. */
  readonly file: string | null;
  readonly published_at: string | null;
  readonly duration_sec: number | null;
  readonly measured: Measured | null;
}

/** What was measured of its pictures and sound. */
export interface Measured {
  readonly shots: number;
  readonly motion_percent_per_sec: number | null;
  readonly loudness_lufs: number | null;
  readonly loudness_range_lu: number | null;
  readonly sample_peak_dbfs: number | null;
  readonly silence_sec: number;
  readonly black_sec: number;
}

const METADATA_NOTE =
  "the media of these videos cannot be downloaded: the scores are of what the platform tells of them";

/** Puts together what was found. */
export function reportOf(run: AnalyzeRun): Report {
  const { source, tally, weights, nowMs, keeper } = run;
  const clips = ranked(tally.rated).map((clip, i) => reportedClip(clip, i + 1, fileOf(clip.item, keeper)));
  const basis = tally.rated[0]?.score.basis ?? "none";
  return {
    version: 1,
    source: { kind: source.kind, title: source.title },
    basis,
    note: basis === "metadata" ? METADATA_NOTE : null,
    analyzed_at: new Date(nowMs()).toISOString(),
    weights,
    clips,
    failed: tally.failed.map(({ item, error }) => ({
      title: item.title,
      ...toErrorWords(error, foldersOf(run, item)),
    })),
    left_out: tally.leftOut,
  };
}

function reportedClip({ item, score, analysis }: RatedClip, rank: number, file: string | null): ReportedClip {
  const { itemId, title, link, publishedMs, durationSec, media } = item;
  return {
    rank,
    item_id: itemId,
    title,
    score: score.score,
    parts: score.parts,
    url: link ?? (media.kind === "url" ? media.url : null),
    file,
    published_at: publishedMs === null ? null : new Date(publishedMs).toISOString(),
    duration_sec: analysis === null ? durationSec : rounded(analysis.durationSec, 3),
    measured: analysis === null ? null : measuredOf(analysis),
  };
}

/** What was measured, in the units of the report. */
export function measuredOf(analysis: NonNullable<RatedClip["analysis"]>): Measured {
  const { shots, motionPercentPerSec: motion, loudness, silence, black } = analysis;
  const secOf = (spans: typeof black) =>
    rounded(
      spans.reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0),
      3,
    );
  return {
    shots: shots.length,
    motion_percent_per_sec: motion === null ? null : rounded(motion, 2),
    loudness_lufs: loudness?.integratedLufs ?? null,
    loudness_range_lu: loudness?.rangeLu ?? null,
    sample_peak_dbfs: loudness?.samplePeakDbfs ?? null,
    silence_sec: secOf(silence),
    black_sec: secOf(black),
  };
}
