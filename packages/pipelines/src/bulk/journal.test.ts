import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { JOURNAL_NAME, openJournal, type VideoEntry } from "./journal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "playhead-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A finished video, with its files. */
function entry(item_id: string, file = `${item_id}.mp4`, size_bytes = 5): VideoEntry {
  writeFileSync(join(folder, file), "x".repeat(size_bytes));
  writeFileSync(join(folder, `${file}.jpg`), "y");
  const size = { duration_sec: 1, width: 2, height: 2, size_bytes };
  return { item_id, row: 1, title: item_id, file, thumbnail: `${file}.jpg`, ...size };
}

async function add(...entries: readonly VideoEntry[]): Promise<void> {
  const journal = await openJournal(folder);
  await Promise.all(entries.map((each) => journal.add(each)));
  await journal.close();
}

const path = () => join(folder, JOURNAL_NAME);
const find = async (id: string) => (await openJournal(folder)).find(id);

test("what was added is found by whoever comes next, as long as its file is as it was", async () => {
  const [one, two] = [entry("one"), entry("two")];
  await add(one, two);
  await add(entry("three"));
  expect(await find("one")).toEqual(one);
  expect(await find("three")).toMatchObject({ item_id: "three" });
  expect(await find("four")).toBeNull();
  writeFileSync(join(folder, "one.mp4"), "shorter");
  expect(await find("one")).toBeNull();
  rmSync(join(folder, "two.mp4.jpg"));
  expect(await find("two")).toEqual({ ...two, thumbnail: null });
});

test("a file that another video was written over is the other's", async () => {
  await add(entry("old", "a.mp4"), entry("new", "a.mp4"));
  expect(await find("old")).toBeNull();
  expect(await find("new")).toMatchObject({ file: "a.mp4" });
});

test("cut off anywhere, what was whole before is kept, and what comes after is whole", async () => {
  await add(entry("one"), entry("two"));
  const text = readFileSync(path(), "utf8");
  for (let length = 0; length <= text.length; length += 7) {
    writeFileSync(path(), text.slice(0, length));
    const isWhole = text.slice(0, length).split("\n").length > 2;
    expect((await find("one")) !== null).toBe(isWhole);
    await add(entry("three"));
    expect(await find("three")).not.toBeNull();
    expect((await find("one")) !== null).toBe(isWhole);
  }
});

test("a line that is damaged costs its video only", async () => {
  await add(entry("one"));
  appendFileSync(path(), '{"item_id": 1}\nnonsense\n');
  await add(entry("two"));
  expect([await find("one"), await find("two")]).not.toContain(null);
});

test.each(["hello\n", "[]", '{"version":1}\n'])("a file of somebody else's is left alone: %j", async (text) => {
  writeFileSync(path(), text);
  await expect(openJournal(folder)).rejects.toMatchObject({ code: "output_unwritable" });
  expect(readFileSync(path(), "utf8")).toBe(text);
});

test("a name that leads out of the folder counts for nothing", async () => {
  await add({ ...entry("one"), file: "../one.mp4" });
  expect(await find("one")).toBeNull();
});
