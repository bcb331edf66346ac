import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { afterAll, expect, test, vi } from "vitest";
import { createMediaFolder } from "../../fixtures/media-files.ts";
import { doctor } from "./doctor.ts";
import { provenEncoders, tryEncoders } from "./encoders.ts";

const media = createMediaFolder();
afterAll(() => media.remove());

/** A program of this name that does what the shell script says. */
function program(name: string, script: string): string {
  const folder = media.at(`bin-${name}`);
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/${name}`;
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test("this machine's ffmpeg is fit, and proves it by an encode", async () => {
  const report = await doctor();
  expect(report.checks.filter((check) => !check.ok && !check.isOptional)).toEqual([]);
  expect(report).toMatchObject({
    ok: true,
    version: expect.stringMatching(/\d/),
    ffmpegPath: expect.stringMatching(/ffmpeg$/),
  });
  expect(report.checks.map((check) => check.name)).toEqual(
    expect.arrayContaining([
      "ffmpeg",
      "ffprobe",
      "version",
      "filter scdet",
      "muxer mp4",
      "protocol file",
      "trial encode",
    ]),
  );
});

test("no ffmpeg at all is a finding, not a crash", async () => {
  vi.stubEnv("PATH", media.at("nowhere"));
  vi.stubEnv("FFMPEG_PATH", "");
  const report = await doctor();
  expect(report).toMatchObject({ ok: false, ffmpegPath: null, version: null });
  expect(report.checks[0]).toMatchObject({
    name: "ffmpeg",
    found: "ffmpeg is not installed: it was not found in PATH",
    advice: expect.stringContaining("apt install ffmpeg"),
  });
});

test("an old ffmpeg without what we need is told part by part, and fails its trial", async () => {
  const old = program(
    "ffmpeg",
    'case "$*" in *-version*) echo "ffmpeg version 4.2.1 x";; *-progress*) exit 1;; *) echo " ... scale V->V x";; esac',
  );
  const report = await doctor({ ffmpegPath: old });
  const named = (name: string) => report.checks.find((check) => check.name === name);
  expect(report.ok).toBe(false);
  expect(named("version")).toMatchObject({ ok: false, found: "4.2.1 is older than 5.1" });
  expect(named("filter scale")).toMatchObject({ ok: true });
  expect(named("filter scdet")).toMatchObject({ ok: false, found: "missing: needed for scene detection" });
  expect(named("trial encode")).toMatchObject({
    ok: false,
    found: expect.stringContaining("ffmpeg failed with code 1"),
  });
});

test("another program by that name is told", async () => {
  const other = program("ffprobe", "echo hello");
  const report = await doctor({ ffprobePath: other });
  expect(report.checks.find((check) => check.name === "ffprobe")).toMatchObject({
    ok: false,
    found: `${other} is not ffprobe`,
  });
});

test("a program that hangs is given up in time", async () => {
  const hanging = program("ffmpeg", "exec sleep 300");
  const report = await doctor({ ffmpegPath: hanging, timeoutMs: 300 });
  expect(report.ok).toBe(false);
  expect(report.checks[0]).toMatchObject({ ok: false, found: expect.stringMatching(/did not finish within/) });
  expect(existsSync(hanging)).toBe(true);
});

/** An ffmpeg with an encoder that is said to be in hardware, and is x264. */
const WITH_NVENC = `
[ "$2" = -encoders ] && { echo " V....D h264_nvenc NVIDIA"; echo " V....D h264_qsv Intel"; exit 0; }
for each do
  shift
  case "$each" in
    h264_nvenc) set -- "$@" libx264 ;;
    p4) set -- "$@" ultrafast ;;
    -cq) set -- "$@" -crf ;;
    -rc) skip=1; continue ;;
    vbr) [ "$skip" = 1 ] && { skip=; continue; }; set -- "$@" "$each" ;;
    *) set -- "$@" "$each" ;;
  esac
done
exec ffmpeg "$@"`;

test("an encoder in hardware counts when it has encoded here, and not because it is listed", async () => {
  expect(await provenEncoders()).toEqual(expect.arrayContaining(["x264"]));
  const ffmpegPath = program("ffmpeg", WITH_NVENC);
  const trials = await tryEncoders({ ffmpegPath });
  expect(trials).toEqual([
    { encoder: "nvenc", fault: null },
    { encoder: "qsv", fault: expect.stringMatching(/^[^\n]{10,}$/) },
  ]);
  expect(await provenEncoders({ ffmpegPath, hasDevice: () => true })).toEqual(["nvenc", "x264"]);
  expect(await provenEncoders({ ffmpegPath, hasDevice: () => false })).toEqual(["x264"]);
  const { checks } = await doctor({ ffmpegPath });
  expect(checks.find(({ name }) => name === "hardware encoders")).toMatchObject({ ok: true, found: "nvenc" });
});

test("who cancels gets no list", async () => {
  await expect(provenEncoders({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "canceled" });
});
