import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkLogFiles, mendLogFiles } from "./log-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "playhead-logs-"));
  mkdirSync(path.join(folder, "logs"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...names: string[]) => path.join(folder, ...names);
const line = (n: number) => `${JSON.stringify({ n, message: `line ${n} ü 🎬` })}\n`;
const write = (name: string, ...parts: (string | Buffer)[]) =>
  writeFileSync(at("logs", name), Buffer.concat(parts.map((part) => Buffer.from(part as string))));

test.each([
  { name: "well", parts: [line(1), line(2)], found: { lines: 2, unreadable: 0, isOnlyCutOff: false } },
  { name: "empty", parts: [], found: { lines: 0, unreadable: 0, isOnlyCutOff: false } },
  {
    name: "with empty lines",
    parts: [line(1), "\n", line(2)],
    found: { lines: 3, unreadable: 0, isOnlyCutOff: false },
  },
  { name: "cut off", parts: [line(1), line(2).slice(0, 9)], found: { lines: 2, unreadable: 1, isOnlyCutOff: true } },
  {
    name: "whole but for the end of its last line",
    parts: [line(1), line(2).trim()],
    found: { lines: 2, unreadable: 0 },
  },
  {
    name: "torn inside",
    parts: [line(1).slice(0, 5), line(2), line(3)],
    found: { lines: 2, unreadable: 1, isOnlyCutOff: false },
  },
  { name: "of other JSON", parts: ["[1]\n", "7\n", line(1)], found: { lines: 3, unreadable: 2 } },
  {
    name: "with zeroed bytes",
    parts: [line(1), Buffer.alloc(5_000), line(2), line(3)],
    found: { lines: 3, unreadable: 1 },
  },
  { name: "that is no text", parts: [line(1), Buffer.of(0x22, 0xff, 0x22, 0x0a)], found: { lines: 2, unreadable: 1 } },
])("a log file $name is told as such", async ({ parts, found }) => {
  write("application.log", ...parts);
  expect(await checkLogFiles(folder)).toMatchObject([{ path: "logs/application.log", ...found }]);
});

test("readable lines stay in their order, the others go aside, byte for byte; others are not touched", async () => {
  const torn = Buffer.concat([Buffer.from(line(2).slice(0, 7)), Buffer.of(0xff, 0), Buffer.from("\n")]);
  write("errors.log", line(1), torn, line(3), "{", "\n", line(4), line(5).slice(0, 4));
  write("errors.log.1", line(6));
  write("notes.txt", "not ours");
  const before = statSync(at("logs", "errors.log.1"));
  expect(await mendLogFiles(folder, "aside")).toMatchObject([{ lines: 6, unreadable: 3 }, { unreadable: 0 }]);
  expect(readFileSync(at("logs", "errors.log"), "utf8")).toBe(line(1) + line(3) + line(4));
  expect(readFileSync(at("aside", "logs", "errors.log"))).toEqual(
    Buffer.concat([torn, Buffer.from(`{\n${line(5).slice(0, 4)}\n`)]),
  );
  expect(statSync(at("logs", "errors.log")).mode & 0o777).toBe(0o600);
  expect(statSync(at("logs", "errors.log.1")).mtimeMs).toBe(before.mtimeMs);
  expect(await checkLogFiles(folder)).toMatchObject([{ lines: 3, unreadable: 0 }, { unreadable: 0 }]);
});

test("a folder without logs has nothing to look at", async () => {
  rmSync(at("logs"), { recursive: true });
  expect(await checkLogFiles(folder)).toEqual([]);
});

/** Numbers that look random, the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test("whatever happens to a file, each line that is still whole is kept", async () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = createRandom(seed);
    const lines = Array.from({ length: 60 }, (_, n) => line(n));
    const bytes = Buffer.from(lines.join(""));
    const from = Math.floor(random() * bytes.length);
    const to = Math.min(bytes.length, from + 1 + Math.floor(random() * 300));
    const damaged =
      seed % 3 === 0 ? bytes.subarray(0, from) : Buffer.from(bytes).fill(seed % 3 === 1 ? 0 : 0xfe, from, to);
    write("application.log", damaged);
    rmSync(at("aside"), { recursive: true, force: true });
    await mendLogFiles(folder, "aside");
    const kept = readFileSync(at("logs", "application.log"), "utf8").split("\n").slice(0, -1);
    // Which lines the damage did not reach follows from where each begins.
    let start = 0;
    const expected = lines.filter((text) => {
      const end = start + Buffer.byteLength(text);
      const isWhole = seed % 3 === 0 ? end <= from : end <= from || start >= to;
      start = end;
      return isWhole;
    });
    // A damaged end of a line joins it with the next.
    const texts = expected.map((text) => text.trim());
    const missing = texts.filter((text) => !kept.includes(text));
    expect(missing.length, `seed ${seed}`).toBeLessThanOrEqual(1);
    expect(kept.filter((text) => !texts.includes(text)).length, `seed ${seed}`).toBeLessThanOrEqual(1);
    for (const text of kept) expect(() => JSON.parse(text)).not.toThrow();
  }
});
