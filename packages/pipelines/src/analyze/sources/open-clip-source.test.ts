import { expect, test } from "vitest";
import { parseSource } from "./open-clip-source.ts";
import { nextQuotaReset } from "./quota-reset.ts";
import { isoDurationSec } from "./youtube.ts";

const channel = (name: string) => ({ kind: "youtube", target: { kind: "channel", channel: name } });
const playlist = { kind: "youtube", target: { kind: "playlist", playlistId: "PL1" } };

test.each([
  ["talks", { kind: "folder", path: "talks" }],
  ["-talks", { kind: "folder", path: "-talks" }],
  ["https://example.com/feed.xml", { kind: "feed", url: "https://example.com/feed.xml" }],
  ["youtube:channel:@name", channel("@name")],
  ["https://www.youtube.com/@name/videos", channel("@name")],
  ["https://www.youtube.com/%40name", channel("@name")],
  ["https://youtube.com/channel/UCabc", channel("UCabc")],
  ["youtube:playlist:PL1", playlist],
  ["https://www.youtube.com/playlist?list=PL1", playlist],
  ["youtube:search:cats: the film", { kind: "youtube", target: { kind: "search", words: "cats: the film" } }],
])("%s", (text, expected) => {
  expect(parseSource(text)).toEqual(expected);
});

test.each(["youtube:", "youtube:video:x", "https://www.youtube.com/watch?v=x"])("%s names nothing to list", (text) => {
  expect(() => parseSource(text)).toThrow(expect.objectContaining({ code: "validation_error" }));
});

test.each([
  ["PT1H2M3S", 3723],
  ["PT45S", 45],
  ["P1DT1S", 86_401],
  ["P0D", null],
  ["1:02", null],
])("a length of %s is %s s", (text, expected) => {
  expect(isoDurationSec(text)).toBe(expected);
});

test.each([
  ["2026-11-22T00:00:00Z", "2026-11-22T08:00:00Z"],
  ["2026-07-01T06:59:59Z", "2026-07-01T07:00:00Z"],
  ["2026-07-01T07:00:00Z", "2026-07-02T07:00:00Z"],
  // Summer time ends there on November 1.
  ["2026-11-01T12:00:00Z", "2026-11-02T08:00:00Z"],
])("at %s the quota is full again at %s", (now, expected) => {
  expect(new Date(nextQuotaReset(Date.parse(now))).toISOString()).toBe(expected.replace("Z", ".000Z"));
});
