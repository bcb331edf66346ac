import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clipArgs, createMediaFolder } from "../fixtures/media-files.ts";
import { thumbnail } from "./thumbnail.ts";

const media = createMediaFolder();

beforeAll(() => {
  media.make("clip.mp4", ...clipArgs(1));
});
afterAll(() => media.remove());

const startAndEnd = (path: string) => {
  const bytes = readFileSync(path);
  return [bytes.toString("hex", 0, 2), bytes.toString("hex", bytes.length - 2)];
};

test("writes a whole JPEG, under any name", async () => {
  for (const name of ["a b.jpg", "frame%03d.jpg", "-y.jpg"]) {
    const picture = await thumbnail(media.at("clip.mp4"), 0.5, media.at(name));
    expect(picture).toEqual({ path: media.at(name), sizeBytes: readFileSync(media.at(name)).length });
    expect(startAndEnd(media.at(name))).toEqual(["ffd8", "ffd9"]);
  }
});

test("scales down to what is asked for, and never up", async () => {
  const [small, large] = [media.at("small.jpg"), media.at("large.jpg")];
  await thumbnail(media.at("clip.mp4"), 0, small, { maxSidePixels: 80 });
  await thumbnail(media.at("clip.mp4"), 0, large, { maxSidePixels: 4_000 });
  expect(sizeOf(small)).toEqual([80, 45]);
  expect(sizeOf(large)).toEqual([160, 90]);
});

test("a time behind the end has no picture, and leaves no file", async () => {
  await expect(thumbnail(media.at("clip.mp4"), 30, media.at("late.jpg"))).rejects.toMatchObject({
    code: "input_too_short",
    message: '"clip.mp4" has no picture at 30 s',
  });
  expect(readdirSync(media.path).filter((name) => name.startsWith("late"))).toEqual([]);
});

/** Width and height from the JPEG's frame header. */
function sizeOf(path: string): readonly number[] {
  const bytes = readFileSync(path);
  const at = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
}
