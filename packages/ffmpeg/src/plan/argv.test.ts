import { expect, test } from "vitest";
import { buildArgv } from "./argv.ts";
import { planTask } from "./plan.ts";
import type { FfmpegTask } from "./task.ts";

const PATHS = { partPath: "/out/a.mp4.x.part", passLogPath: "/out/a.mp4.x.part" };

const TASK: FfmpegTask = {
  inputs: [{ kind: "file", path: "/in/-a 'b'.mp4", startSec: 3.5, durationSec: 1e-3 }],
  video: { codec: "h264" },
  audio: { codec: "aac" },
  output: { kind: "file", path: "/out/a.mp4", format: "mp4" },
};

function argvOf(changes: Partial<FfmpegTask> = {}, pass = 0): readonly string[] {
  const plan = planTask({ ...TASK, ...changes });
  const planned = plan.passes[pass];
  if (planned === undefined) throw new Error(`the plan has no pass ${pass}`);
  return buildArgv(plan, planned, PATHS);
}

test("a whole command line", () => {
  const argv = argvOf({
    filterGraph: "[0:V:0]scale=1080:1920,setsar=1[v]",
    maps: ["[v]", "0:a:0?"],
    threads: 2,
  });
  const whitelist = argv[argv.indexOf("-format_whitelist") + 1];
  expect(argv).toEqual([
    ...["-nostdin", "-hide_banner", "-nostats", "-loglevel", "repeat+level+info", "-benchmark"],
    ...["-stats_period", "0.5", "-progress", "pipe:3", "-y"],
    ...["-protocol_whitelist", "file", "-format_whitelist", whitelist, "-max_pixels", "73919751"],
    ...["-ss", "3.5", "-t", "0.001", "-i", "file:/in/-a 'b'.mp4"],
    ...["-filter_complex_threads", "2", "-filter_complex", "[0:V:0]scale=1080:1920,setsar=1[v]"],
    ...["-map", "[v]", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"],
    ...["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"],
    ...["-c:a", "aac", "-b:a", "160k", "-threads", "2", "-max_muxing_queue_size", "4096"],
    ...["-t", "0.001"],
    ...["-movflags", "+faststart", "-f", "mp4", "file:/out/a.mp4.x.part"],
  ]);
});

test("what is read before the start is cut off at the output, for each stream alike", () => {
  const input = { kind: "file", path: "/in/a.ts", startSec: 12, durationSec: 3, prerollSec: 10 } as const;
  const argv = argvOf({ inputs: [input] });
  const options = argv.flatMap((arg, i) => (arg === "-ss" || arg === "-t" ? [`${arg} ${argv[i + 1]}`] : []));
  expect(options).toEqual(["-ss 2", "-t 13", "-ss 10", "-t 3"]);
  const fromStart = argvOf({ inputs: [{ ...input, prerollSec: 12 }] });
  expect(fromStart.slice(0, fromStart.indexOf("-i"))).not.toContain("-ss");
  expect(argvOf({ audio: { codec: "aac", channels: 2 } })).toContain("-ac");
});

test("no stream comes out longer than what was asked for, unless the filters change how long it is", () => {
  const input = { kind: "file", path: "/in/a.mp4", durationSec: 3 } as const;
  const cutOf = (changes: Partial<FfmpegTask>) => {
    const argv = argvOf({ inputs: [input], ...changes });
    return argv.slice(argv.lastIndexOf("-i")).includes("-t");
  };
  expect(cutOf({})).toBe(true);
  expect(cutOf({ length: { kind: "first-input", speedRatio: 0.5 } })).toBe(false);
  expect(cutOf({ inputs: [input, input], length: { kind: "sum-of-inputs" } })).toBe(false);
});

test("a list may be opened where one of ours is read, and nowhere else", () => {
  const formatsOf = (argv: readonly string[]) => String(argv[argv.indexOf("-format_whitelist") + 1]).split(",");
  const sequence = { kind: "sequence", listPath: "/work/l.ffconcat", durationSec: 2 } as const;
  expect(formatsOf(argvOf({ inputs: [sequence] }))).toContain("concat");
  expect(formatsOf(argvOf({}))).not.toContain("concat");
});

test("every file that is opened is guarded, and sought before it is decoded", () => {
  const file = { kind: "file", path: "/in/b.mp4", startSec: 1 } as const;
  const argv = argvOf({ inputs: [file, file] });
  const inputs = argv.flatMap((arg, i) => (arg === "-i" ? [i] : []));
  expect(inputs).toHaveLength(2);
  for (const at of inputs) {
    expect(argv.slice(at - 8, at)).toEqual([
      ...[
        "-protocol_whitelist",
        "file",
        "-format_whitelist",
        expect.any(String),
        "-max_pixels",
        "73919751",
        "-ss",
        "1",
      ],
    ]);
    expect(argv[at + 1]).toBe("file:/in/b.mp4");
  }
});

test("no file name becomes an option, a protocol or a pattern", () => {
  const argv = argvOf({
    inputs: [{ kind: "file", path: "-y" }],
    output: { kind: "file", path: "/out/%d.mp4", format: "mp4" },
  });
  expect(argv[argv.indexOf("-i") + 1]).toBe(`file:${process.cwd()}/-y`);
  expect(argv.at(-1)).toBe("file:/out/a.mp4.x.part");
});

test.each([
  { name: "no picture", given: { video: null }, has: ["-map", "0:a:0?", "-vn"], lacks: "-c:v" },
  { name: "no sound", given: { audio: null }, has: ["-map", "0:V:0?", "-an"], lacks: "-c:a" },
  { name: "copies", given: { video: { codec: "copy" } }, has: ["-c:v", "copy"], lacks: "-crf" },
  {
    name: "a picture",
    given: { video: { codec: "jpeg" }, maxFrames: 1 },
    has: ["-c:v", "mjpeg", "-q:v", "3", "-frames:v", "1"],
    lacks: "-crf",
  },
  {
    name: "a bit rate",
    given: { video: { codec: "h264", quality: { kind: "bitrate", kbps: 900, passes: 1 } } },
    has: ["-b:v", "900k"],
    lacks: "-pass",
  },
  {
    name: "pictures in the order in which they are shown, and sound as it is",
    given: { video: { codec: "h264", isInOrder: true }, audio: { codec: "pcm" } },
    has: ["-bf", "0", "pcm_s16le"],
    lacks: "-b:a",
  },
  {
    name: "several files as one",
    given: { inputs: [{ kind: "sequence", listPath: "/work/l.ffconcat", durationSec: 2 }] },
    has: ["concat", "-safe", "file:/work/l.ffconcat"],
    lacks: "-t",
  },
  { name: "nothing", given: { output: { kind: "none" } }, has: ["-f", "null", "-"], lacks: "-movflags" },
  {
    name: "raw frames",
    given: { output: { kind: "stdout", format: "rawvideo" }, video: { codec: "raw", pixelFormat: "rgb24" } },
    has: ["-pix_fmt", "rgb24", "rawvideo", "pipe:1"],
    lacks: "-y ",
  },
  {
    name: "generated",
    given: { inputs: [{ kind: "generated", graph: "testsrc", durationSec: 2 }] },
    has: ["-f", "lavfi", "-t", "2", "-i", "testsrc"],
    lacks: "-ss",
  },
] satisfies readonly { name: string; given: Partial<FfmpegTask>; has: readonly string[]; lacks: string }[])(
  "output: $name",
  ({ given, has, lacks }) => {
    const argv = argvOf(given);
    for (const arg of has) expect(argv).toContain(arg);
    expect(argv).not.toContain(lacks);
  },
);

test("the first of two passes writes no file and no sound", () => {
  const video = { codec: "h264", quality: { kind: "bitrate", kbps: 900, passes: 2 } } as const;
  const [first, second] = [argvOf({ video }, 0), argvOf({ video }, 1)];
  expect(first.slice(-3)).toEqual(["-f", "null", "-"]);
  expect(first).toContain("-an");
  expect(first[first.indexOf("-pass") + 1]).toBe("1");
  expect(second[second.indexOf("-pass") + 1]).toBe("2");
  for (const argv of [first, second]) expect(argv[argv.indexOf("-fps_mode") + 1]).toBe("cfr");
  expect(second).toContain("aac");
  expect(second[second.indexOf("-passlogfile") + 1]).toBe(PATHS.passLogPath);
});

test.each([
  { encoder: "x264", crf: ["libx264", "-crf 22"], rate: "-b:v 900k" },
  { encoder: "nvenc", crf: ["h264_nvenc", "-cq 22"], rate: "-b:v 900k" },
  { encoder: "qsv", crf: ["h264_qsv", "-global_quality 22"], rate: "-b:v 900k" },
  { encoder: "vaapi", crf: ["h264_vaapi", "-qp 22"], rate: "-b:v 900k" },
  { encoder: "videotoolbox", crf: ["h264_videotoolbox", "-q:v 63"], rate: "-b:v 900k" },
] as const)("$encoder gets an even quality or a bit rate in its own words, in one pass", ({ encoder, crf, rate }) => {
  const even = argvOf({ video: { codec: "h264", encoder, quality: { kind: "crf", crf: 22 } } }).join(" ");
  expect(even).toContain(`-c:v ${crf[0]} `);
  expect(even).toContain(crf[1]);
  const video = { codec: "h264", encoder, quality: { kind: "bitrate", kbps: 900, passes: 2 } } as const;
  expect(argvOf({ video }).join(" ")).toContain(rate);
  expect(planTask({ ...TASK, video }).passes).toHaveLength(encoder === "x264" ? 2 : 1);
});

test("for vaapi the pictures are moved to the device, behind the last filter of ours", () => {
  const video = { codec: "h264", encoder: "vaapi" } as const;
  const argv = argvOf({ video, filterGraph: "[0:0]scale=2:2[v]", maps: ["[v]", "0:1?"] });
  const words = argv.join(" ");
  expect(words).toContain("-vaapi_device /dev/dri/renderD128 -protocol_whitelist");
  expect(words).toContain(
    "-filter_complex [0:0]scale=2:2[v];[v]format=nv12,hwupload[on_device] -map [on_device] -map 0:1?",
  );
  expect(argvOf({ video, maps: ["0:V:0"] }).join(" ")).toContain(
    "-filter_complex [0:V:0]format=nv12,hwupload[on_device] -map [on_device]",
  );
});
