import type { JobsFound } from "./job-totals.ts";

/** What people call what jobs work off one by one. */
export type PieceName = "clip" | "video" | "item";

/** Of the kinds that Playhead brings along; those of others may be made of anything. */
const PIECES: Readonly<Record<string, PieceName>> = { clips: "clip", analyze: "clip", bulk: "video" };

/** What the jobs of a report are made of; items, where that is of several sorts, as the parts of a merge beside clips. */
export function pieceNameOf(...found: readonly Pick<JobsFound, "byKind">[]): PieceName {
  const names = new Set<PieceName>();
  for (const { byKind } of found) {
    for (const [kind, { clips, clipsFailed }] of byKind) {
      if (clips + clipsFailed > 0) names.add(PIECES[kind] ?? "item");
    }
  }
  const [only = "clip"] = names;
  return names.size > 1 ? "item" : only;
}

/** `Clips`. */
export const capitalPieces = (piece: PieceName): string => `${piece.charAt(0).toUpperCase()}${piece.slice(1)}s`;
