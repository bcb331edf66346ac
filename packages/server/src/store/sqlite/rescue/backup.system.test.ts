import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { emptyJob, foldAll, type LogFilter, PlayheadError, type PlayheadEvent } from "@playhead/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createEngine } from "../../../engine.ts";
import { DEFAULT_TENANT } from "../../../tenants.ts";
import type { Store } from "../../store.ts";
import type { TelemetryStore } from "../../telemetry-store.ts";
import { lockData } from "../data-lock.ts";
import { createSqliteStore } from "../open-store.ts";
import { createSqliteTelemetry } from "../telemetry/open-telemetry.ts";
import { backupData } from "./backup-data.ts";
import { jobOfLine, lineRecords, startWorker } from "./conformance/reporting-worker.ts";
import { restoreData } from "./restore-data.ts";

const LIMIT_MS = 60_000;
const WORKERS = 8;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "playhead-backup-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...names: string[]) => path.join(folder, ...names);
const startEngine = () => createEngine({ dataFolder: at("data"), log: () => {} });
const backup = (destination: string, options: Partial<Parameters<typeof backupData>[0]> = {}) =>
  backupData({ folder: at("data"), destination, version: "0.0.0", nowMs: Date.now, ...options });
const restore = (source: string, to = at("data")) =>
  restoreData({ source, folder: to, newEpoch: "second", nowMs: Date.now });
const openStore = (data: string) => createSqliteStore({ folder: data, nowMs: Date.now, newEpoch: () => "unused" });

/** What a restored folder holds of a job: its facts, which must have no gap and add up to the job. */
async function readRestored(store: Store, jobId: string): Promise<readonly PlayheadEvent[]> {
  const facts = await store.readFacts(jobId, 0, 10_000_000);
  expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, place) => place + 1));
  const folded = foldAll(emptyJob(jobId), facts);
  const job = await store.readJob(jobId);
  expect(job).toMatchObject({ seq: folded.seq, state: folded.state, counts: folded.counts });
  expect([...(job?.tasks.values() ?? [])].map(({ task_id, state }) => [task_id, state])).toEqual(
    [...folded.tasks.values()].map(({ task_id, state }) => [task_id, state]),
  );
  // The position of the source went with the facts: so nothing is taken twice, and nothing is missed.
  expect(await store.readSource(`local:${jobId.slice(4)}`)).toBe(
    // The server adds that its session has begun.
    facts.filter(({ type }) => type !== "session.started").length,
  );
  return facts;
}

/** What a restored folder holds of a worker's log: all lines up to some, each found by its words, of jobs that are there. */
async function readLines(store: Store, telemetry: TelemetryStore, name: string): Promise<number> {
  const filter = { tenant_id: DEFAULT_TENANT, order: "asc", limit: 100_000 } as const;
  const { entries } = await telemetry.queryEntries({ ...filter, stage: name });
  expect(entries.map(({ job_id }) => job_id)).toEqual(entries.map((_, place) => jobOfLine(name, place + 1)));
  for (const { job_id } of entries) expect(await store.readJob(job_id ?? "")).not.toBeNull();
  const newest = await telemetry.queryEntries({ ...filter, text: `line${entries.length}`, stage: name });
  expect(newest.entries).toEqual(entries.slice(-1));
  expect(await telemetry.readSource(`local:${name}.lines`)).toBe(entries.length * 2);
  return entries.length;
}

test("a backup under full load is a state that existed, with all that was acknowledged before it", {
  timeout: LIMIT_MS,
}, async () => {
  const engine = await startEngine();
  const acknowledged = new Map<string, number>();
  const workers = Array.from({ length: WORKERS }, (_, each) => startWorker(engine, `w${each}`, acknowledged));
  const taken: { readonly before: ReadonlyMap<string, number>; readonly after: ReadonlyMap<string, number> }[] = [];
  for (let round = 0; round < 3; round++) {
    while ([...acknowledged.values()].reduce((sum, seq) => sum + seq, 0) < (round + 1) * 2_000)
      await new Promise((resolve) => setImmediate(resolve));
    const before = new Map(acknowledged);
    await backup(at(`backup${round}`));
    taken.push({ before, after: new Map(acknowledged) });
  }
  for (const worker of workers) await worker.stop();
  const all = new Map<string, readonly PlayheadEvent[]>();
  const jobIds = [...acknowledged.keys()].filter((key) => key.startsWith("job-"));
  for (const jobId of jobIds) all.set(jobId, await engine.store.readFacts(jobId, 0, 10_000_000));
  await engine.close();

  for (const [round, { before, after }] of taken.entries()) {
    const data = at(`restored${round}`);
    await restore(at(`backup${round}`), data);
    const store = await openStore(data);
    expect(store.epoch).toBe("second");
    for (const [jobId, events] of all) {
      const facts = await readRestored(store, jobId);
      expect(facts.length).toBeGreaterThanOrEqual(before.get(jobId) ?? 0);
      expect(facts).toEqual(events.slice(0, facts.length));
    }
    const telemetry = await createSqliteTelemetry({ folder: data, timeZone: "UTC" });
    for (let each = 0; each < WORKERS; each++) {
      const lines = await readLines(store, telemetry, `w${each}`);
      expect(lines).toBeGreaterThanOrEqual(before.get(`w${each}`) ?? 0);
    }
    await telemetry.close();
    await store.close();
    // Work went on meanwhile: the writer was not held up.
    const sum = (seqs: ReadonlyMap<string, number>) => [...seqs.values()].reduce((total, seq) => total + seq, 0);
    expect(sum(after)).toBeGreaterThan(sum(before));
  }
});

let template: string;
beforeAll(async () => {
  template = mkdtempSync(path.join(os.tmpdir(), "playhead-backed-up-"));
  const data = path.join(template, "data");
  const engine = await createEngine({ dataFolder: data, log: () => {} });
  await startWorker(engine, "w", new Map()).stop();
  await engine.close();
  writeFileSync(path.join(data, "access-key"), "secret\n", { mode: 0o600 });
  await backupData({ folder: data, destination: path.join(template, "backup"), version: "0.0.0", nowMs: Date.now });
}, LIMIT_MS);
afterAll(() => rmSync(template, { recursive: true, force: true }));

/** A data folder with one job, and its backup. */
function backedUp(): string {
  cpSync(template, folder, { recursive: true });
  return at("backup");
}

describe("a backup", { timeout: LIMIT_MS }, () => {
  test("is one folder, for its owner only; and gets one in a folder that is there", async () => {
    const made = backedUp();
    expect(made).toBe(at("backup"));
    expect(readdirSync(made).sort()).toEqual(["access-key", "manifest.json", "playhead.db", "telemetry.sqlite"]);
    for (const name of readdirSync(made)) expect(statSync(path.join(made, name)).mode & 0o777).toBe(0o600);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(path.join(made, "manifest.json"), "utf8"))).toMatchObject({
      format: 1,
      files: [{ path: "telemetry.sqlite" }, { path: "playhead.db" }, { path: "access-key", size_bytes: 7 }],
    });
    await expect(backup(made)).rejects.toMatchObject({ code: "conflict" });
    const second = await backup(folder);
    expect(path.dirname(second.folder)).toBe(folder);
    expect(path.basename(second.folder)).toMatch(/^playhead-\d{4}-/);
  });

  test("has the logs where they are wanted", async () => {
    backedUp();
    const { manifest } = await backup(at("plain"));
    expect(manifest.files.map((file) => file.path)).toEqual(["telemetry.sqlite", "playhead.db", "access-key"]);
    appendFileSync(at("data", "logs", "application.log"), "{}\n");
    const withLogs = await backup(at("logged"), { withLogs: true });
    expect(withLogs.manifest.files.map((file) => file.path)).toContain("logs/application.log");
  });

  test("has the files of reports", async () => {
    backedUp();
    mkdirSync(at("data", "reports"));
    writeFileSync(at("data", "reports", "rep_1.pdf"), "%PDF");
    const { folder: made, manifest } = await backup(at("reported"));
    expect(manifest.files.map((file) => file.path)).toContain("reports/rep_1.pdf");
    expect(readFileSync(path.join(made, "reports", "rep_1.pdf"), "utf8")).toBe("%PDF");
  });

  test("that is called off, or of damaged data, leaves nothing", async () => {
    backedUp();
    const left = () => readdirSync(folder).sort();
    const before = left();
    const signal = AbortSignal.abort(new PlayheadError("canceled", "called off"));
    await expect(backup(at("other"), { signal })).rejects.toMatchObject({ code: "canceled" });
    await expect(backup(at("other"), { folder: at("none") })).rejects.toMatchObject({ code: "not_found" });
    for (const name of ["playhead.db", "telemetry.sqlite"]) {
      const bytes = readFileSync(at("data", name));
      writeFileSync(at("data", name), Buffer.from(bytes).fill(0, 3 * 4_096, 9 * 4_096));
      await expect(backup(at("other"))).rejects.toMatchObject({
        code: "data_damaged",
        message: expect.stringContaining(name),
        hint: expect.stringMatching(/--repair/),
      });
      writeFileSync(at("data", name), bytes);
    }
    expect(left()).toEqual(before);
  });
});

describe("restore", { timeout: LIMIT_MS }, () => {
  test("puts aside what is there, and gives a new epoch", async () => {
    const made = backedUp();
    const first = await startEngine();
    const { epoch } = first.store;
    await first.close();
    rmSync(at("data", "access-key"));
    const { asideFolder } = await restore(made);
    expect(readdirSync(asideFolder ?? "").sort()).toEqual(["playhead.db", "telemetry.sqlite"]);
    expect(readFileSync(at("data", "access-key"), "utf8")).toBe("secret\n");
    const store = await openStore(at("data"));
    expect(store.epoch).toBe("second");
    expect(store.epoch).not.toBe(epoch);
    await store.close();
  });

  test("gives the entries of the backup back, and takes new ones", async () => {
    const made = backedUp();
    const report = async (line: number) => {
      const engine = await startEngine();
      await engine.local.ingest({ source: "w.lines", records: lineRecords("w", line) });
      const filter = { tenant_id: DEFAULT_TENANT, order: "asc", limit: 100 } as const;
      const find = async (more: Partial<LogFilter>) =>
        (await engine.telemetryStore.queryEntries({ ...filter, ...more })).entries.map(({ message }) => message);
      const found = { byText: await find({ text: `line${line} "of w"` }), byStage: await find({ stage: "w" }) };
      await engine.close();
      return found;
    };
    const lines = ["the line1 of w", "the line2 of w"];
    expect(await report(2)).toEqual({ byText: lines.slice(1), byStage: lines });
    await restore(made);
    // The second one came after the backup; the third one is new.
    expect(await report(3)).toEqual({ byText: ["the line3 of w"], byStage: ["the line1 of w", "the line3 of w"] });
  });

  test.each<{ name: string; spoil: (made: string) => void; code: string }>([
    { name: "has no manifest", spoil: (made) => rmSync(path.join(made, "manifest.json")), code: "backup_invalid" },
    { name: "lacks a file", spoil: (made) => rmSync(path.join(made, "access-key")), code: "backup_invalid" },
    {
      name: "has one byte more",
      spoil: (made) => appendFileSync(path.join(made, "access-key"), "x"),
      code: "backup_invalid",
    },
    {
      name: "has a byte changed",
      spoil: (made) => writeFileSync(path.join(made, "access-key"), "Secret\n"),
      code: "backup_invalid",
    },
    { name: "is not there", spoil: (made) => rmSync(made, { recursive: true }), code: "not_found" },
    {
      name: "is a newer Playhead's",
      spoil: (made) => writeFileSync(path.join(made, "manifest.json"), `{"format":2}`),
      code: "data_newer",
    },
    {
      name: "names a file outside of it",
      spoil: (made) => {
        const text = readFileSync(path.join(made, "manifest.json"), "utf8");
        writeFileSync(path.join(made, "manifest.json"), text.replace('"access-key"', '"../data/access-key"'));
      },
      code: "backup_invalid",
    },
  ])("of one that $name changes nothing", async ({ spoil, code }) => {
    const made = backedUp();
    const before = readdirSync(at("data")).sort();
    spoil(made);
    await expect(restore(made)).rejects.toMatchObject({ code });
    expect(readdirSync(at("data")).sort()).toEqual(before);
  });

  test("is refused while a server has the folder", async () => {
    const made = backedUp();
    const lock = lockData(at("data"));
    await expect(restore(made)).rejects.toMatchObject({ code: "data_in_use" });
    lock.release();
  });

  test("that was interrupted between its moves is ended by the next start", async () => {
    const made = backedUp();
    const { asideFolder } = await restore(made);
    // As it was after the first of two moves.
    const moves = [
      { from: "playhead.db", to: "aside/playhead.db" },
      { from: "new/playhead.db", to: "playhead.db" },
    ];
    mkdirSync(at("data", "new"));
    mkdirSync(at("data", "aside"));
    cpSync(path.join(asideFolder ?? "", "playhead.db"), at("data", "new", "playhead.db"));
    const db = new DatabaseSync(at("data", "new", "playhead.db"));
    db.exec("UPDATE meta SET value = 'third' WHERE key = 'epoch'");
    db.close();
    renameSync(at("data", "playhead.db"), at("data", "aside", "playhead.db"));
    writeFileSync(at("data", "unfinished-moves.json"), JSON.stringify({ moves }));
    const store = await openStore(at("data"));
    expect(store.epoch).toBe("third");
    await store.close();
    expect(readdirSync(at("data"))).not.toContain("unfinished-moves.json");
  });
});
