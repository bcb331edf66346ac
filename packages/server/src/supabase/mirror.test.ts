import { type JobState, PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { runningJob } from "../../test/jobs.ts";
import { factEvent } from "../../test/publications.ts";
import type { LoggedFact } from "../store/alert-store.ts";
import type { StoredDocument } from "../store/store.ts";
import type { Batch } from "./batch.ts";
import { createMirror } from "./mirror.ts";

const away = () => new Error("connect ECONNREFUSED");
const refused = () => new PlayheadError("validation_error", "no such value");

/** A log, jobs and a project at their seams; `refuses` says what a write of these events throws. */
function setup(refuses: (batch: Batch) => Error | null = () => null) {
  const facts: LoggedFact[] = [];
  const states = new Map<string, JobState>();
  const documents = new Map<string, StoredDocument>();
  const written: { readonly events: string[]; readonly jobs: string[] }[] = [];
  const changes: unknown[] = [];
  const skipped: string[] = [];
  let [nowMs, calls, epoch] = [Date.parse("2026-11-21T10:43:00.000Z"), 0, "e1"];
  let deny = refuses;

  const start = async () => {
    const mirror = createMirror({
      store: {
        epoch,
        readFactLog: async (after, limit) => facts.filter(({ factId }) => factId > after).slice(0, limit),
        readFactLogEnd: async () => facts.at(-1)?.factId ?? 0,
        readFacts: async (jobId, after, limit) =>
          facts.flatMap(({ event }) => (event.job_id === jobId && event.seq > after ? [event] : [])).slice(0, limit),
        readDocument: async (_, id) => documents.get(id) ?? null,
        putDocument: async (document) => void documents.set(document.id, document),
      },
      writer: {
        async append(batch) {
          calls += 1;
          const error = deny(batch);
          if (error !== null) throw error;
          const events = batch.events.map((row) => JSON.parse(row)).map(({ job_id, seq }) => `${job_id}${seq}`);
          written.push({ events, jobs: batch.jobs.map((row) => JSON.parse(row).job_id) });
        },
        close: async () => undefined,
      },
      readJobs: async (jobIds) =>
        jobIds
          .filter((jobId) => states.has(jobId))
          .map((jobId) => ({ ...runningJob(jobId), state: states.get(jobId) ?? "running" })),
      openJobIds: () => [...states].filter(([, state]) => state === "running").map(([jobId]) => jobId),
      tenantId: "default",
      nowMs: () => nowMs,
      // The shortest rest that there is.
      random: () => 1,
      onChange: (error) => changes.push(error),
      onSkipped: (row) => skipped.push(row),
    });
    await mirror.start();
    return mirror;
  };
  return {
    start,
    written,
    changes,
    skipped,
    documents,
    calls: () => calls,
    events: () => written.flatMap(({ events }) => events),
    rows: () => written.flatMap(({ jobs }) => jobs),
    setState: (jobId: string, state: JobState) => states.set(jobId, state),
    deny(next: (batch: Batch) => Error | null) {
      deny = next;
    },
    setEpoch(next: string) {
      epoch = next;
    },
    passTime(ms: number) {
      nowMs += ms;
    },
    add(jobId: string, seq: number, data = {}) {
      const event = { ...factEvent(jobId, seq), data };
      if (!states.has(jobId)) states.set(jobId, "running");
      facts.push({ factId: facts.length + 1, tenantId: "default", jobKind: "demo", event });
    },
  };
}

test("each fact is written once, in order, and a restart goes on behind it", async () => {
  const { start, add, events, documents } = setup();
  let mirror = await start();
  for (let seq = 1; seq <= 1_200; seq += 1) add("a", seq);
  let steps = 1;
  for (; await mirror.step(); steps += 1);
  expect(steps).toBe(3);
  await mirror.keep();
  expect(documents.get("position")?.body).toEqual({ epoch: "e1", fact_id: 1_200 });
  mirror = await start();
  add("a", 1_201);
  await mirror.step();
  expect(events()).toEqual(Array.from({ length: 1_201 }, (_, at) => `a${at + 1}`));
});

test("while the project is away nothing moves on, and it is asked less and less; then all is written", async () => {
  const { start, add, calls, changes, deny, events, passTime } = setup();
  const mirror = await start();
  add("a", 1);
  deny(away);
  for (let at = 0; at < 10; at += 1) expect(await mirror.step()).toBe(false);
  expect(calls()).toBe(3);
  passTime(60_000);
  expect(mirror.status()).toMatchObject({ circuit: "open", error: "connect ECONNREFUSED", eventsWritten: 0 });
  expect(mirror.status().lagMs).toBeGreaterThan(0);
  add("a", 2);
  deny(() => null);
  await expect.poll(() => mirror.step().then(events)).toEqual(["a1", "a2"]);
  expect(mirror.status()).toMatchObject({ circuit: "closed", error: null, lagMs: 0 });
  expect(changes).toEqual([away(), null]);
});

test("a crash before the position was kept writes again what is known there, and leaves nothing out", async () => {
  const { start, add, events } = setup();
  const mirror = await start();
  await mirror.keep();
  add("a", 1);
  add("a", 2);
  await mirror.step();
  const after = await start();
  await after.step();
  expect(new Set(events())).toEqual(new Set(["a1", "a2"]));
});

test("a row that the tables do not take is found and left out; nothing waits behind it", async () => {
  const { start, add, events, skipped } = setup(({ events: rows }) =>
    rows.some((row) => row.includes("bad")) ? refused() : null,
  );
  const mirror = await start();
  for (let seq = 1; seq <= 40; seq += 1) add("a", seq, seq === 17 ? { word: "bad" } : {});
  await mirror.step();
  expect(events()).toEqual(Array.from({ length: 40 }, (_, at) => `a${at + 1}`).filter((name) => name !== "a17"));
  expect(skipped.map((row) => JSON.parse(row).seq)).toEqual([17]);
  expect(mirror.status()).toMatchObject({ rowsSkipped: 1, circuit: "closed", error: null });
});

test("a job's row is written once a second while facts of its tasks come, and at its end", async () => {
  const { start, add, rows, passTime, setState } = setup();
  const mirror = await start();
  for (let seq = 1; seq <= 30; seq += 1) {
    add("a", seq);
    passTime(100);
    await mirror.step();
  }
  expect(rows().length).toBe(3);
  setState("a", "completed");
  passTime(1_000);
  await mirror.step();
  expect(rows().length).toBe(4);
  passTime(10_000);
  await mirror.step();
  expect(rows().length).toBe(4);
});

test("a tick alone has its job's row written", async () => {
  const { start, add, written, passTime } = setup();
  const mirror = await start();
  add("a", 1);
  await mirror.step();
  passTime(1_000);
  mirror.note("a");
  await mirror.step();
  expect(written.at(-1)).toEqual({ events: [], jobs: ["a"] });
});

test.each([
  { name: "at the first start", isRestored: false },
  { name: "with another history, after a restore", isRestored: true },
])(
  "$name jobs that are open are told from their beginning, and those that are over are not",
  async ({ isRestored }) => {
    const { start, add, events, rows, setState, setEpoch } = setup();
    if (isRestored) {
      await (await start()).keep();
      setEpoch("e2");
    }
    for (let seq = 1; seq <= 600; seq += 1) {
      add("open", seq);
      add("over", seq);
    }
    setState("over", "completed");
    const mirror = await start();
    while (await mirror.step());
    expect(events()).toEqual(Array.from({ length: 600 }, (_, at) => `open${at + 1}`));
    expect(new Set(rows())).toEqual(new Set(["open"]));
  },
);

test("what is large is written in parts", async () => {
  const { start, add, written, events } = setup();
  const mirror = await start();
  for (let seq = 1; seq <= 10; seq += 1) add("a", seq, { text: "x".repeat(300_000) });
  while (await mirror.step());
  expect(written.map((each) => each.events.length)).toEqual([3, 3, 3, 1]);
  expect(events()).toHaveLength(10);
});
