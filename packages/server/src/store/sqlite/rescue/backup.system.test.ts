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
import { type EventRecord, emptyJob, foldAll, PlayheadError, type PlayheadEvent } from "@playhead/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../../../engine.ts";
import type { Store } from "../../store.ts";
import { lockData } from "../data-lock.ts";
import { createSqliteStore } from "../open-store.ts";
import { backupData } from "./backup-data.ts";
import { restoreData } from "./restore-data.ts";

const LIMIT_MS = 60_000;
const WORKERS = 8;
const RECORDS_PER_BATCH = 50;

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

/** A worker that reports as fast as it is answered; each record makes one fact. */
function startWorker(engine: Engine, name: string, acknowledged: Map<string, number>) {
  const jobId = `job-${name}`;
  let seq = 0;
  let isStopped = false;

  function nextRecord(): EventRecord {
    seq += 1;
    const base = { ts: new Date().toISOString(), job_id: jobId, n: seq } as const;
    if (seq === 1) return { ...base, type: "job.created", data: { kind: "load" } };
    if (seq === 2) return { ...base, type: "job.state_changed", data: { new_state: "running" } };
    const task_id = `t${Math.floor(seq / 3)}`;
    const type = (["task.created", "task.started", "task.completed"] as const)[seq % 3] ?? "task.created";
    return { ...base, type, data: { task_id, ...(type === "task.created" && { kind: "clip", parent_id: null }) } };
  }

  const ended = (async () => {
    while (!isStopped) {
      const records = Array.from({ length: RECORDS_PER_BATCH }, nextRecord);
      const { refused } = await engine.local.ingest({ source: name, records });
      expect(refused ?? []).toEqual([]);
      acknowledged.set(jobId, seq);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await ended;
    },
  };
}

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
  for (const jobId of acknowledged.keys()) all.set(jobId, await engine.store.readFacts(jobId, 0, 10_000_000));
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
    expect(readdirSync(made).sort()).toEqual(["access-key", "manifest.json", "playhead.db"]);
    for (const name of readdirSync(made)) expect(statSync(path.join(made, name)).mode & 0o777).toBe(0o600);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(path.join(made, "manifest.json"), "utf8"))).toMatchObject({
      format: 1,
      files: [{ path: "playhead.db" }, { path: "access-key", size_bytes: 7 }],
    });
    await expect(backup(made)).rejects.toMatchObject({ code: "conflict" });
    const second = await backup(folder);
    expect(path.dirname(second.folder)).toBe(folder);
    expect(path.basename(second.folder)).toMatch(/^playhead-\d{4}-/);
  });

  test("has the logs where they are wanted", async () => {
    backedUp();
    const { manifest } = await backup(at("plain"));
    expect(manifest.files.map((file) => file.path)).toEqual(["playhead.db", "access-key"]);
    const log = at("data", "logs", "application.log");
    mkdirSync(path.dirname(log));
    appendFileSync(log, "{}\n");
    const withLogs = await backup(at("logged"), { withLogs: true });
    expect(withLogs.manifest.files.map((file) => file.path)).toContain("logs/application.log");
  });

  test("that is called off, or of damaged data, leaves nothing", async () => {
    backedUp();
    const left = () => readdirSync(folder).sort();
    const before = left();
    const signal = AbortSignal.abort(new PlayheadError("canceled", "called off"));
    await expect(backup(at("other"), { signal })).rejects.toMatchObject({ code: "canceled" });
    await expect(backup(at("other"), { folder: at("none") })).rejects.toMatchObject({ code: "not_found" });
    const bytes = readFileSync(at("data", "playhead.db"));
    writeFileSync(at("data", "playhead.db"), bytes.fill(0, 3 * 4_096, 9 * 4_096));
    await expect(backup(at("other"))).rejects.toMatchObject({
      code: "data_damaged",
      hint: expect.stringMatching(/--repair/),
    });
    expect(left()).toEqual(before);
  });
});

describe("restore", { timeout: LIMIT_MS }, () => {
  test("puts aside what is there, and gives a new epoch", async () => {
    const made = backedUp();
    const first = await openStore(at("data"));
    const { epoch } = first;
    await first.close();
    rmSync(at("data", "access-key"));
    const { asideFolder } = await restore(made);
    expect(readdirSync(asideFolder ?? "")).toEqual(["playhead.db"]);
    expect(readFileSync(at("data", "access-key"), "utf8")).toBe("secret\n");
    const store = await openStore(at("data"));
    expect(store.epoch).toBe("second");
    expect(store.epoch).not.toBe(epoch);
    await store.close();
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
