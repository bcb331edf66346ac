import { PlayheadError } from "@playhead/sdk";
import { rounded } from "../../media/words.ts";

/** What a score is made of: of the media itself, and of what a platform tells where the media cannot be had. */
export const DEFAULT_WEIGHTS = {
  motion: 3,
  pace: 2.5,
  loudness: 2,
  sound: 1.5,
  picture: 1,
  length: 1,
  views: 3,
  likes: 2.5,
  comments: 1.5,
  freshness: 1,
} as const;

export type PartName = keyof typeof DEFAULT_WEIGHTS;
export type Weights = Readonly<Record<PartName, number>>;

/** One thing that speaks for a clip, or against it. */
export interface ScorePart {
  readonly part: PartName;
  /** 0..1 */
  readonly value: number;
  /** Why, in words. */
  readonly reason: string;
}

/** How good a clip is. */
export interface Score {
  /** 0..100, to a tenth. */
  readonly score: number;
  /** Of the media, or of what its platform tells. */
  readonly basis: "media" | "metadata";
  readonly parts: readonly (ScorePart & { readonly weight: number })[];
}

/**
 * The mean of the parts by their weights, times 100. A part that gets better never makes it worse. What is not known is
 * not among the parts: it counts neither for a clip nor against it.
 */
export function scoreOf(basis: Score["basis"], parts: readonly ScorePart[], weights: Weights): Score {
  const weighed = parts.map((part) => ({ ...part, value: rounded(part.value, 3), weight: weights[part.part] }));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const sum = weighed.reduce((all, { value, weight }) => all + value * weight, 0);
  return { score: total === 0 ? 0 : rounded((100 * sum) / total, 1), basis, parts: weighed };
}

/**
 * The weights asked for, over those that are usual.
 *
 * @throws PlayheadError `validation_error` for an unknown part, or a weight that is no number from 0
 */
export function weightsOf(wanted: Readonly<Record<string, number>> = {}): Weights {
  const weights: Record<PartName, number> = { ...DEFAULT_WEIGHTS };
  for (const [part, weight] of Object.entries(wanted)) {
    if (!Object.hasOwn(DEFAULT_WEIGHTS, part)) {
      throw new PlayheadError("validation_error", `there is no part ${JSON.stringify(part)} of the score`, {
        hint: `choose among ${Object.keys(DEFAULT_WEIGHTS).join(", ")}`,
      });
    }
    if (!Number.isFinite(weight) || weight < 0) {
      throw new PlayheadError(
        "validation_error",
        `expected the weight of ${part} to be a number from 0, got ${weight}`,
      );
    }
    weights[part as PartName] = weight;
  }
  for (const basis of [MEDIA_PARTS, METADATA_PARTS]) {
    if (basis.some((part) => weights[part] > 0)) continue;
    throw new PlayheadError("validation_error", `expected one of ${basis.join(", ")} to have a weight over 0`);
  }
  return weights;
}

const MEDIA_PARTS: readonly PartName[] = ["motion", "pace", "loudness", "sound", "picture", "length"];
const METADATA_PARTS: readonly PartName[] = ["views", "likes", "comments", "freshness", "length"];
