import { draftOf, emptyJob, foldAll, type JsonObject, type PlayheadEvent, snapshotOf } from "@playhead/core";
import { expect, test } from "vitest";
import { START_MS } from "../../test/jobs.ts";
import { createHistory } from "./job-as-of.ts";

type Fact = readonly [type: PlayheadEvent["type"], data: JsonObject, atMs: number];

function setup(facts: readonly Fact[]) {
  const events = facts.map(([type, data, atMs], at): PlayheadEvent => {
    const ts = new Date(START_MS + atMs).toISOString();
    return { type, ts, job_id: "j", seq: at + 1, correlation_id: "c", data };
  });
  const reads: number[] = [];
  const { jobAsOf } = createHistory({
    store: {
      async readFacts(_, after, limit) {
        reads.push(after);
        return events.slice(after, after + limit);
      },
    },
  });
  return { events, reads, at: (atMs: number) => jobAsOf("j", START_MS + atMs) };
}

const videos = (count: number): readonly Fact[] => [
  ["job.created", { kind: "bulk" }, 0],
  ["job.state_changed", { prior_state: "pending", new_state: "running" }, 0],
  ...Array.from({ length: count }, (_, at): Fact => ["video.created", { task_id: `v${at}`, kind: "video" }, 0]),
  ...Array.from(
    { length: count * 2 },
    (_, at): Fact => [
      at % 2 === 0 ? "task.started" : "video.completed",
      { task_id: `v${Math.floor(at / 2)}` },
      1_000 + at * 1_000,
    ],
  ),
];

test("is the fold of the facts up to then, at every moment", async () => {
  const { events, at } = setup(videos(300));
  for (const atMs of [0, 999, 1_000, 1_500, 2_000, 300_000, 600_000, 10_000_000]) {
    const folded = foldAll(
      draftOf(emptyJob("j")),
      events.filter(({ ts }) => Date.parse(ts) <= START_MS + atMs),
    );
    const { progress, ...then } = (await at(atMs)) ?? { progress: null };
    const { progress: counted, ...expected } = snapshotOf(folded);
    expect(then).toEqual(expected);
    expect(progress).toMatchObject({ items_total: 300, items_completed: counted.items_completed });
  }
});

test("has the bar of then: the share of the work that was done", async () => {
  const { at } = setup(videos(100));
  expect((await at(0))?.progress).toMatchObject({ percent_complete: 0, items_completed: 0 });
  const half = (await at(101_000))?.progress;
  expect(half).toMatchObject({ items_completed: 50, eta_ms: expect.any(Number) });
  expect(half?.percent_complete).toBeGreaterThan(49);
  expect(half?.percent_complete).toBeLessThan(51);
});

test("reads no further than it has to", async () => {
  const { reads, at } = setup(videos(2_000));
  await at(0);
  const toThen = reads.length;
  await at(10_000_000);
  expect(toThen).toBeLessThan((reads.length - toThen) / 2);
});

test("before its first fact there is none", async () => {
  expect(await setup(videos(1)).at(-1)).toBeNull();
  expect(await setup([]).at(0)).toBeNull();
});

test("ends before the first fact that is later, though an earlier one may come after it", async () => {
  const { at } = setup([
    ["job.created", { kind: "k", title: "one" }, 0],
    ["job.updated", { title: "two" }, 5_000],
    ["job.updated", { title: "three" }, 1_000],
  ]);
  expect((await at(1_000))?.title).toBe("one");
  expect((await at(5_000))?.title).toBe("three");
});

test("folding 100,000 facts lets others have their turn", async () => {
  const { at } = setup(videos(33_333));
  let turns = 0;
  let isDone = false;
  const others = (async () => {
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
  })();
  const job = await at(1_000 + 33_333_000);
  isDone = true;
  await others;
  expect(job?.seq).toBeGreaterThan(60_000);
  expect(turns).toBeGreaterThan(200);
});
