import { expect, test } from "vitest";
import { somePart } from "../../fixtures/some-part.ts";
import { chooseFrame, usualRate } from "./choose-frame.ts";

const part = (width: number, height: number, durationSec: number, frameRate = 25) =>
  somePart({ width, height, frameRate, durationSec });

test.each([
  { name: "all alike", parts: [part(640, 360, 5), part(640, 360, 2)], size: [640, 360] },
  { name: "a short large one does not decide", parts: [part(640, 360, 60), part(3840, 2160, 5)], size: [640, 360] },
  { name: "a large one of some length does", parts: [part(160, 90, 60), part(1920, 1080, 30)], size: [1920, 1080] },
  { name: "nor does a small one", parts: [part(1920, 1080, 60), part(320, 180, 50)], size: [1920, 1080] },
  { name: "what most of the time is: upright", parts: [part(720, 1280, 9), part(1920, 1080, 8)], size: [720, 1280] },
  { name: "odd sides are made even", parts: [part(161, 91, 1), part(161, 91, 1)], size: [160, 90] },
  { name: "no smaller than an encoder takes", parts: [part(8, 6, 1), part(8, 6, 1)], size: [16, 16] },
])("the size: $name", ({ parts, size: [width, height] }) => {
  expect(chooseFrame(parts, {}).size).toEqual({ width, height });
});

test.each([
  { name: "all alike", parts: [part(16, 16, 1, 25), part(16, 16, 1, 25)], rate: "25" },
  { name: "a short fast one does not decide", parts: [part(16, 16, 9, 24), part(16, 16, 1, 60)], rate: "24" },
  { name: "a fast one of some length does", parts: [part(16, 16, 9, 24), part(16, 16, 9, 60)], rate: "60" },
  { name: "a varying one goes up", parts: [part(16, 16, 1, 27.3), part(16, 16, 1, 27.3)], rate: "30000/1001" },
])("the rate: $name", ({ parts, rate }) => {
  expect(chooseFrame(parts, {}).rate.text).toBe(rate);
});

test.each([
  [29.97, "30000/1001"],
  [30, "30"],
  [29.9702, "30000/1001"],
  [23.976, "24000/1001"],
  [24, "24"],
  [0.2, "1"],
  [240, "60"],
])("%d a second was meant to be %s", (measured, text) => {
  expect(usualRate(measured).text).toBe(text);
});

test("what is asked for wins; sound has as many channels as any part, two at most, and none where none has any", () => {
  const parts = [somePart({ channels: 1 }), somePart({ channels: 6 })];
  expect(chooseFrame(parts, { size: { width: 320, height: 180 }, fps: 29.97 })).toEqual({
    size: { width: 320, height: 180 },
    rate: { text: "30000/1001", perSec: 30_000 / 1_001 },
    channels: 2,
  });
  expect(chooseFrame([somePart({ channels: 0 })], { fps: 12.5 })).toMatchObject({
    rate: { text: "12500/1000", perSec: 12.5 },
    channels: 0,
  });
});
