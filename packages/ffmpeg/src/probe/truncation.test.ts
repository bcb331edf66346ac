import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readOutline } from "./truncation.ts";

const folder = mkdtempSync(join(tmpdir(), "playhead-outline-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (...values: readonly number[]) => Buffer.from(values);

/** A box that says it has `size` bytes, and has `have`. */
function box(type: string, size: number, have = size): Buffer {
  const buffer = Buffer.alloc(Math.max(8, have));
  buffer.writeUInt32BE(size, 0);
  buffer.write(type, 4, "latin1");
  return buffer.subarray(0, have);
}

function longBox(type: string, size: bigint, have: number): Buffer {
  const buffer = box(type, 1, have);
  buffer.writeBigUInt64BE(size, 8);
  return buffer;
}

const EBML = bytes(0x1a, 0x45, 0xdf, 0xa3, 0x84, 1, 2, 3, 4);
const SEGMENT = bytes(0x18, 0x53, 0x80, 0x67);

test.each([
  { name: "mp4, whole", given: [box("ftyp", 20), box("moov", 40), box("mdat", 100)], expected: ["mp4", 0] },
  {
    name: "mp4, cut off in its media",
    given: [box("ftyp", 20), box("moov", 40), box("mdat", 100, 30)],
    expected: ["mp4", 70],
  },
  { name: "mp4, cut off in a length", given: [box("ftyp", 20), box("mdat", 100).subarray(0, 6)], expected: ["mp4", 0] },
  { name: "mp4, media to the end", given: [box("ftyp", 20), box("mdat", 0, 50)], expected: ["mp4", 0] },
  {
    name: "mp4, over 4 GB, cut off",
    given: [box("ftyp", 20), longBox("mdat", 5_000_000_000n, 80)],
    expected: ["mp4", 4_999_999_920],
  },
  {
    name: "mp4, rubbish behind its end",
    given: [box("ftyp", 20), box("moov", 40), Buffer.alloc(9, 0x41)],
    expected: ["mp4", 0],
  },
  { name: "mkv, whole", given: [EBML, SEGMENT, bytes(0x84), Buffer.alloc(4)], expected: ["matroska", 0] },
  { name: "mkv, cut off", given: [EBML, SEGMENT, bytes(0x40, 0xff), Buffer.alloc(55)], expected: ["matroska", 200] },
  {
    name: "webm, recorded live",
    given: [EBML, SEGMENT, bytes(1, 255, 255, 255, 255, 255, 255, 255)],
    expected: ["matroska", 0],
  },
  { name: "text", given: [Buffer.from("just some text, nothing more")], expected: [null, 0] },
  { name: "one byte", given: [bytes(0x1a)], expected: [null, 0] },
])("$name", async ({ given, expected }) => {
  const content = Buffer.concat(given);
  const path = join(folder, "file");
  writeFileSync(path, content);
  const { container, missingBytes } = await readOutline(path, content.length);
  expect([container, missingBytes]).toEqual(expected);
});
