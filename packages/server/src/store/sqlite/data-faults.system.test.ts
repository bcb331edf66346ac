import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createJobScript, EMPTY_GROUP } from "../conformance/job-script.ts";
import { createSqliteStore } from "./open-store.ts";

/** Opening a store takes a while where many tests run at once. */
const LIMIT_MS = 60_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "playhead-faults-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (at = folder) =>
  createSqliteStore({ folder: at, nowMs: Date.now, newEpoch: () => "epoch", segmentSize: 100 });
const database = () => path.join(folder, "playhead.db");

/** Leaves a database with a job of many facts. */
async function fill(): Promise<void> {
  const store = await open();
  const script = createJobScript({ jobId: "job", tenantId: "t" });
  for (let i = 0; i < 2_000; i++) script.report("job.updated", { text: "x".repeat(200) });
  await store.commit(script.group());
  // Makes a segment of what is there.
  await store.commit(EMPTY_GROUP);
  await store.close();
}

describe("a data folder that cannot be used", { timeout: LIMIT_MS }, () => {
  test.each([
    {
      name: "holds something else under the database's name",
      prepare: () => writeFileSync(database(), "this is no database ".repeat(400)),
      expected: { code: "data_damaged", message: /playhead\.db is not a database$/, hint: /backup/ },
    },
    {
      name: "holds a folder under the database's name",
      prepare: () => mkdirSync(database()),
      expected: { code: "data_unwritable", message: /playhead\.db cannot be read or written$/, hint: /disk/ },
    },
    {
      name: "holds another program's database",
      prepare: () => new DatabaseSync(database()).exec("CREATE TABLE theirs (x)"),
      expected: { code: "data_damaged", message: /another program/, hint: /another data folder/ },
    },
    {
      name: "holds a database that was cut off",
      prepare: async () => {
        await fill();
        truncateSync(database(), statSync(database()).size - 3 * 4_096);
      },
      expected: { code: "data_damaged", message: /is damaged$/, hint: /backup/ },
    },
    {
      name: "holds the database of a newer version",
      prepare: async () => {
        await fill();
        new DatabaseSync(database()).exec("PRAGMA user_version = 99");
      },
      expected: { code: "data_newer", message: /newer Playhead \(version 99/, hint: /update/ },
    },
    {
      name: "holds events that this version does not know",
      prepare: async () => {
        await fill();
        new DatabaseSync(database()).exec("INSERT INTO event_types (name) VALUES ('job.teleported')");
      },
      expected: { code: "data_newer", message: /job\.teleported/, hint: /update/ },
    },
    {
      name: "holds a folder under the lock's name",
      prepare: () => mkdirSync(path.join(folder, "playhead.lock")),
      expected: { code: "data_unwritable", message: /playhead\.lock cannot be read or written$/, hint: /disk/ },
    },
  ])("$name", async ({ prepare, expected }) => {
    await prepare();
    const before = readFile(database());
    const { code, message, hint } = expected;
    await expect(open()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    // Nothing was changed, and nothing is held: the same again.
    await expect(open()).rejects.toMatchObject({ code });
    expect(readFile(database())).toEqual(before);
  });

  test("lies below a file", async () => {
    writeFileSync(path.join(folder, "file"), "");
    await expect(open(path.join(folder, "file", "data"))).rejects.toMatchObject({
      code: "data_unwritable",
      message: expect.stringContaining("ENOTDIR"),
    });
  });

  test("is in use already, also by this process", async () => {
    const store = await open();
    await expect(open()).rejects.toMatchObject({ code: "data_in_use", hint: expect.stringMatching(/stop the other/) });
    // The refusal must not have freed the lock.
    await expect(open()).rejects.toMatchObject({ code: "data_in_use" });
    await store.close();
    await (await open()).close();
  });
});

test("a folder is made where there is none, and is one file when it is closed", { timeout: LIMIT_MS }, async () => {
  const deep = path.join(folder, "a", "b ü 🎬");
  await (await open(deep)).close();
  expect(readdirSync(deep).sort()).toEqual(["playhead.db", "playhead.lock"]);
  expect(statSync(deep).mode & 0o777).toBe(0o700);
});

test("damage that shows later is told as such", { timeout: LIMIT_MS }, async () => {
  await fill();
  const bytes = readFileSync(database());
  // Among the facts, which are nearly all there is, and which opening does not look at.
  writeFileSync(database(), bytes.fill(0xff, bytes.length / 2, (bytes.length * 3) / 4));
  const store = await open();
  const reading = store.readFacts("job", 0, 2_000);
  await expect(reading).rejects.toMatchObject({ code: "data_damaged", message: "the database is damaged" });
  await store.close();
});

function readFile(file: string): Buffer | null {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file) : null;
}
