import { expect, test } from "vitest";
import { parseMediaInfo } from "./media-info.ts";

const VIDEO = { index: 0, codec_type: "video", codec_name: "h264", width: 1920, height: 1080, pix_fmt: "yuv420p" };
const RATES = { avg_frame_rate: "30000/1001", r_frame_rate: "30000/1001" };

const infoOf = (stream: object, format: object = { format_name: "mov,mp4,m4a", duration: "10.000000" }) =>
  parseMediaInfo({ streams: [{ ...VIDEO, ...RATES, ...stream }], format }, 1234);

test("reads the usual facts", () => {
  const audio = {
    index: 1,
    codec_type: "audio",
    codec_name: "aac",
    channels: 2,
    sample_rate: "48000",
    duration: "9.98",
  };
  const info = parseMediaInfo(
    {
      streams: [{ ...VIDEO, ...RATES, nb_frames: "300" }, audio],
      format: { format_name: "mov,mp4", duration: "10.01" },
    },
    99,
  );
  expect(info).toEqual({
    durationSec: 10.01,
    container: "mov",
    sizeBytes: 99,
    video: {
      ...{
        index: 0,
        codec: "h264",
        width: 1920,
        height: 1080,
        rotation: 0,
        pixelAspectRatio: 1,
        pixelFormat: "yuv420p",
      },
      ...{ frameRate: 30000 / 1001, baseFrameRate: 30000 / 1001, isVariableFrameRate: false, frameCountEstimate: 300 },
      ...{ durationSec: null, isHdr: false },
    },
    audio: [{ index: 1, codec: "aac", channels: 2, sampleRate: 48000, durationSec: 9.98 }],
  });
});

test.each([
  {
    name: "a phone held upright (matrix)",
    given: { side_data_list: [{ rotation: -90 }] },
    expected: { rotation: 90, width: 1080, height: 1920 },
  },
  {
    name: "the other way up",
    given: { side_data_list: [{}, { rotation: 90 }] },
    expected: { rotation: 270, width: 1080 },
  },
  { name: "upside down", given: { side_data_list: [{ rotation: -180 }] }, expected: { rotation: 180, width: 1920 } },
  { name: "an older file's tag", given: { tags: { rotate: "90" } }, expected: { rotation: 90, width: 1080 } },
  { name: "pixels that are not square", given: { sample_aspect_ratio: "4:3" }, expected: { pixelAspectRatio: 4 / 3 } },
  {
    name: "… when turned",
    given: { sample_aspect_ratio: "4:3", tags: { rotate: "270" } },
    expected: { pixelAspectRatio: 3 / 4 },
  },
  { name: "pixels of unknown shape", given: { sample_aspect_ratio: "0:1" }, expected: { pixelAspectRatio: 1 } },
  {
    name: "a varying rate",
    given: { avg_frame_rate: "24/1", r_frame_rate: "60/1" },
    expected: { isVariableFrameRate: true, frameRate: 24 },
  },
  {
    name: "an unknown rate",
    given: { avg_frame_rate: "0/0", r_frame_rate: "0/0" },
    expected: { frameRate: null, frameCountEstimate: null },
  },
  { name: "frames by duration and rate", given: { avg_frame_rate: "25/1" }, expected: { frameCountEstimate: 250 } },
  {
    name: "a length in Matroska's tag",
    given: { tags: { DURATION: "01:02:03.500000000" } },
    expected: { durationSec: 3723.5 },
  },
  { name: "nonsense in that tag", given: { tags: { DURATION: "-1:99" } }, expected: { durationSec: null } },
  { name: "HDR10", given: { color_transfer: "smpte2084" }, expected: { isHdr: true } },
  { name: "HLG", given: { color_transfer: "arib-std-b67" }, expected: { isHdr: true } },
])("video: $name", ({ given, expected }) => {
  expect(infoOf(given).video).toMatchObject(expected);
});

test("a cover picture is not a video, also when it comes first", () => {
  const cover = { ...VIDEO, codec_name: "png", disposition: { attached_pic: 1 } };
  expect(infoOf({ disposition: { attached_pic: 1 } }).video).toBeNull();
  const { video } = parseMediaInfo({ streams: [cover, { ...VIDEO, index: 1 }], format: {} }, 1);
  expect(video?.index).toBe(1);
});

test.each([
  undefined,
  null,
  3,
  "x",
  [],
  {},
  { streams: {}, format: [] },
  { streams: [null, 3], format: { duration: "N/A" } },
])("nonsense gives facts that are unknown: %j", (given) => {
  expect(parseMediaInfo(given, 5)).toEqual({
    durationSec: null,
    container: "unknown",
    sizeBytes: 5,
    video: null,
    audio: [],
  });
});
