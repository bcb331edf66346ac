import { expect, test } from "vitest";
import { type PartFacts, somePart } from "../../fixtures/some-part.ts";
import { chooseFrame } from "./choose-frame.ts";
import { decideJoin, isCompressed } from "./decide-join.ts";
import type { MergeOptions } from "./merge-options.ts";

const decide = (facts: readonly PartFacts[], wanted: Pick<MergeOptions, "size" | "fps"> = {}) => {
  const parts = facts.map((each, index) => somePart({ number: index + 1, ...each }));
  return decideJoin(parts, chooseFrame(parts, wanted), wanted);
};

test("parts whose streams are the same are copied, whatever their length", () => {
  expect(decide([{}, { durationSec: 9 }, {}])).toEqual({
    mode: "copied",
    reason: "all 3 parts have the same streams (h264 and aac)",
  });
  expect(decide([{ channels: 0 }, { channels: 0 }])).toMatchObject({ mode: "copied" });
  expect(decide([{}, {}], { size: { width: 640, height: 360 }, fps: 25 })).toMatchObject({ mode: "copied" });
});

test.each<readonly [reason: string, second: PartFacts]>([
  ["the picture of part 2 (2.mp4) has another width than that of part 1: 320, not 640", { width: 320 }],
  [
    "the picture of part 2 (2.mp4) has another codec than that of part 1: hevc, not h264",
    { video: { codec_name: "hevc" } },
  ],
  [
    "the picture of part 2 (2.mp4) has another set-up of the encoder than that of part 1",
    { video: { extradata_hash: "MD5:x" } },
  ],
  ["the sound of part 2 (2.mp4) has another number of channels than that of part 1: 1, not 2", { channels: 1 }],
  ["part 2 (2.mp4) has no sound, and part 1 (1.mp4) has", { channels: 0 }],
  ["part 2 (2.mp4) has vp9 pictures, which not every player takes in an mp4", { video: { codec_name: "vp9" } }],
  ["part 2 (2.mp4) has opus sound, which not every player takes in an mp4", { audio: { codec_name: "opus" } }],
  ["part 2 (2.mp4) does not tell how its streams were set up", { video: { extradata_hash: "" } }],
  ["part 2 (2.mp4) is turned by 90° when it is played", { rotation: 90 }],
  ["a stream of part 2 (2.mp4) begins 0.4 s late", { startSec: 0.4 }],
  ["sound and pictures of part 2 (2.mp4) end 1.5 s apart", { soundEndSec: 0.5 }],
  [
    "part 2 (2.mp4) has other streams than one of pictures and at most one of sound",
    { others: [{ kind: "other", startSec: 0, parameters: {} }] },
  ],
])("encoded, since %s", (reason, second) => {
  expect(decide([{}, second])).toEqual({ mode: "normalised", reason });
});

test("encoded, since something else is wanted", () => {
  expect(decide([{}, {}], { size: { width: 320, height: 180 } }).reason).toBe(
    "the parts are 640 × 360, and 320 × 180 is wanted",
  );
  expect(decide([{}, {}], { fps: 30 }).reason).toBe("the parts have 25 pictures a second, and 30 are wanted");
});

test.each([
  { target: undefined, copied: false, normalised: false },
  { target: { kind: "quality", crf: 28 } as const, copied: true, normalised: false },
  { target: { kind: "size", maxBytes: 9 } as const, copied: true, normalised: true },
])("what is joined is encoded once more: $target", ({ target, copied, normalised }) => {
  expect(isCompressed(target, { decision: { mode: "copied", reason: "" } })).toBe(copied);
  expect(isCompressed(target, { decision: { mode: "normalised", reason: "" } })).toBe(normalised);
});
