import { expect, test, vi } from "vitest";
import { ffmpegCheck } from "./ffmpeg-health.ts";

const resultOf = (ffmpegPath?: string) => ffmpegCheck(ffmpegPath).run(new AbortController().signal);

test("ffmpeg really encodes", async () => {
  expect(await resultOf()).toMatchObject({ status: "healthy", message: expect.stringMatching(/^ffmpeg \d/) });
});

test("ffmpeg that is no longer in PATH is critical, and says what to do", async () => {
  vi.stubEnv("PATH", "/nowhere");
  vi.stubEnv("FFMPEG_PATH", "");
  expect(await resultOf()).toMatchObject({
    status: "critical",
    message: expect.stringMatching(/^ffmpeg: ffmpeg is not installed: it was not found in PATH; install ffmpeg \(/),
  });
});

test("a program that is not ffmpeg is critical, and its path is for those who run the server", async () => {
  const { message, details, status } = await resultOf("/bin/true");
  expect([status, message]).toEqual(["critical", expect.stringMatching(/^ffmpeg: does not work; /)]);
  expect(JSON.stringify(details)).toContain("/bin/true");
  expect(message).not.toContain("/bin");
});
