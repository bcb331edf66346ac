import { expect, test } from "vitest";
import { parseStreams } from "./read-streams.ts";

const STREAMS = [
  { codec_type: "video", codec_name: "h264", width: 160, time_base: "1/12800", start_time: "1.480000" },
  { codec_type: "audio", codec_name: "aac", sample_rate: "48000", start_time: "1.400000", duration: "1.0" },
  { codec_type: "video", codec_name: "png", disposition: { attached_pic: 1 } },
  { codec_type: "data" },
];

test("streams come in the file's order, with what has to agree, and from when they begin in the file", () => {
  const streams = parseStreams({ format: { start_time: "1.400000" }, streams: STREAMS });
  expect(streams.map(({ kind }) => kind)).toEqual(["video", "audio", "other", "other"]);
  const [video, audio, picture] = streams;
  expect(video?.startSec).toBeCloseTo(0.08);
  expect(audio?.startSec).toBe(0);
  expect(video?.parameters).toMatchObject({ codec_name: "h264", width: "160", time_base: "1/12800", pix_fmt: "" });
  // How long it is does not have to agree.
  expect(audio?.parameters).toEqual({
    ...{ codec_name: "aac", profile: "", sample_rate: "48000", channels: "", channel_layout: "", time_base: "" },
    extradata_hash: "",
  });
  expect(picture?.parameters).toEqual({});
});

test.each([null, [], {}, { streams: null }, { streams: ["x", null] }])(
  "nonsense (%j) has no streams that matter",
  (json) => {
    expect(parseStreams(json).every(({ kind }) => kind === "other")).toBe(true);
  },
);
