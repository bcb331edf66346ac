import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { PlayheadEvent } from "@playhead/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine } from "../../../engine.ts";
import { groupText } from "../../alert-texts.ts";
import { alertRow, deliveryRow } from "../../conformance/alert-rows.ts";
import { createJobScript, EMPTY_GROUP, type JobScript } from "../../conformance/job-script.ts";
import { createGroupEncoder } from "../group-message.ts";
import { openReaderService } from "../reader-service.ts";
import { openWriterService } from "../writer-service.ts";
import { createRandom, damageDatabase, PAGE_BYTES } from "./conformance/random-damage.ts";
import { repairDatabases } from "./repair-data.ts";
import { openRescueService } from "./rescue-service.ts";

const FILE_NAME = "playhead.db";
const JOBS = 16;
const SEGMENT_SIZE = 150;
const ALERTS = 40;

const service = openRescueService({ progress: new SharedArrayBuffer(8) });

let base: string;
let scripts: readonly JobScript[];
let number = 0;

beforeAll(() => {
  // In memory where that can be had: nothing here is about what a power failure leaves.
  base = mkdtempSync(path.join(existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir(), "playhead-corruption-"));
  scripts = Array.from({ length: JOBS }, (_, job) => scriptOf(job));
  fill("closed", true);
  fill("killed", false);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function scriptOf(job: number): JobScript {
  const script = createJobScript({
    jobId: `job${job}`,
    tenantId: "t",
    title: `Title ${job}`,
    createdMs: 1e12 + job * 1e6,
  });
  script.report("job.state_changed", { new_state: "running" });
  for (let scene = 0; scene < 1 + (job % 4); scene++) {
    const parent_id = `s${scene}`;
    script.report("task.created", { task_id: parent_id, kind: "scene", parent_id: null });
    for (let clip = 0; clip < 4; clip++) {
      const task_id = `${parent_id}.c${clip}`;
      script.report("task.created", { task_id, kind: "clip", parent_id });
      script.report("task.started", { task_id });
      script.report("clip.progress", { task_id, step: "rendering" });
      if (clip === 0) script.report("job.updated", { title: "x".repeat(job % 7 === 0 ? 9_000 : 200) });
      if (job % 3 !== 0) script.report("task.completed", { task_id });
    }
  }
  if (job % 3 === 0) return script;
  script.report("job.state_changed", { new_state: "completing" });
  script.report("job.state_changed", { new_state: "completed" });
  return script;
}

/** A data folder with all jobs, in many groups; closed as it should be, or as a process leaves it that is killed. */
function fill(name: string, isClosed: boolean): void {
  const folder = path.join(base, `${name}.open`);
  cpSync(mkdtempSync(path.join(base, "empty-")), folder, { recursive: true });
  const writer = openWriterService({
    file: path.join(folder, FILE_NAME),
    newEpoch: "first",
    segmentSize: SEGMENT_SIZE,
  });
  const encoder = createGroupEncoder();
  for (const script of scripts.map((_, job) => scriptOf(job))) {
    writer.commit(1, encoder.encode({ ...script.group(), sources: new Map([[script.jobId, 7]]) }), 0);
    writer.commit(1, encoder.encode(EMPTY_GROUP), 0);
  }
  for (let key = 0; key < 40; key++)
    writer.putDocument({ collection: "keys", id: `k${key}`, tenantId: "t", body: `{"n":${key}}`, expiresMs: null }, 0);
  for (let no = 0; no < ALERTS; no++) {
    const incidents = [{ groupKey: `g${no}`, tenantId: "t", incident: { no } }];
    const position = { factId: no, atMs: no, windows: null };
    const rows = { alerts: [alertRow("t", `a${no}`)], deliveries: [deliveryRow("t", `d${no}`)] };
    writer.putAlerts(groupText({ ...rows, incidents, position }));
  }
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
  readonly facts: ReadonlyMap<string, readonly PlayheadEvent[]>;
  readonly states: ReadonlyMap<string, unknown>;
  readonly documents: number;
}

/** All that the server reads of a folder; also writes, as it will. */
function readAll(folder: string): Read {
  const file = path.join(folder, FILE_NAME);
  const writer = openWriterService({ file, newEpoch: "unused", segmentSize: SEGMENT_SIZE });
  const reader = openReaderService({ file });
  try {
    const fresh = createJobScript({ jobId: "fresh", tenantId: "t" });
    writer.commit(1, createGroupEncoder().encode(fresh.group()), 0);
    const facts = new Map<string, readonly PlayheadEvent[]>();
    const states = new Map<string, unknown>();
    const query = { tenantId: "t", sort: "created_at", order: "asc", limit: 200 } as const;
    for (const { job_id } of JSON.parse(reader.listJobs(query).items)) {
      facts.set(job_id, JSON.parse(reader.readFacts(job_id, 0, 1e6)));
      const [summary, ...tasks] = (reader.readJob(job_id) as readonly string[]).map((text) => JSON.parse(text));
      states.set(job_id, { state: summary.state, tasks: tasks.flat().length });
    }
    facts.delete("fresh");
    states.delete("fresh");
    return { facts, states, documents: reader.listDocuments({ collection: "keys", limit: 100 }, 1).length };
  } finally {
    reader.close();
    writer.close();
  }
}

const contentOf = ({ type, ts, data }: PlayheadEvent) => JSON.stringify([type, ts, data]);

/** How many of the original facts are not there any more. */
function countLost({ facts }: Read): number {
  let lost = 0;
  for (const script of scripts) {
    const kept = new Set((facts.get(script.jobId) ?? []).map(contentOf));
    lost += script.events().filter((event) => !kept.has(contentOf(event))).length;
  }
  return lost;
}

/** Checks, repairs where that is said to be needed, and checks again. */
function repair(folder: string) {
  const [, before] = service.check(folder, "rows");
  const repaired = repairDatabases({ folder, asideName: "damaged", newEpoch: "second", segmentSize: SEGMENT_SIZE });
  const [, after] = service.check(folder, "rows");
  return { before, after, salvage: repaired[1]?.salvage ?? null };
}

describe("what nothing has happened to", () => {
  test.each(["closed", "killed"])("is well, and stays as it is: %s", (name) => {
    const folder = copyOf(name);
    const before = readFileSync(path.join(folder, FILE_NAME));
    expect(service.check(folder, "rows")).toMatchObject([{ verdict: "absent" }, { verdict: "well", faults: [] }]);
    expect(repair(folder).salvage).toBeNull();
    expect(readFileSync(path.join(folder, FILE_NAME))).toEqual(before);
    expect(countLost(readAll(folder))).toBe(0);
  });
});

test("a process that was killed may leave its log without the index of it", () => {
  const folder = copyOf("killed");
  rmSync(path.join(folder, `${FILE_NAME}-shm`));
  expect(repair(folder)).toMatchObject({ before: { verdict: "well" }, salvage: null });
  expect(countLost(readAll(folder))).toBe(0);
});

test("rows that were deleted do not come back", () => {
  const folder = copyOf("closed");
  const file = path.join(folder, FILE_NAME);
  const writer = openWriterService({ file, newEpoch: "unused", segmentSize: SEGMENT_SIZE });
  // So many that whole pages become free.
  const body = JSON.stringify({ text: "x".repeat(300) });
  const ids = Array.from({ length: 200 }, (_, key) => `gone${key}`);
  for (const id of ids) writer.putDocument({ collection: "keys", id, tenantId: "t", body, expiresMs: null }, 1);
  for (const id of ids) writer.removeDocument("keys", id, 1);
  writer.close();
  const bytes = readFileSync(file);
  expect(bytes.includes("gone77")).toBe(true);
  // Neither the schema nor the trees say whose a page is; the list of free pages is readable.
  writeFileSync(file, bytes.fill(0, 100, PAGE_BYTES));
  expect(repair(folder)).toMatchObject({ before: { verdict: "damaged" }, after: { verdict: "well" } });
  const read = readAll(folder);
  expect(read.documents).toBe(40);
  expect(countLost(read)).toBe(0);
});

describe("salvage of a database with", () => {
  const at = (folder: string) => path.join(folder, FILE_NAME);
  const overwrite = (file: string, from: number, to: number, byte = 0) => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(byte, from, to));
  };
  test.each<{ name: string; from?: string; damage: (folder: string) => void; lost: number }>([
    { name: "no header", damage: (folder) => overwrite(at(folder), 0, 100), lost: 0 },
    { name: "no schema", damage: (folder) => overwrite(at(folder), 0, PAGE_BYTES), lost: 0 },
    {
      name: "a log that SQLite would read the half of",
      from: "killed",
      damage: (folder) => overwrite(`${at(folder)}-wal`, 400_000, 400_010, 0x55),
      lost: 0,
    },
    {
      name: "a damaged log's header",
      from: "killed",
      damage: (folder) => overwrite(`${at(folder)}-wal`, 0, 32, 0xff),
      lost: 0,
    },
    { name: "its log only", from: "killed", damage: (folder) => rmSync(at(folder)), lost: 0 },
  ])("$name keeps every fact", ({ from = "closed", damage, lost }) => {
    const folder = copyOf(from);
    damage(folder);
    const { before, after } = repair(folder);
    expect(before?.verdict).toBe("damaged");
    expect(after?.verdict).toBe("well");
    expect(countLost(readAll(folder))).toBe(lost);
  });
});

test("alerts are kept, and go on from the end of the log, since its facts have other numbers", () => {
  const folder = copyOf("closed");
  const file = path.join(folder, FILE_NAME);
  writeFileSync(file, readFileSync(file).fill(0, 0, 100));
  expect(repair(folder)).toMatchObject({ before: { verdict: "damaged" }, after: { verdict: "well" } });
  const reader = openReaderService({ file });
  const query = { tenantId: "t", limit: 100 };
  expect(reader.listAlerts(query).items).toHaveLength(ALERTS);
  expect(reader.listDeliveries(query).items).toHaveLength(ALERTS);
  expect(reader.readIncidents()).toHaveLength(ALERTS);
  expect(reader.readAlertPosition()).toBeNull();
  reader.close();
});

/** Facts that stand in one page at most; one that is damaged takes no more with it. */
const FACTS_PER_PAGE = 60;

test.each(Array.from({ length: 100 }, (_, seed) => seed))(
  "damage %i leaves what is readable, and a database that works",
  async (seed) => {
    const random = createRandom(seed);
    const folder = copyOf(seed % 3 === 0 ? "killed" : "closed");
    const { what, kind, pages } = damageDatabase(path.join(folder, FILE_NAME), random);
    const { before, after, salvage } = repair(folder);
    // What was found is said, and was seen to.
    expect(before?.verdict === "damaged", what).toBe(salvage !== null);
    if (before?.verdict === "damaged") expect(before.faults.length, what).toBeGreaterThan(0);
    // The second look also says that each job's facts have no gap, and that their fold is its projection.
    expect(after, what).toMatchObject({ verdict: "well", faults: [] });
    const read = readAll(folder);
    if (kind !== "cut") expect(countLost(read), what).toBeLessThanOrEqual(pages * FACTS_PER_PAGE);
    // A bit within a text that nothing contradicts is the only thing that nobody can see.
    if (kind !== "cut" && salvage === null) expect(countLost(read), what).toBeLessThanOrEqual(pages);
    if (salvage !== null) expect(existsSync(path.join(folder, "damaged", `${FILE_NAME}.report.json`)), what).toBe(true);
    if (seed % 20 === 0) {
      const engine = await createEngine({ dataFolder: folder, log: () => {} });
      await engine.close();
    }
  },
);

test("a newer Playhead's database is left alone, and so is another program's", () => {
  const folder = copyOf("closed");
  const file = path.join(folder, FILE_NAME);
  const edit = (file: string, sql: string) => {
    const db = new DatabaseSync(file);
    db.exec(sql);
    db.close();
  };
  edit(file, "PRAGMA user_version = 99");
  expect(repair(folder)).toMatchObject({ before: { verdict: "newer" }, salvage: null });
  rmSync(file);
  edit(file, "CREATE TABLE theirs (x)");
  expect(repair(folder)).toMatchObject({ before: { verdict: "foreign" }, salvage: null });
});
