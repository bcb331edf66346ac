import type { VideoStream } from "@playhead/ffmpeg";
import { describe, expect, test } from "vitest";
import { withSquarePixels } from "../../media/source.ts";
import { fitStyle } from "./fit-style.ts";
import { original } from "./original.ts";
import { portraitSize } from "./portrait.ts";
import { STYLES } from "./registry.ts";

/** A stream of a size. */
function streamOf(width: number, height: number, pixelAspectRatio = 1): VideoStream {
  return {
    ...{ index: 0, codec: "h264", width, height, rotation: 0, pixelAspectRatio, pixelFormat: "yuv420p" },
    ...{ frameRate: 25, baseFrameRate: 25, isVariableFrameRate: false, frameCountEstimate: 100, durationSec: 4 },
    isHdr: false,
  };
}

test.each([
  { given: [1920, 1080], expected: [1080, 1920] },
  { given: [1280, 720], expected: [720, 1280] },
  { given: [3840, 2160], expected: [1080, 1920] },
  { given: [160, 90], expected: [360, 640] },
  { given: [720, 1280], expected: [720, 1280] },
  { given: [961, 541], expected: [540, 960] },
])("upright clips of $given are $expected", ({ given: [width = 0, height = 0], expected }) => {
  const size = portraitSize(streamOf(width, height));
  expect([size.width, size.height]).toEqual(expected);
});

describe.each(STYLES)("$name", (style) => {
  test.each([
    [1920, 1080],
    [1080, 1920],
    [1, 1],
    [161, 91],
    [8192, 2],
  ])("has an even size and filters for %d × %d", (width, height) => {
    expect(fitStyle(style, streamOf(width, height))).toMatchObject({ isFit: true, processor: style });
  });
});

test.each([
  { name: "an odd size", given: { size: () => ({ width: 3, height: 2 }) }, says: /even width and height.*got 3 × 2/ },
  { name: "no size", given: { size: () => ({ width: 0, height: Number.NaN }) }, says: /got 0 × NaN/ },
  { name: "no filters", given: { filters: () => " " }, says: /expected filters, got none/ },
  {
    name: "what it throws",
    given: {
      filters: () => {
        throw new Error("not for this one");
      },
    },
    says: /^not for this one$/,
  },
])("$name is kept as the reason why its clips fail", ({ given, says }) => {
  const fitted = fitStyle({ ...original, ...given }, streamOf(160, 90));
  expect(fitted).toMatchObject({ isFit: false, error: { message: expect.stringMatching(says) } });
});

test("pixels are made square by making the picture wider, or narrower", () => {
  const plain = streamOf(160, 120);
  expect(withSquarePixels(plain)).toBe(plain);
  expect(withSquarePixels(streamOf(720, 576, 64 / 45))).toMatchObject({
    width: 1024,
    height: 576,
    pixelAspectRatio: 1,
  });
  expect(withSquarePixels(streamOf(720, 576, 3 / 4))).toMatchObject({ width: 540 });
});
