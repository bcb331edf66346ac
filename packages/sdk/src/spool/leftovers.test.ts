import { appendFileSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EventRecord, PlayheadError, type RecordBatch } from "@playhead/core";
import { expect, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { until } from "../testing/until.ts";
import { lockFolder } from "./folder-lock.ts";
import { deliverLeftovers } from "./leftovers.ts";
import { ownFolder } from "./spool-folder.ts";

const record = (n: number): EventRecord => ({ type: "job.updated", ts: "t", job_id: "j", n, data: {} });
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${JSON.stringify(record(from + index))}\n`).join("");

/** What workers left behind: their sources, and the content of their segments. */
function setup(left: Readonly<Record<string, readonly string[]>>, answers: (() => void)[] = []) {
  const root = tempFolder();
  const clock = createManualClock(Date.now());
  const warnings: string[] = [];
  const batches: RecordBatch[] = [];
  for (const [source, segments] of Object.entries(left)) {
    const folder = ownFolder(root, source, "1");
    mkdirSync(folder);
    for (const [index, text] of segments.entries()) writeFileSync(join(folder, `0000000${index + 1}.ndjson`), text);
  }
  const deliver = () =>
    deliverLeftovers({
      root,
      transport: {
        async send(batch) {
          answers.shift()?.();
          batches.push(batch);
          return { accepted: batch.records.length, refused: [] };
        },
        onCommand: () => () => undefined,
        close: async () => undefined,
      },
      nowMs: clock.nowMs,
      setTimer: clock.setTimer,
      random: () => 1,
      warn: (line) => warnings.push(line),
    });
  const sent = () => batches.map(({ source, records }) => [source, records.map(({ n }) => n)]);
  return { root, clock, warnings, deliver, sent };
}

const refuse = (code: "service_unavailable" | "unauthorized" | "invalid_request") => () => {
  throw new PlayheadError(code, "no");
};

test("each source's records are sent under its name, segment by segment, and nothing is left", async () => {
  const { root, deliver, sent, warnings } = setup({ "w/1": [lines(1, 2), lines(3, 3)], v: [lines(7, 8)] });
  await deliver().ended;
  expect(sent()).toEqual([
    ["v", [7, 8]],
    ["w/1", [1, 2]],
    ["w/1", [3]],
  ]);
  expect([readdirSync(root), warnings]).toEqual([[], []]);
});

test("a long segment goes in batches", async () => {
  const { deliver, sent } = setup({ w: [lines(1, 2_500)] });
  await deliver().ended;
  expect(sent().map(([, numbers]) => numbers?.length)).toEqual([1_000, 1_000, 500]);
});

test("a line cut off by the kill is passed over, and said", async () => {
  const { root, deliver, sent, warnings } = setup({ w: [`${lines(1, 2)}{"type":"job.upd`] });
  await deliver().ended;
  expect(sent()).toEqual([["w", [1, 2]]]);
  expect(warnings).toEqual(["of what w left, 0 records were refused by the server and 1 could not be read"]);
  expect(readdirSync(root)).toEqual([]);
});

test("a worker that lives is left alone", async () => {
  const { root, deliver, sent } = setup({ w: [lines(1, 2)] });
  const lock = await lockFolder(ownFolder(root, "w", "1"));
  await deliver().ended;
  expect(sent()).toEqual([]);
  lock?.release();
  await deliver().ended;
  expect(sent()).toEqual([["w", [1, 2]]]);
});

test("two that start at once do not both deliver", async () => {
  const { deliver, sent } = setup({ w: [lines(1, 2)] });
  await Promise.all([deliver().ended, deliver().ended]);
  expect(sent()).toEqual([["w", [1, 2]]]);
});

test("a server that is away is tried again; close does not wait for it, and leaves the rest", async () => {
  const { root, clock, deliver, sent } = setup({ w: [lines(1, 2), lines(3, 4)] }, [
    refuse("service_unavailable"),
    () => undefined,
    ...Array.from({ length: 9 }, () => refuse("service_unavailable")),
  ]);
  const leftovers = deliver();
  await until(() => clock.timers().all === 1);
  expect(clock.timers().alive).toBe(0);
  await clock.advance(200);
  await until(() => clock.timers().all === 1);
  expect(sent()).toEqual([["w", [1, 2]]]);
  await leftovers.close(5_000);
  await leftovers.ended;
  expect(clock.timers().all).toBe(0);
  expect(readdirSync(ownFolder(root, "w", "1")).filter((name) => name.endsWith(".ndjson"))).toEqual([
    "00000002.ndjson",
  ]);
});

test("a key that is not accepted leaves it there, to anybody's use, and is tried again now and then", async () => {
  const { root, clock, deliver, sent, warnings } = setup({ w: [lines(1, 2)] }, [
    refuse("unauthorized"),
    refuse("unauthorized"),
  ]);
  const folder = ownFolder(root, "w", "1");
  const leftovers = deliver();
  await until(() => clock.timers().all === 1);
  expect(clock.timers().alive).toBe(0);
  expect(existsSync(join(folder, "00000001.ndjson"))).toBe(true);
  const said = `the server does not accept the key, and what w left stays in ${root}: no`;
  expect(warnings).toEqual([said]);
  const lock = await lockFolder(folder);
  expect(lock).not.toBeNull();
  lock?.release();
  await clock.advance(30_000);
  await until(() => warnings.length === 2 && clock.timers().all === 1);
  await clock.advance(30_000);
  await leftovers.ended;
  expect(sent()).toEqual([["w", [1, 2]]]);
  expect([readdirSync(root), warnings]).toEqual([[], [said, said]]);
});

test("close does not wait for a key that is not accepted", async () => {
  const { clock, deliver, sent } = setup({ w: [lines(1, 2)] }, [refuse("unauthorized")]);
  const leftovers = deliver();
  await leftovers.close(60_000);
  await leftovers.ended;
  expect([sent(), clock.timers().all]).toEqual([[], 0]);
});

test("what the server will never take is counted, and goes", async () => {
  const { root, deliver, warnings } = setup({ w: [lines(1, 2)] }, [refuse("invalid_request")]);
  await deliver().ended;
  expect(warnings).toEqual(["of what w left, 2 records were refused by the server and 0 could not be read"]);
  expect(readdirSync(root)).toEqual([]);
});

test("what is not ours is not touched; an empty folder goes when it is old", async () => {
  const { root, deliver, warnings } = setup({ young: [], old: [] });
  const old = ownFolder(root, "old", "1");
  utimesSync(old, 0, 0);
  appendFileSync(join(root, "notes.txt"), "mine");
  mkdirSync(join(root, "%@1"));
  await deliver().ended;
  expect(readdirSync(root).sort()).toEqual(["%@1", "notes.txt", "young@1"]);
  expect(warnings).toEqual([]);
});
