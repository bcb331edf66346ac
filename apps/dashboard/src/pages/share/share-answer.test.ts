import { emptyJob, type Job, NO_PROGRESS } from "@playhead/core";
import { expect, test } from "vitest";
import { shareAnswer } from "./share-answer.ts";

const NOW_MS = Date.parse("2026-11-21T14:00:00Z");
const MIN_MS = 60_000;

const job = (kind: string, state: Job["state"], progress: Partial<Job["progress"]> = {}): Job => ({
  ...emptyJob("j"),
  kind,
  state,
  created_at: "2026-11-21T13:40:00Z",
  started_at: "2026-11-21T13:48:00Z",
  ended_at: state === "completed" ? "2026-11-21T14:00:00Z" : null,
  progress: { ...NO_PROGRESS, ...progress },
});
const eta = (low: number, mid: number, high: number) => ({
  eta_low_ms: low * MIN_MS,
  eta_ms: mid * MIN_MS,
  eta_high_ms: high * MIN_MS,
});

test.each([
  ["clips, soon", job("clips", "running", eta(16, 18, 20)), "Your clips will be ready by 14:20", "≈ 18 min left"],
  [
    "a video, who knows",
    job("merge", "running", eta(8, 18, 40)),
    "Your video will be ready between 14:08 and 14:40",
    "≈ 8–40 min left",
  ],
  [
    "tomorrow",
    job("bulk", "running", eta(1_200, 1_300, 1_400)),
    "Your videos will be ready by 22 Nov 13:20",
    "≈ 22 h left",
  ],
  ["too early", job("merge", "running"), "Your video is being made", "Too early to say how long it takes."],
  ["not begun", job("podcast", "pending"), "It is waiting to be made", "It begins by itself; you can leave this open."],
  ["nearly", job("clips", "completing"), "Your clips are nearly ready", "Finishing."],
  ["paused", job("clips", "paused"), "Paused", "It goes on when whoever runs it says so."],
  [
    "done, in part",
    job("clips", "completed", { items_completed: 23, items_failed: 1 }),
    "Your clips are ready",
    "23 made, 1 failed in 12 m 00 s.",
  ],
  ["failed", job("clips", "failed"), "This did not work", "Whoever runs it can see why, and try it again."],
] as const)("%s", (_, given, heading, detail) => {
  expect(shareAnswer(given, NOW_MS, "UTC")).toEqual({ heading, detail });
});
