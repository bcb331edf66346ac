import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createSketch, type LogEntry } from "@playhead/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine } from "../../../../engine.ts";
import {
  callRow,
  entryOf,
  groupOf,
  lineRow,
  SECOND_MS,
  TEN_MS,
} from "../../../telemetry-conformance/telemetry-case.ts";
import type { EntryRow } from "../../../telemetry-store.ts";
import { encodeGroup } from "../../telemetry/group-text.ts";
import { openTelemetryReader } from "../../telemetry/reader-service.ts";
import { openTelemetryWriter } from "../../telemetry/writer-service.ts";
import { createRandom, damageDatabase, PAGE_BYTES } from "../conformance/random-damage.ts";
import { repairDatabases } from "../repair-data.ts";
import { openRescueService } from "../rescue-service.ts";

const FILE_NAME = "telemetry.sqlite";
const TIME_ZONE = "Europe/Rome";
const ENTRIES = 800;
const GROUP = 50;
const RUNNING = 5;
const SUMMARIZED = 700;
const ALL_TIME = { fromMs: 0, toMs: Date.UTC(2100, 0) };

const service = openRescueService({ progress: new SharedArrayBuffer(8) });

let base: string;
let number = 0;

beforeAll(() => {
  // In memory where that can be had: nothing here is about what a power failure leaves.
  base = mkdtempSync(path.join(existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir(), "playhead-corruption-"));
  fill("closed", true);
  fill("killed", false);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** The entry with an id; each has a word of its own. */
function rowOfId(entryId: number): EntryRow {
  const more = {
    tsMs: TEN_MS + entryId * 7 * SECOND_MS,
    jobId: `job${entryId % 20}`,
    traceId: `trace${entryId % 100}`,
    body: { metadata: { place: entryId, note: "x".repeat(entryId % 300 === 0 ? 9_000 : 40) } },
  };
  if (entryId % 2 === 0) return lineRow("t", { ...more, message: `the größte line word${entryId}` });
  const name = `probe${entryId % 4}`;
  return callRow("t", { ...more, functionName: name, message: `${name} word${entryId}`, durationMs: entryId % 90 });
}

/** A data folder with all entries, in many groups; closed as it should be, or as a process leaves it that is killed. */
function fill(name: string, isClosed: boolean): void {
  const folder = mkdtempSync(path.join(base, "open-"));
  const writer = openTelemetryWriter({ file: path.join(folder, FILE_NAME), timeZone: TIME_ZONE, blockSize: 128 });
  const sketch = createSketch();
  sketch.add(2, SUMMARIZED);
  const figures = { count: SUMMARIZED, errors: 3, duration_sum_ms: 1_400, duration_min_ms: 2, duration_max_ms: 2 };
  const totals = { name: "hot", category: "function", ...figures, sketch: sketch.encode() } as const;
  for (let first = 1; first <= ENTRIES; first += GROUP) {
    const rows = Array.from({ length: GROUP }, (_, place) => rowOfId(first + place));
    const sample = { cpu_percent: 1 } as never;
    const samples = [{ tenantId: "t", source: "w", tsMs: TEN_MS + first, sample }];
    writer.append(1, encodeGroup(groupOf(rows, { samples, sources: new Map([["w", first]]) })));
    if (first % (GROUP * 7) === 1) writer.writeRollups();
  }
  const started = Array.from({ length: RUNNING }, (_, place) =>
    callRow("t", { eventType: "start", durationMs: null, spanId: `span${place}`, message: "under way" }),
  );
  writer.append(1, encodeGroup(groupOf(started, { totals: [{ tenantId: "t", minuteMs: TEN_MS, totals }] })));
  if (isClosed) writer.close();
  cpSync(folder, path.join(base, name), { recursive: true });
  if (!isClosed) writer.close();
}

/** A copy of a data folder, to be damaged. */
function copyOf(name: string): string {
  const folder = path.join(base, `copy-${++number}`);
  cpSync(path.join(base, name), folder, { recursive: true });
  return folder;
}

interface Read {
  readonly entries: ReadonlyMap<number, LogEntry>;
  readonly running: number;
  readonly samples: number;
  readonly source: number;
  /** Calls by the rollups of each span. */
  readonly counts: Readonly<Record<string, number>>;
}

/** All that the server reads of a folder, each way that it is asked for; also writes, as it will. */
function readAll(folder: string): Read {
  const file = path.join(folder, FILE_NAME);
  const options = { file, timeZone: TIME_ZONE };
  const writer = openTelemetryWriter({ ...options, blockSize: undefined });
  const reader = openTelemetryReader(options);
  const query = { tenant_id: "t", order: "asc", limit: 100_000 } as const;
  const find = (more: object) =>
    reader.queryEntries({ ...query, ...more }).texts.flatMap((text) => JSON.parse(text) as readonly LogEntry[]);
  const count = (span: "minute" | "hour" | "day" | "week" | "month") =>
    reader.readRollups({ tenantId: "t", span, range: ALL_TIME }).reduce((sum, each) => sum + each.count, 0);
  try {
    const { firstEntryId } = writer.append(1, encodeGroup(groupOf([lineRow("t", { message: "fresh" })])));
    expect(find({ text: "fresh" }).map(({ entry_id }) => entry_id)).toEqual([firstEntryId]);
    writer.writeRollups();
    const all = find({}).filter(({ entry_id }) => entry_id !== firstEntryId);
    const entries = new Map(all.map((entry) => [entry.entry_id, entry]));
    const running = entries.get(0) === undefined ? 0 : all.filter(({ entry_id }) => entry_id === 0).length;
    entries.delete(0);
    expect(firstEntryId).toBeGreaterThan(Math.max(0, ...entries.keys()));
    for (const [entryId, entry] of entries) {
      // Not each of them: it takes too long.
      if (entryId % 61 !== 0) continue;
      const filter = { trace_id: entry.trace_id, text: entry.message };
      expect(find(filter).map(({ entry_id }) => entry_id)).toContain(entryId);
    }
    const spans = ["minute", "hour", "day", "week", "month"] as const;
    const samples = JSON.parse(reader.readSamples({ tenantId: "t", range: ALL_TIME, limit: 1_000 })).length;
    const counts = Object.fromEntries(spans.map((span) => [span, count(span)]));
    return { entries, running, samples, source: reader.readSource("w"), counts };
  } finally {
    reader.close();
    writer.close();
  }
}

const CALLS = ENTRIES / 2;
const ALL_CALLS = CALLS + SUMMARIZED;
const EVERYTHING = {
  running: RUNNING,
  samples: ENTRIES / GROUP,
  source: ENTRIES - GROUP + 1,
  counts: { minute: ALL_CALLS, hour: ALL_CALLS, day: ALL_CALLS, week: ALL_CALLS, month: ALL_CALLS },
};

/** How many of the original entries are not there any more as they were. */
function countLost({ entries }: Read): number {
  let lost = 0;
  for (let entryId = 1; entryId <= ENTRIES; entryId++) {
    const expected = JSON.stringify(Object.entries(entryOf(entryId, rowOfId(entryId))).sort());
    if (JSON.stringify(Object.entries(entries.get(entryId) ?? {}).sort()) !== expected) lost += 1;
  }
  return lost;
}

/** Checks, repairs where that is said to be needed, and checks again. */
function repair(folder: string) {
  const [before] = service.check(folder, "rows");
  const [repaired] = repairDatabases({ folder, asideName: "damaged", newEpoch: "second" });
  const [after] = service.check(folder, "rows");
  return { before, after, salvage: repaired?.salvage ?? null };
}

const at = (folder: string) => path.join(folder, FILE_NAME);

function overwrite(file: string, from: number, to: number, byte = 0): void {
  writeFileSync(file, readFileSync(file).fill(byte, from, to));
}

function edit(folder: string, sql: string): void {
  const db = new DatabaseSync(at(folder));
  db.exec(sql);
  db.close();
}

test.each(["closed", "killed"])("telemetry that nothing has happened to is well, and stays as it is: %s", (name) => {
  const folder = copyOf(name);
  const before = readFileSync(at(folder));
  expect(repair(folder)).toMatchObject({ before: { verdict: "well", faults: [] }, salvage: null });
  expect(readFileSync(at(folder))).toEqual(before);
  const read = readAll(folder);
  expect(countLost(read)).toBe(0);
  expect(read).toMatchObject(EVERYTHING);
});

describe("salvage of telemetry with", () => {
  test.each<{ name: string; from?: string; damage: (folder: string) => void; expected?: Partial<Read> }>([
    { name: "no header", damage: (folder) => overwrite(at(folder), 0, 100) },
    // Whose page is whose is told by its looks, and an index looks like sources.
    { name: "no schema", damage: (folder) => overwrite(at(folder), 0, PAGE_BYTES), expected: { source: 0 } },
    {
      name: "a log that SQLite would read the half of",
      from: "killed",
      damage: (folder) => overwrite(`${at(folder)}-wal`, 400_000, 400_010, 0x55),
    },
    { name: "its log only", from: "killed", damage: (folder) => rmSync(at(folder)) },
    {
      name: "an index of words that was emptied",
      damage: (folder) => edit(folder, "INSERT INTO words (words) VALUES ('delete-all')"),
    },
    { name: "words at other entries", damage: (folder) => edit(folder, "DELETE FROM words WHERE rowid = 77") },
    { name: "blocks that are lost", damage: (folder) => edit(folder, "DELETE FROM blocks WHERE block = 3") },
    {
      name: "rollups of minutes that are lost",
      damage: (folder) => edit(folder, "DELETE FROM rollups WHERE span = 0 AND summarized = 0"),
    },
    {
      name: "all rollups of calls that have entries lost",
      damage: (folder) =>
        edit(folder, "DELETE FROM rollups WHERE summarized = 0; DELETE FROM series WHERE name LIKE 'probe%'"),
    },
    { name: "larger rollups that are lost", damage: (folder) => edit(folder, "DELETE FROM rollups WHERE span > 0") },
    {
      name: "no note of what has been added up",
      damage: (folder) => edit(folder, "UPDATE meta SET value = 'x' WHERE key = 'rolled_up_to'"),
    },
    {
      name: "no zone",
      damage: (folder) => edit(folder, "UPDATE meta SET value = 'Europe/Rone' WHERE key = 'time_zone'"),
    },
  ])("$name keeps everything", ({ from = "closed", damage, expected = {} }) => {
    const folder = copyOf(from);
    damage(folder);
    const { before, after } = repair(folder);
    expect(before?.verdict).toBe("damaged");
    expect(after).toMatchObject({ verdict: "well", faults: [] });
    const read = readAll(folder);
    expect(countLost(read)).toBe(0);
    expect(read).toMatchObject({ ...EVERYTHING, ...expected });
  });

  test("values that make no sense keeps the entries, and says what it let go", () => {
    const folder = copyOf("closed");
    edit(
      folder,
      `UPDATE entries SET metadata = '{"place":' WHERE entry_id IN (5, 6); UPDATE entries SET level = 77 WHERE entry_id = 9;
       UPDATE running SET row = replace(row, '"message"', '"massage"') WHERE run_id = 1`,
    );
    expect(repair(folder)).toMatchObject({
      after: { verdict: "well" },
      salvage: { telemetry: { entries: ENTRIES, lostValues: 3, unusableRows: 1 } },
    });
    const read = readAll(folder);
    expect(read).toMatchObject({ ...EVERYTHING, running: RUNNING - 1 });
    expect(countLost(read)).toBe(3);
  });
});

/** Entries that stand in one page at most. */
const ENTRIES_PER_PAGE = 40;

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "damage %i of telemetry leaves what is readable, and a database that works",
  async (seed) => {
    const folder = copyOf(seed % 3 === 0 ? "killed" : "closed");
    const { what, kind, pages } = damageDatabase(at(folder), createRandom(seed + 1_000));
    const { before, after, salvage } = repair(folder);
    // What was found is said, and was seen to.
    expect(before?.verdict === "damaged", what).toBe(salvage !== null);
    if (before?.verdict === "damaged") expect(before.faults.length, what).toBeGreaterThan(0);
    // The second look also says that each entry is found by its words and its time.
    if (after?.verdict !== "absent") expect(after, what).toMatchObject({ verdict: "well", faults: [] });
    const read = readAll(folder);
    if (kind !== "cut") expect(countLost(read), what).toBeLessThanOrEqual(pages * ENTRIES_PER_PAGE);
    // A bit within a text that nothing contradicts is the only thing that nobody can see.
    if (kind !== "cut" && salvage === null) expect(countLost(read), what).toBeLessThanOrEqual(pages);
    const calls = [...read.entries.values()].filter(({ duration }) => duration !== null).length;
    for (const [span, count] of Object.entries(read.counts))
      expect(count, `${what}: ${span}`).toBeGreaterThanOrEqual(calls);
    if (seed % 10 === 0) {
      const engine = await createEngine({ dataFolder: folder, timeZone: TIME_ZONE, log: () => {} });
      expect(
        await engine.telemetryStore.countEntries({ tenant_id: "t", event_types: ["complete", "log"] }),
      ).toBeGreaterThanOrEqual(read.entries.size);
      await engine.close();
    }
  },
);
