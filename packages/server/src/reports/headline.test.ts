import type { ReportFigure } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { headlineOf } from "./headline.ts";
import { type JobTotals, noJobs } from "./job-totals.ts";
import { capitalPieces, pieceNameOf } from "./piece-name.ts";

const figure = (id: string, value: number, change: number | null = null): ReportFigure => ({
  ...({ id, label: id, unit: "count", before: null, better: null } as const),
  ...{ value, change },
});

describe("what a report comes to", () => {
  const OF = { kind: "weekly", piece: "clip", isOver: true } as const;
  test.each([
    {
      name: "a week",
      figures: [figure("clips_processed", 412, 0.12), figure("jobs_ended", 38), figure("jobs_failed", 3)],
      options: OF,
      said: "412 clips processed in 38 jobs, 12 % more than the week before. 3 jobs failed.",
    },
    {
      name: "far more than before",
      figures: [figure("clips_processed", 1_875, 13.76), figure("jobs_ended", 34)],
      options: OF,
      said: "1,875 clips processed in 34 jobs, 15 times as many as the week before. None failed.",
    },
    {
      name: "one that is not over, of pieces of all sorts",
      figures: [figure("clips_processed", 41), figure("jobs_ended", 11), figure("jobs_failed", 0)],
      options: { ...OF, piece: "item", isOver: false } as const,
      said: "So far 41 items processed in 11 jobs. None failed.",
    },
    {
      name: "nothing, not over",
      figures: [figure("clips_processed", 0), figure("jobs_ended", 0)],
      options: { ...OF, isOver: false },
      said: "So far no job ended.",
    },
    { name: "nothing that was asked for", figures: [], options: { ...OF, isOver: false }, said: "" },
  ])("$name: $said", ({ figures, options, said }) => {
    expect(headlineOf(figures, options)).toBe(said);
  });
});

describe("what jobs are made of", () => {
  const kinds = (clipsBy: Readonly<Record<string, number>>) => ({
    byKind: new Map<string, JobTotals>(Object.entries(clipsBy).map(([kind, clips]) => [kind, { ...noJobs(), clips }])),
  });
  test.each([
    { name: "nothing", found: [kinds({})], word: "Clips" },
    { name: "clips alone", found: [kinds({ clips: 3, analyze: 2 })], word: "Clips" },
    { name: "videos alone", found: [kinds({ bulk: 3 })], word: "Videos" },
    { name: "clips and parts of a merge", found: [kinds({ clips: 3, merge: 2 })], word: "Items" },
    { name: "clips, and jobs without any piece", found: [kinds({ clips: 3, merge: 0 })], word: "Clips" },
    { name: "clips now, videos before", found: [kinds({ clips: 3 }), kinds({ bulk: 1 })], word: "Items" },
    { name: "a kind of others", found: [kinds({ import: 3 })], word: "Items" },
  ])("$name: $word", ({ found, word }) => {
    expect(capitalPieces(pieceNameOf(...found))).toBe(word);
  });
});
