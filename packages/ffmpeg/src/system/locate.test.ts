import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { locateProgram } from "./locate.ts";

const folders: string[] = [];

function setup() {
  const folder = mkdtempSync(join(tmpdir(), "playhead-locate-"));
  folders.push(folder);
  const program = (path: string, mode = 0o755) => {
    const full = join(folder, path);
    mkdirSync(join(full, ".."), { recursive: true });
    writeFileSync(full, "#!/bin/sh\n");
    chmodSync(full, mode);
    return full;
  };
  return { folder, program };
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test("the path given comes before the environment, and that before PATH", async () => {
  const { folder, program } = setup();
  const [given, named, found] = [program("given/ff"), program("named/ffmpeg"), program("bin/ffmpeg")];
  const env = { FFMPEG_PATH: named, PATH: `relative:${join(folder, "none")}:${join(folder, "bin")}` };
  expect(await locateProgram("ffmpeg", { path: given, env })).toBe(given);
  expect(await locateProgram("ffmpeg", { env })).toBe(named);
  expect(await locateProgram("ffmpeg", { env: { PATH: env.PATH } })).toBe(found);
});

test("ffprobe is looked for beside FFMPEG_PATH", async () => {
  const { program } = setup();
  const [ffmpeg, ffprobe] = [program("own/ffmpeg"), program("own/ffprobe")];
  expect(await locateProgram("ffprobe", { env: { FFMPEG_PATH: ffmpeg } })).toBe(ffprobe);
});

test("a program is looked for beside the other one that was given, before the environment is asked", async () => {
  const { program, folder } = setup();
  const [ffmpeg, ffprobe, other] = [program("own/ffmpeg"), program("own/ffprobe"), program("bin/ffprobe")];
  const env = { FFPROBE_PATH: other, PATH: join(folder, "bin") };
  expect(await locateProgram("ffprobe", { besidePath: ffmpeg, env })).toBe(ffprobe);
  expect(await locateProgram("ffprobe", { besidePath: ffmpeg, path: other, env })).toBe(other);
  expect(await locateProgram("ffprobe", { besidePath: "ffmpeg", env })).toBe(other);
  expect(await locateProgram("ffprobe", { besidePath: program("alone/ffmpeg"), env })).toBe(other);
});

test("what is not there, not executable or a folder is told with a hint", async () => {
  const { folder, program } = setup();
  const plain = program("plain/ffmpeg", 0o644);
  const attempts = [
    { env: { PATH: folder } },
    { env: { FFMPEG_PATH: plain } },
    { path: folder, env: {} },
    { path: "no-such-ffmpeg", env: { PATH: folder } },
  ];
  for (const attempt of attempts) {
    await expect(locateProgram("ffmpeg", attempt)).rejects.toMatchObject({
      code: "ffmpeg_missing",
      hint: expect.stringContaining("install ffmpeg"),
    });
  }
});
