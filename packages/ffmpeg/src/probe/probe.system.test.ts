import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { PlayheadError } from "@playhead/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clipArgs, createMediaFolder, PICTURES, QUICK, TONE } from "../../fixtures/media-files.ts";
import { probe } from "./probe.ts";

const media = createMediaFolder();
const clip = () => media.at("clip.mp4");

beforeAll(() => {
  media.make("clip.mp4", ...clipArgs(1));
  media.make("front.mp4", "-i", clip(), "-c", "copy", "-movflags", "+faststart");
  media.make("clip.mkv", "-i", clip(), "-c", "copy");
  media.make("sound.m4a", "-i", clip(), "-vn", "-c", "copy");
  media.make("still.png", "-i", clip(), "-frames:v", "1");
  media.make("cover.mp3", "-f", "lavfi", "-t", "1", "-i", TONE, "-i", media.at("still.png"), "-map", "0", "-map", "1");
  media.make("zero.mp4", "-f", "lavfi", "-i", PICTURES, "-t", "0");
  media.make("odd.mkv", "-f", "lavfi", "-t", "0.2", "-i", "testsrc=s=161x91", "-c:v", "mjpeg");
  media.make("turned.mp4", "-i", clip(), "-c", "copy", "-metadata:s:v", "rotate=90");
});
afterAll(() => media.remove());

/** A file with this content, under this name. */
function write(name: string, content: string | Uint8Array): string {
  writeFileSync(media.at(name), content);
  return media.at(name);
}

/** A copy of a clip that ends early. */
function cutOff(name: string, source: string): string {
  copyFileSync(media.at(source), media.at(name));
  truncateSync(media.at(name), 5_000);
  return media.at(name);
}

async function failureOf(path: string, options: Parameters<typeof probe>[1] = {}): Promise<PlayheadError> {
  const error = await probe(path, { requireVideo: true, ...options }).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PlayheadError)) throw new Error(`expected an error of ours, got ${String(error)}`);
  return error;
}

test("reads a clip", async () => {
  const info = await probe(clip(), { requireVideo: true });
  expect(info).toMatchObject({
    container: "mov",
    sizeBytes: readFileSync(clip()).length,
    video: { codec: "h264", width: 160, height: 90, rotation: 0, frameRate: 25, frameCountEstimate: 25, isHdr: false },
    audio: [{ codec: "aac", channels: 1, sampleRate: 44_100 }],
  });
  expect(info.durationSec).toBeCloseTo(1, 1);
  expect((await probe(media.at("clip.mkv"))).container).toBe("matroska");
});

test("reads odd sizes and turned pictures as they will be seen", async () => {
  expect((await probe(media.at("odd.mkv"))).video).toMatchObject({ width: 161, height: 91 });
  expect((await probe(media.at("turned.mp4"))).video).toMatchObject({ width: 90, height: 160 });
});

test("sound alone is fine where no video is required", async () => {
  expect((await probe(media.at("sound.m4a"))).video).toBeNull();
});

const AWKWARD_NAMES = [
  "-y.mp4",
  "a b.mp4",
  `it's "quoted".mp4`,
  "映画 é.mp4",
  "two\nlines.mp4",
  "clip%03d.mp4",
  "http:x.mp4",
  "$(id);*.mp4",
];

test.each(AWKWARD_NAMES)("takes a file by the name of %j", async (name) => {
  copyFileSync(clip(), media.at(name));
  expect((await probe(media.at(name))).video?.width).toBe(160);
});

test("takes a path relative to the working directory, also one that begins with -", async () => {
  const before = process.cwd();
  process.chdir(media.path);
  try {
    copyFileSync(clip(), media.at("-i.mp4"));
    expect((await probe("-i.mp4")).video?.width).toBe(160);
  } finally {
    process.chdir(before);
  }
});

const BAD_INPUTS: readonly { name: string; path: () => string; code: string; message: RegExp }[] = [
  { name: "missing", path: () => media.at("no.mp4"), code: "input_missing", message: /^there is no file "no.mp4"$/ },
  {
    name: "missing folder",
    path: () => media.at("no/no.mp4"),
    code: "input_missing",
    message: /^there is no file "no.mp4"$/,
  },
  { name: "no path", path: () => "", code: "input_missing", message: /expected the path of a file/ },
  { name: "a zero in the path", path: () => "a\0.mp4", code: "input_missing", message: /expected the path of a file/ },
  { name: "a dangling link", path: () => dangling(), code: "input_missing", message: /there is no file "link.mp4"/ },
  {
    name: "empty",
    path: () => write("empty.mp4", ""),
    code: "input_empty",
    message: /"empty.mp4" is empty \(0 bytes\)/,
  },
  { name: "a folder", path: () => folder(), code: "input_refused", message: /"folder.mp4" is a folder/ },
  { name: "a device", path: () => "/dev/zero", code: "input_refused", message: /"zero" is not a regular file/ },
  { name: "a pipe", path: () => pipe(), code: "input_refused", message: /"pipe.mp4" is not a regular file/ },
  {
    name: "text",
    path: () => write("text.mp4", "no video at all\n"),
    code: "input_not_media",
    message: /"text.mp4" is not a video/,
  },
  {
    name: "text",
    path: () => write("text.txt", "no video at all\n"),
    code: "input_not_media",
    message: /"text.txt" is not a video/,
  },
  {
    name: "noise",
    path: () => write("noise.mp4", noise()),
    code: "input_not_media",
    message: /"noise.mp4" is not a video/,
  },
  {
    name: "sound alone",
    path: () => media.at("sound.m4a"),
    code: "input_no_video",
    message: /has sound \(aac\) but no video/,
  },
  {
    name: "sound with a cover",
    path: () => media.at("cover.mp3"),
    code: "input_no_video",
    message: /has sound \(mp3\) but no video/,
  },
  {
    name: "a still image",
    path: () => media.at("still.png"),
    code: "input_no_video",
    message: /is a still image \(png_pipe\)/,
  },
  { name: "no frames", path: () => media.at("zero.mp4"), code: "input_too_short", message: /its length is 0 s/ },
  {
    name: "cut off, index at the end",
    path: () => cutOff("cut.mp4", "clip.mp4"),
    code: "input_truncated",
    message: /moov atom/,
  },
  {
    name: "cut off, index in front",
    path: () => cutOff("cut2.mp4", "front.mp4"),
    code: "input_truncated",
    message: /at least \d+ bytes are missing/,
  },
  {
    name: "cut off, mkv",
    path: () => cutOff("cut.mkv", "clip.mkv"),
    code: "input_truncated",
    message: /at least \d+ bytes are missing/,
  },
];

const noise = () => Uint8Array.from({ length: 3_000 }, (_, i) => (i * 7_919 + (i >> 3) * 104_729) % 251);
const dangling = () => {
  symlinkSync("nowhere", media.at("link.mp4"));
  return media.at("link.mp4");
};
const folder = () => {
  mkdirSync(media.at("folder.mp4"));
  return media.at("folder.mp4");
};
const pipe = () => {
  execFileSync("mkfifo", [media.at("pipe.mp4")]);
  return media.at("pipe.mp4");
};

test.each(BAD_INPUTS)("refuses $name: $code", async ({ path, code, message }) => {
  const error = await failureOf(path());
  expect(error).toMatchObject({ code, message: expect.stringMatching(message), hint: expect.stringMatching(/./) });
  expect(error.message).not.toContain("\n");
  expect(error.message).not.toContain(media.path);
});

test("refuses what is enormous, without decoding it", async () => {
  const big = media.make("big.mp4", "-f", "lavfi", "-i", "color=s=1000x1000:r=1:d=1", ...QUICK);
  expect(await failureOf(big, { maxPixels: 640 * 480 })).toMatchObject({
    code: "input_too_large",
    message: '"big.mp4" has frames of 1000 × 1000 pixels; at most 307200 pixels (as in 554 × 554) are accepted',
  });
  // A decoder that refuses the frame itself leaves ffprobe's exit code 0 and a size of 0 × 0.
  const still = media.make("big.mkv", "-i", big, "-frames:v", "1", "-c:v", "mjpeg");
  expect(await failureOf(still, { maxPixels: 640 * 480 })).toMatchObject({
    code: "input_too_large",
    message: expect.stringContaining("1000 × 1000"),
  });
  // What is beyond ffmpeg's own limit is called invalid by it, in the header as well as in a frame.
  const wide = write("wide.mp4", "YUV4MPEG2 W1000000000 H1 F25:1 Ip A1:1 C420jpeg\nFRAME\nxxxx");
  expect(await failureOf(wide)).toMatchObject({
    code: "input_too_large",
    message: expect.stringContaining("1000000000 × 1 pixels"),
  });
  expect(await failureOf(clip(), { maxDurationSec: 0.5 })).toMatchObject({
    code: "input_too_large",
    message: '"clip.mp4" is 1 s long; at most 0.5 s are accepted',
  });
});

test("crafted files open nothing else, neither files nor the network", async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}/secret`;
  const playlist = (target: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${target}\n#EXT-X-ENDLIST\n`;
  const crafted = {
    "concat.mp4": `ffconcat version 1.0\nfile '${clip()}'\n`,
    "playlist.mp4": playlist(`file://${clip()}`),
    "playlist.m3u8": playlist(url),
    "drawing.svg": `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="${url}"/></svg>`,
    "stream.sdp":
      "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5000 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "manifest.mpd": `<?xml version="1.0"?><MPD profiles="urn:mpeg:dash:profile:isoff-live:2011"><BaseURL>${url}</BaseURL></MPD>`,
    "frame%d.png": readFileSync(media.at("still.png")),
  };
  try {
    for (const [name, content] of Object.entries(crafted)) {
      const error = await failureOf(write(name, content));
      expect([name, error.code]).toEqual([name, "input_refused"]);
      expect(error.message).toMatch(/refers to others \((concat|hls|image2|svg_pipe|sdp|dash)\)$/);
    }
    expect(connections).toBe(0);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test("a canceled look ends at once", async () => {
  await expect(probe(clip(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "canceled" });
  const controller = new AbortController();
  const looking = probe(clip(), { signal: controller.signal });
  setImmediate(() => controller.abort(new PlayheadError("deadline_exceeded", "too late")));
  await expect(looking).rejects.toMatchObject({ code: "deadline_exceeded" });
});

test("a look that takes too long is given up", async () => {
  const slow = write("slow", "#!/bin/sh\nexec sleep 60\n");
  execFileSync("chmod", ["+x", slow]);
  await expect(probe(clip(), { ffprobePath: slow, timeoutMs: 50 })).rejects.toMatchObject({
    code: "ffmpeg_timeout",
    message: "slow did not finish within 0.05 s",
  });
});
