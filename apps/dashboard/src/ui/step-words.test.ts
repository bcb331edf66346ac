import { expect, test } from "vitest";
import { isMilestone, lookOfStep, spell } from "./step-words.ts";

test.each([
  ["rendering", "Render", "render"],
  ["detecting_faces", "Detect faces", "analyse"],
  ["storage_upload", "Store", "deliver"],
  ["download_source", "Download source", "prepare"],
  ["measure-loudness", "Measure loudness", "analyse"],
  ["__proto__", "Proto", "render"],
  ["éclairage", "Éclairage", "render"],
])("%s reads %s, and is to %s", (step, word, tone) => {
  expect(lookOfStep(step)).toEqual({ word, tone });
});

test("milestones only say that something has ended", () => {
  expect(["render_complete", "rendering"].map(isMilestone)).toEqual([true, false]);
});

test("a machine's word, spelled", () => {
  expect(spell("center_focus")).toBe("Center focus");
});
