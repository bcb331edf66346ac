import { rounded } from "../../media/words.ts";
import type { SourceItem } from "../sources/clip-source.ts";
import { ramp, saturating } from "./curves.ts";
import { lengthPart } from "./length-part.ts";
import type { ScorePart } from "./score.ts";

/** 100 000 views a day are the best there is; ten times as many views are worth a fifth more. */
const BEST_VIEWS_LOG = 5;
/** A like in 33 views, and a comment in 333, are half of the best. */
const HALF_LIKES = 0.03;
const HALF_COMMENTS = 0.003;
/** So many views without a like or a comment are added: what a handful of viewers did proves little. */
const PRIOR_VIEWS = 100;
/** After so long, news are half as fresh. */
const HALF_LIFE_DAYS = 30;
const DAY_MS = 86_400_000;

/** What a platform tells of a clip says for it, where its pictures and sound cannot be had. */
export function metadataParts(
  { stats, publishedMs, durationSec }: Pick<SourceItem, "stats" | "publishedMs" | "durationSec">,
  nowMs: number,
): readonly ScorePart[] {
  const { views = null, likes = null, comments = null } = stats ?? {};
  const ageDays = publishedMs === null ? null : Math.max(0, nowMs - publishedMs) / DAY_MS;
  const parts: ScorePart[] = [];
  if (views !== null) {
    // On its first day a clip has had no longer than a day.
    const perDay = views / Math.max(1, ageDays ?? 1);
    const when = ageDays === null ? "views" : "views a day";
    const value = ramp(Math.log10(1 + perDay), 0, BEST_VIEWS_LOG);
    parts.push({ part: "views", value, reason: `${rounded(perDay, 1)} ${when}` });
  }
  if (views !== null && likes !== null) parts.push(per("likes", likes, views, HALF_LIKES));
  if (views !== null && comments !== null) parts.push(per("comments", comments, views, HALF_COMMENTS));
  if (ageDays !== null) {
    const reason = `published ${rounded(ageDays, 1)} days ago`;
    parts.push({ part: "freshness", value: 2 ** (-ageDays / HALF_LIFE_DAYS), reason });
  }
  if (durationSec !== null) parts.push(lengthPart(durationSec));
  return parts;
}

function per(part: "likes" | "comments", count: number, views: number, half: number): ScorePart {
  const ratio = count / (views + PRIOR_VIEWS);
  return { part, value: saturating(ratio, half), reason: `${rounded(ratio * 100, 2)} ${part} in 100 views` };
}
