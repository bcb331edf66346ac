import { type JobSnapshot, snapshotOf } from "@playhead/core";
import { expect, test } from "vitest";
import { runningJob } from "../../test/jobs.ts";
import { createStartsElsewhere, type ToldHead } from "./starts-elsewhere.ts";

const frame = (tick: number) => JSON.stringify({ type: "job.progress", tick });

function setup({ head, stored = {} }: { head: ToldHead | null; stored?: Partial<JobSnapshot> }) {
  const order: string[] = [];
  const snapshot: JobSnapshot = { ...snapshotOf(runningJob("j")), seq: 9, tick: 4, ...stored };
  const starts = createStartsElsewhere({
    epoch: "e1",
    opened: async () => void order.push("opened"),
    async readHead() {
      order.push("head");
      return head;
    },
    store: {
      async readSnapshot(jobId) {
        order.push("store");
        return jobId === "j" ? snapshot : null;
      },
    },
  });
  return {
    order,
    starts,
    async start(since: Parameters<typeof starts.findStart>[0]["since"], tenantId = "default") {
      const found = await starts.findStart({ tenantId, jobId: "j", since });
      return {
        ...found,
        snapshot: found.snapshot?.seq ?? null,
        ticks: found.ticks.map(({ text }) => JSON.parse(text).tick),
      };
    },
  };
}

const HEAD: ToldHead = { epoch: "e1", seq: 8, tick: 20, ticks: [frame(20), frame(12)] };

test("news are seen to first, then what was told is read, then what is stored", async () => {
  const { order, start } = setup({ head: HEAD });
  await start(null);
  expect(order).toEqual(["opened", "head", "store"]);
});

test.each([
  { who: "is new", since: null, expected: { seq: 9, tick: 20, snapshot: 9, ticks: [12, 20] } },
  {
    who: "goes on",
    since: { epoch: "e1", seq: 7, tick: 12 },
    expected: { seq: 9, tick: 20, snapshot: null, ticks: [20] },
  },
  {
    who: "has all",
    since: { epoch: "e1", seq: 9, tick: 20 },
    expected: { seq: 9, tick: 20, snapshot: null, ticks: [] },
  },
  {
    who: "comes from another history",
    since: { epoch: "e0", seq: 7, tick: 12 },
    expected: { seq: 9, tick: 20, snapshot: 9, ticks: [12, 20] },
  },
  { who: "names a moment", since: { afterMs: 1 }, expected: { seq: 9, tick: 20, snapshot: null, ticks: [12, 20] } },
])("a client that $who begins where the store and the ticks stand", async ({ since, expected }) => {
  expect(await setup({ head: HEAD }).start(since)).toEqual(expected);
});

test.each([
  ["nothing is told of it", null],
  ["what is told is of another history", { ...HEAD, epoch: "e0" }],
  ["what is told is older than what is stored", { ...HEAD, tick: 3 }],
])("of a job of which %s facts go on all the same, and ticks as they come", async (_what, head) => {
  const { start } = setup({ head });
  expect(await start({ epoch: "e1", seq: 7, tick: 12 })).toEqual({ seq: 9, tick: 12, snapshot: null, ticks: [] });
  expect(await start(null)).toEqual({ seq: 9, tick: 4, snapshot: 9, ticks: [] });
});

test("a job that has ended comes from the store alone, with where its bar stayed", async () => {
  const { start } = setup({ head: HEAD, stored: { state: "completed" } });
  expect(await start({ epoch: "e1", seq: 9, tick: 3 })).toMatchObject({ snapshot: null, tick: 5, ticks: [5] });
  expect(await start({ epoch: "e1", seq: 9, tick: 5 })).toMatchObject({ snapshot: null, ticks: [] });
});

test("no job, and another tenant's, are not found", async () => {
  const { starts, start } = setup({ head: HEAD });
  const missing = expect.objectContaining({ code: "not_found" });
  await expect(start(null, "other")).rejects.toEqual(missing);
  await expect(starts.findStart({ tenantId: "default", jobId: "k", since: null })).rejects.toEqual(missing);
  expect([await starts.tenantOf("j"), await starts.tenantOf("k")]).toEqual(["default", null]);
});
