import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { logFilePaths } from "../../../test/log-files.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import { createRotatingFile, removePutAside } from "./rotating-file.ts";

let folder: string;
let file: string;
let torn: number[];
beforeEach(() => {
  folder = tempFolder(onTestFinished);
  file = path.join(folder, "x.log");
  torn = [];
});

const open = (maxBytes: number, keep = 100) =>
  createRotatingFile({ file, settings: { maxBytes, keep }, onTorn: (bytes) => torn.push(bytes) });
const texts = () => logFilePaths(folder, "x").map((each) => readFileSync(each, "utf8"));
const lines = (...all: string[]) => Buffer.from(all.map((each) => `${each}\n`).join(""));
const ALL_WRITTEN = (buffer: Buffer) => ({ written: buffer.length, error: null });

test("lines are added, and a file that would grow too large is put aside before", () => {
  const rotating = open(12, 3);
  for (const each of ["aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff"]) rotating.append(lines(each));
  expect(texts()).toEqual(["aaaa\nbbbb\n", "cccc\ndddd\n", "eeee\nffff\n"]);
  expect(rotating.rotations()).toBe(2);
  for (const each of ["gggg", "hhhh", "iiii", "jjjj"]) rotating.append(lines(each));
  // Three are kept beside the one that grows.
  expect(texts()).toEqual(["cccc\ndddd\n", "eeee\nffff\n", "gggg\nhhhh\n", "iiii\njjjj\n"]);
  rotating.close();
});

test("a group that meets the limit is divided between lines, and one too long line has a file to itself", () => {
  const rotating = open(10);
  const group = lines("a", "bb", "ccc", "d".repeat(30), "e", "fffffff", "gg");
  expect(rotating.append(group)).toEqual(ALL_WRITTEN(group));
  expect(texts()).toEqual(["a\nbb\nccc\n", `${"d".repeat(30)}\n`, "e\nfffffff\n", "gg\n"]);
  rotating.close();
});

test("whatever comes in whatever groups, across restarts, all lines stand whole, once, and in order", () => {
  const anyLines = fc.array(fc.string({ maxLength: 40 }), { maxLength: 12 });
  const anyRun = fc.record({ maxBytes: fc.integer({ min: 1, max: 60 }), groups: fc.array(anyLines, { maxLength: 8 }) });
  fc.assert(
    fc.property(fc.array(anyRun, { minLength: 1, maxLength: 4 }), (runs) => {
      const expected: string[] = [];
      let no = 0;
      for (const { maxBytes, groups } of runs) {
        const rotating = open(maxBytes, 1_000);
        for (const group of groups) {
          const texts = group.map((text) => JSON.stringify([no++, text]));
          expected.push(...texts);
          expect(rotating.append(lines(...texts)).error).toBeNull();
        }
        rotating.close();
      }
      expect(texts().join("").split("\n").slice(0, -1)).toEqual(expected);
      for (const text of texts()) expect(text === "" || text.endsWith("\n")).toBe(true);
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    }),
    { numRuns: 60 },
  );
});

test("only their owner can read the files, also where one was made by someone less careful", () => {
  const deep = path.join(folder, "logs", "x.log");
  const rotating = createRotatingFile({ file: deep, settings: { maxBytes: 1, keep: 1 }, onTorn: () => undefined });
  rotating.append(lines("a", "b"));
  rotating.close();
  expect(statSync(path.dirname(deep)).mode & 0o777).toBe(0o700);
  for (const each of [deep, `${deep}.1`]) expect(statSync(each).mode & 0o777).toBe(0o600);
  writeFileSync(file, "", { mode: 0o644 });
  open(10).append(lines("a"));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

describe("what an earlier process left", () => {
  test.each([
    { name: "half a line", left: 'one\n{"half', kept: "one\n", bytes: 6 },
    { name: "nothing but half a line", left: "half", kept: "", bytes: 4 },
    { name: "half a very long line", left: `one\n${"x".repeat(200_000)}`, kept: "one\n", bytes: 200_000 },
    {
      name: "a block that a crash of the machine left empty",
      left: `one\n${"\0".repeat(4_096)}`,
      kept: "one\n",
      bytes: 4_096,
    },
    { name: "whole lines", left: "one\ntwo\n", kept: "one\ntwo\n", bytes: 0 },
    { name: "an empty file", left: "", kept: "", bytes: 0 },
  ])("$name", ({ left, kept, bytes }) => {
    writeFileSync(file, left);
    const rotating = open(1_000_000);
    rotating.append(Buffer.alloc(0));
    expect([readFileSync(file, "utf8"), torn]).toEqual([kept, bytes === 0 ? [] : [bytes]]);
    rotating.append(lines("next"));
    rotating.close();
    expect(readFileSync(file, "utf8")).toBe(`${kept}next\n`);
  });

  /** How far a rotation comes that is killed: with 3 kept, it is the renames 2→3, 1→2, x→1. */
  const RENAMES = [
    [".2", ".3"],
    [".1", ".2"],
    ["", ".1"],
  ] as const;
  test.each([0, 1, 2, 3])("a rotation that was killed after %i of its renames", (done) => {
    for (const [name, text] of Object.entries({ "": "44\n", ".1": "33\n", ".2": "22\n", ".3": "11\n" }))
      writeFileSync(file + name, text);
    for (const [from, to] of RENAMES.slice(0, done)) renameSync(file + from, file + to);
    const left = texts().filter((text) => text !== "");
    // The oldest was to go, and is gone with the first rename; nothing else ever is.
    expect(left).toEqual(done === 0 ? ["11\n", "22\n", "33\n", "44\n"] : ["22\n", "33\n", "44\n"]);

    const rotating = open(3, 3);
    rotating.append(Buffer.alloc(0));
    expect(texts().filter((text) => text !== "")).toEqual(left);
    expect([".1", ".2", ".3"].map((each) => existsSync(file + each))).toEqual([true, true, done === 0 || done === 3]);
    rotating.append(lines("55"));
    expect(texts().filter((text) => text !== "")).toEqual(["22\n", "33\n", "44\n", "55\n"]);
    rotating.close();
  });

  test("more files than are to be kept go, the oldest first; others in the folder stay", () => {
    for (const name of [".1", ".2", ".7", ".old", ".1.gz", ""]) writeFileSync(file + name, `${name}\n`);
    const rotating = open(100, 2);
    rotating.append(Buffer.alloc(0));
    expect([".1", ".2", ".3", ".7", ".old", ".1.gz"].map((each) => existsSync(file + each))).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
    ]);
    rotating.configure({ maxBytes: 1, keep: 1 });
    rotating.append(lines("a"));
    expect([".1", ".2"].map((each) => existsSync(file + each))).toEqual([true, false]);
    rotating.close();
  });
});

test("a file that someone took away is made anew, and one that another program adds to goes on", () => {
  const rotating = open(1_000);
  rotating.append(lines("a"));
  renameSync(file, path.join(folder, "taken"));
  rotating.append(lines("b"));
  appendFileSync(file, "theirs\n");
  rotating.append(lines("c"));
  rmSync(folder, { recursive: true });
  expect(rotating.append(lines("d"))).toMatchObject({ written: 0, error: { code: "ENOENT" } });
  // The next try makes the folder, too.
  expect(rotating.append(lines("d"))).toEqual(ALL_WRITTEN(lines("d")));
  expect(texts()).toEqual(["d\n"]);
  rotating.close();
});

test("one that cannot be put aside grows, and loses nothing", () => {
  const rotating = open(6, 1);
  rotating.append(lines("aaaa"));
  mkdirSync(path.join(`${file}.1`, "full"), { recursive: true });
  expect(rotating.append(lines("bbbb", "cccc"))).toEqual(ALL_WRITTEN(lines("bbbb", "cccc")));
  expect(readFileSync(file, "utf8")).toBe("aaaa\nbbbb\ncccc\n");
  expect(rotating.rotationError()).toMatchObject({ code: expect.stringMatching(/EISDIR|ENOTEMPTY|EEXIST/) });
  rmSync(`${file}.1`, { recursive: true });
  rotating.append(lines("dddd"));
  expect(texts()).toEqual(["aaaa\nbbbb\ncccc\n", "dddd\n"]);
  expect(rotating.rotationError()).toBeNull();
  rotating.close();
});

describe("a file that never fills", () => {
  const line = (ms: number) => lines(JSON.stringify({ timestamp: new Date(ms).toISOString() }));

  test("is put aside when its first line is old, and goes on", () => {
    const rotating = open(1_000, 2);
    rotating.append(line(1_000));
    rotating.append(line(9_000));
    expect(rotating.putAsideOld(1_000)).toBe(false);
    expect(rotating.putAsideOld(1_001)).toBe(true);
    rotating.append(line(10_000));
    expect(texts()).toEqual([`${line(1_000)}${line(9_000)}`, String(line(10_000))]);
    expect(rotating.rotations()).toBe(1);
    rotating.close();
  });

  test("stays where that would push another out, where it is empty, and where its first line tells no time", () => {
    const rotating = open(1_000, 1);
    expect(rotating.putAsideOld(2_000)).toBe(false);
    rotating.append(lines("no time"));
    expect(rotating.putAsideOld(2_000)).toBe(false);
    rotating.close();
    writeFileSync(file, line(1_000));
    writeFileSync(`${file}.1`, line(500));
    expect(rotating.putAsideOld(2_000)).toBe(false);
    rmSync(`${file}.1`);
    expect(rotating.putAsideOld(2_000)).toBe(true);
    rotating.close();
  });
});

test("what was put aside long ago can be removed", () => {
  for (const [name, ms] of Object.entries({ "": 0, ".1": 300_000, ".2": 200_000, ".3": 100_000 })) {
    writeFileSync(file + name, "");
    utimesSync(file + name, new Date(ms), new Date(ms));
  }
  expect(removePutAside(file, 3, 200_000)).toBe(1);
  expect(removePutAside(file, 3, 200_001)).toBe(1);
  expect(["", ".1", ".2", ".3"].map((each) => existsSync(file + each))).toEqual([true, true, false, false]);
});
