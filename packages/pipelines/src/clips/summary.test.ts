import { expect, test } from "vitest";
import { canceledCount } from "../media/tell-made.ts";
import type { ClipPlan } from "./clip-plan.ts";
import type { ClipEntry } from "./manifest.ts";
import type { FittedStyle } from "./styles/fit-style.ts";
import { original } from "./styles/original.ts";
import { split } from "./styles/split.ts";
import type { StyleProcessor } from "./styles/style.ts";
import { summaryOf } from "./summary.ts";
import { createTally, finishedClips, type Tally } from "./tally.ts";
import { UNTREATED } from "./treatment.ts";

function planned(clipId: string, scene_id: string, processor: StyleProcessor): ClipPlan {
  const style: FittedStyle = { processor, isFit: true, size: { width: 2, height: 2 }, filters: "null" };
  const scene = { scene_id, title: "", start_sec: 0, end_sec: 4 };
  return {
    ...{ clipId, scene, style, treatment: UNTREATED, durationSec: 4 },
    ...{ fileName: `${clipId}.mp4`, thumbnailName: `${clipId}.jpg` },
  };
}

function entry(clip_id: string, size_bytes = 1_000): ClipEntry {
  return {
    ...{ clip_id, source_id: "source_1", scene_id: "1", scene_title: "", style: "split", file: `${clip_id}.mp4` },
    ...{ thumbnail: null, start_sec: 0, duration_sec: 4, width: 2, height: 2, size_bytes },
  };
}

function tallyOf(): Tally {
  const [a, b, c, d, e] = [
    planned("a", "1", original),
    planned("b", "1", split),
    planned("c", "2", original),
    planned("d", "2", split),
    planned("e", "3", split),
  ];
  const tally = createTally();
  tally.planned = [a, b, c, d, e];
  tally.made.push(
    { clip: b, entry: entry("b"), renderMs: 4_000 },
    { clip: a, entry: entry("a", 500), renderMs: 1_000 },
  );
  tally.found.push(entry("c"));
  tally.failed.push({ clip: d, error: new Error("no") });
  return tally;
}

test("tells counts, sizes and speeds, in plain values whose names tell their units", () => {
  expect(summaryOf(tallyOf(), 4_321)).toEqual({
    scenes: 3,
    ...{ clips_total: 5, clips_completed: 2, clips_failed: 1, clips_skipped: 1 },
    ...{ wall_sec: 4.32, media_sec: 8, speed_ratio: 1.85, size_bytes: 1_500 },
    ...{ fastest_style: "Original, 4×", slowest_style: "Split, 1×", manifest: "manifest.json" },
  });
});

test("has no speed of nothing, and no fastest of one", () => {
  const { planned: all, found } = tallyOf();
  expect(summaryOf({ planned: all, made: [], found, failed: [] }, 0)).not.toHaveProperty("speed_ratio");
  expect(summaryOf({ planned: all, made: [], found: [], failed: [] }, 0)).not.toHaveProperty("manifest");
  expect(summaryOf({ ...tallyOf(), made: tallyOf().made.slice(0, 1) }, 1)).not.toHaveProperty("fastest_style");
});

test("finished clips come in the order of the plan; what nobody ended was canceled", () => {
  expect(finishedClips(tallyOf()).map(({ clip_id }) => clip_id)).toEqual(["a", "b", "c"]);
  expect(canceledCount(tallyOf())).toBe(1);
});
