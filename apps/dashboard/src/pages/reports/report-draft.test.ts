import { expect, test } from "vitest";
import { draftOf, emptyForm, faultOf, type ReportForm } from "./report-draft.ts";

const NOW_MS = Date.parse("2026-11-21T14:20:00Z");
const ROME = "Europe/Rome";
const form = (more: Partial<ReportForm> = {}): ReportForm => ({ ...emptyForm(NOW_MS, ROME), ...more });

test("at first it is of the last week, up to last midnight of the shown zone", () => {
  expect(form()).toMatchObject({ kind: "weekly", from: "2026-11-14T00:00", to: "2026-11-21T00:00" });
});

test.each([
  ["the last whole week", form(), { kind: "weekly", time_zone: ROME }],
  [
    "a range of one's own, of some functions and kinds",
    form({
      kind: "custom",
      functions: " renderClip , ffmpeg.run,,",
      kinds: "clips",
      metrics: ["p95_ms"],
      title: " Mine ",
    }),
    {
      kind: "custom",
      time_zone: ROME,
      from: "2026-11-13T23:00:00.000Z",
      to: "2026-11-20T23:00:00.000Z",
      functions: ["renderClip", "ffmpeg.run"],
      kinds: ["clips"],
      metrics: ["p95_ms"],
      title: "Mine",
    },
  ],
] as const)("%s", (_, given, draft) => {
  expect(faultOf(given, ROME)).toBeNull();
  expect(draftOf(given, ROME)).toEqual(draft);
});

test.each([
  ["no beginning", form({ kind: "trend", from: "" }), "Say from when to when."],
  ["an end before the beginning", form({ kind: "custom", to: "2026-11-13T00:00" }), "It has to begin before it ends."],
  ["nothing to tell", form({ metrics: [] }), "Choose at least one thing to tell."],
] as const)("%s is no request", (_, given, fault) => expect(faultOf(given, ROME)).toBe(fault));
