import { ERROR_CLASSES } from "@playhead/core";
import { expect, test } from "vitest";
import { diagnose, diagnoseSilentFailure } from "./diagnose.ts";
import { CAUSES, SYMPTOMS } from "./taxonomy.ts";

const CONTEXT = {
  inputPaths: ["/home/u/in/film.mp4"],
  partPath: "/home/u/out/clip.mp4.1a2b.part",
  outputPath: "/home/u/out/clip.mp4",
};

/** What Debian's 5.1.9 and a build of 7.1 wrote, word for word but for the paths. */
const CASES = [
  {
    name: "missing input, 5.1",
    lines: ["[error] file:/home/u/in/film.mp4: No such file or directory"],
    exitCode: 1,
    expected: "input_missing",
  },
  {
    name: "missing input, 7.1",
    lines: [
      "[in#0 @ 0x557d] [error] Error opening input: No such file or directory",
      "[error] Error opening input file file:/home/u/in/film.mp4.",
      "[fatal] Error opening input files: No such file or directory",
    ],
    exitCode: 254,
    expected: "input_missing",
  },
  {
    name: "no index, 5.1",
    lines: [
      "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5634] [error] moov atom not found",
      "[error] file:/home/u/in/film.mp4: Invalid data found when processing input",
    ],
    exitCode: 1,
    expected: "input_truncated",
  },
  {
    name: "not media, 7.1",
    lines: ["[in#0 @ 0x557b] [error] Error opening input: Invalid data found when processing input"],
    exitCode: 183,
    expected: "input_not_media",
  },
  {
    name: "a playlist",
    lines: [
      "[hls @ 0x5618] [error] Format not on whitelist 'mov'",
      "[error] file:/home/u/in/film.mp4: Invalid argument",
    ],
    exitCode: 1,
    expected: "input_refused",
  },
  {
    name: "a reference to the network",
    lines: ["[http @ 0x55db] [error] Protocol 'http' not on whitelist 'file'!"],
    exitCode: 1,
    expected: "input_refused",
  },
  {
    name: "disk full, 5.1",
    lines: [
      "[error] av_interleaved_write_frame(): No space left on device",
      "[error] Error writing trailer of file:/home/u/out/clip.mp4.1a2b.part: No space left on device",
    ],
    exitCode: 1,
    expected: "disk_full",
  },
  {
    name: "disk full, 7.1",
    lines: ["[out#0/mp4 @ 0x55da] [error] Error writing trailer: No space left on device"],
    exitCode: 228,
    expected: "disk_full",
  },
  {
    name: "disk full after damage in the input",
    lines: [
      "[h264 @ 0x1] [error] error while decoding MB 3 4",
      "[error] Error while decoding stream #0:1: Operation not permitted",
      "[error] av_interleaved_write_frame(): No space left on device",
      "[aac @ 0x2] [warning] 2 frames left in the queue on closing",
    ],
    exitCode: 1,
    expected: "disk_full",
  },
  {
    name: "read-only disk, 5.1",
    lines: ["[error] file:/home/u/out/clip.mp4.1a2b.part: Read-only file system"],
    exitCode: 1,
    expected: "output_unwritable",
  },
  {
    name: "no such output folder, 5.1",
    lines: ["[error] file:/home/u/out/clip.mp4.1a2b.part: No such file or directory"],
    exitCode: 1,
    expected: "output_unwritable",
  },
  {
    name: "no such output folder, 7.1",
    lines: [
      "[out#0/mp4 @ 0x5] [fatal] Error opening output file:/home/u/out/clip.mp4.1a2b.part: No such file or directory",
    ],
    exitCode: 254,
    expected: "output_unwritable",
  },
  {
    name: "no such encoder, 5.1",
    lines: ["[fatal] Unknown encoder 'libfoo'"],
    exitCode: 1,
    expected: "ffmpeg_unsuitable",
  },
  {
    name: "no such encoder, 7.1",
    lines: ["[vost#0:0 @ 0x5] [fatal] Unknown encoder 'libfoo'", "[vost#0:0 @ 0x5] [fatal] Error selecting an encoder"],
    exitCode: 8,
    expected: "ffmpeg_unsuitable",
  },
  {
    name: "no such filter",
    lines: ["[AVFilterGraph @ 0x5] [error] No such filter: 'nosuch'", "[error] Error reinitializing filters!"],
    exitCode: 1,
    expected: "ffmpeg_unsuitable",
  },
  {
    name: "no such option",
    lines: ["[error] Unrecognized option 'foo'.", "[fatal] Error splitting the argument list: Option not found"],
    exitCode: 1,
    expected: "ffmpeg_unsuitable",
  },
  {
    name: "a filter's argument",
    lines: [
      "[Parsed_scale_0 @ 0x1] [Eval @ 0x2] [error] Undefined constant or missing '(' in 'foo'",
      "[Parsed_scale_0 @ 0x1] [error] Cannot parse expression for width: 'foo'",
    ],
    exitCode: 1,
    expected: "filter_invalid",
  },
  {
    name: "a crop that is too big",
    lines: ["[Parsed_crop_0 @ 0x5] [error] Invalid too big or non positive size for width '99998' or height '2'"],
    exitCode: 1,
    expected: "filter_invalid",
  },
  {
    name: "odd size, 5.1",
    lines: [
      "[libx264 @ 0x5] [error] width not divisible by 2 (161x91)",
      "[error] Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0",
    ],
    exitCode: 1,
    expected: "encoder_failed",
  },
  {
    name: "no such stream",
    lines: ["[fatal] Stream map '0:v:3' matches no streams."],
    exitCode: 1,
    expected: "input_no_video",
  },
  {
    name: "the network",
    lines: ["[tcp @ 0x5] [error] Connection to tcp://127.0.0.1:9 failed: Connection refused"],
    exitCode: 1,
    expected: "network_failed",
  },
  { name: "no memory", lines: ["[error] Cannot allocate memory"], exitCode: 1, expected: "out_of_memory" },
  {
    name: "no graphics card",
    lines: ["[h264_nvenc @ 0x5] [error] Cannot load libcuda.so.1"],
    exitCode: 1,
    expected: "encoder_failed",
  },
  {
    name: "nothing but damage",
    lines: [
      "[error] Error while decoding stream #0:0: Invalid data found when processing input",
      "[fatal] Conversion failed!",
    ],
    exitCode: 1,
    expected: "decode_failed",
  },
  {
    name: "told to stop",
    lines: ["[info] Exiting normally, received signal 15."],
    exitCode: 255,
    expected: "ffmpeg_killed",
  },
  { name: "only a code, 7.1", lines: [], exitCode: 228, expected: "disk_full" },
  { name: "only a code, 7.1", lines: ["[info] x"], exitCode: 187, expected: "encoder_failed" },
  {
    name: "only a code that says nothing",
    lines: ["[fatal] Conversion failed!"],
    exitCode: 1,
    expected: "ffmpeg_failed",
  },
] as const;

test.each(CASES)("$name → $expected", ({ lines, exitCode, expected }) => {
  const error = diagnose(lines, exitCode, null, CONTEXT);
  expect(error.code).toBe(expected);
  expect(error.hint).toBeTruthy();
  expect(error.message).not.toMatch(/\/home|\n|undefined|\{/);
});

test("every code of the taxonomy is in the table, and every message stands for itself", () => {
  for (const { code, message, hint } of [...CAUSES, ...SYMPTOMS]) {
    expect(Object.keys(ERROR_CLASSES)).toContain(code);
    expect(message).not.toMatch(/\.$/);
    expect(hint).not.toBe("");
  }
});

test("says which file it is about", () => {
  const missing = diagnose(["[error] file:/home/u/in/film.mp4: No such file or directory"], 1, null, CONTEXT);
  expect(missing.message).toBe('"film.mp4" is no longer there');
  const full = diagnose(["[error] av_interleaved_write_frame(): No space left on device"], 1, null, CONTEXT);
  expect(full.message).toBe('the disk is full: "clip.mp4" could not be written');
});

test.each([
  { signal: "SIGKILL", isMemoryKill: true, expected: "out_of_memory", retryable: true },
  { signal: "SIGKILL", isMemoryKill: false, expected: "ffmpeg_killed", retryable: true },
  { signal: "SIGTERM", isMemoryKill: false, expected: "ffmpeg_killed", retryable: true },
  { signal: "SIGSEGV", isMemoryKill: false, expected: "ffmpeg_failed", retryable: false },
  { signal: "SIGXFSZ", isMemoryKill: false, expected: "output_unwritable", retryable: false },
] as const)("$signal, out of memory $isMemoryKill → $expected", ({ signal, isMemoryKill, expected, retryable }) => {
  const error = diagnose(["[info] frame=1"], null, signal, { ...CONTEXT, isMemoryKill });
  expect(error).toMatchObject({ code: expected, retryable, detail: { signal } });
});

test("what ffmpeg wrote is in the cause, and in the detail only on request", () => {
  const lines = ["[fatal] Unknown encoder 'libfoo'"];
  const quiet = diagnose(lines, 1, null, CONTEXT);
  expect(String(quiet.cause)).toContain("libfoo");
  expect(quiet.detail).toEqual({ exit_code: 1 });
  expect(diagnose(lines, 1, null, { ...CONTEXT, includeStderr: true }).detail).toMatchObject({ stderr_tail: lines });
});

test("quotes ffmpeg without folders", () => {
  const line = "[Parsed_sendcmd_0 @ 0x1] [error] Cannot parse expression for width: '/home/u/secret/x.cmd'";
  expect(diagnose([line], 1, null, CONTEXT).message).not.toContain("secret");
});

test("a full disk is seen although ffmpeg exits with 0", () => {
  const lines = ["[error] Error writing trailer of file:/home/u/out/clip.mp4.1a2b.part: No space left on device"];
  expect(diagnoseSilentFailure(lines, CONTEXT)?.code).toBe("disk_full");
  expect(diagnoseSilentFailure(["[h264 @ 0x1] [error] error while decoding MB 3 4"], CONTEXT)).toBeNull();
});
