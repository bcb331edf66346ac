import { emptyJob, type Job } from "@playhead/core";
import { describe, expect, test, vi } from "vitest";
import { createStarts } from "./starts.ts";

const job = (jobId: string, kind = "clips"): Job => ({ ...emptyJob(jobId), kind, title: `Title of ${jobId}` });
const CLIPS = new Set(["clips"]);

function setup(waiting: Job[]) {
  const clock = { nowMs: 0 };
  let lastId = 0;
  const starts = createStarts({
    waitingJobs: (tenantId) => (tenantId === "t" ? waiting : []),
    nowMs: () => clock.nowMs,
    newId: () => `c${++lastId}`,
  });
  const offered = (source: string, kinds = CLIPS, tenantId = "t") =>
    starts.offer(tenantId, source, kinds).map(({ job_id, command_id }) => [job_id, command_id]);
  return { starts, offered, clock };
}

describe("a job that waits", () => {
  test("is offered with all that a worker needs to know", () => {
    const { starts } = setup([{ ...job("a"), user_id: "u", metadata: { x: 1 }, attempt: 2, retry_of: "z" }]);
    expect(starts.offer("t", "w", CLIPS)).toEqual([
      {
        command_id: "c1",
        job_id: "a",
        verb: "start",
        reason: "a retry of z",
        job: {
          kind: "clips",
          title: "Title of a",
          user_id: "u",
          metadata: { x: 1 },
          attempt: 2,
          retry_of: "z",
          correlation_id: "",
        },
      },
    ]);
  });

  test("is offered to one worker of its kind and tenant, oldest first", () => {
    const { offered } = setup([job("a", "merge"), job("b"), job("c")]);
    expect(offered("w1")).toEqual([["b", "c1"]]);
    expect(offered("w2")).toEqual([["c", "c2"]]);
    expect(offered("w3")).toEqual([]);
    expect(offered("w3", CLIPS, "other")).toEqual([]);
    expect(offered("w3", new Set(["merge"]))).toEqual([["a", "c3"]]);
  });

  test("is offered again to the same worker until it confirms, and then another one comes", () => {
    const { starts, offered } = setup([job("a"), job("b")]);
    expect([offered("w"), offered("w")]).toEqual([[["a", "c1"]], [["a", "c1"]]]);
    expect([starts.confirm("c1"), starts.confirm("nothing")]).toEqual([true, false]);
    expect(offered("w")).toEqual([["b", "c2"]]);
  });

  test("goes to another worker when the first one does not take it, or took it and never began", () => {
    const { starts, offered, clock } = setup([job("a")]);
    offered("w1");
    clock.nowMs = 30_001;
    expect(offered("w2")).toEqual([["a", "c2"]]);
    starts.confirm("c2");
    clock.nowMs += 120_000;
    expect(offered("w1")).toEqual([]);
    clock.nowMs += 1;
    expect(offered("w1")).toEqual([["a", "c3"]]);
  });
});

test("who listens for a kind of a tenant is told when one comes, and no longer once it has stopped", () => {
  const { starts } = setup([]);
  const [clips, merge, others] = [vi.fn(), vi.fn(), vi.fn()];
  const end = starts.listen("t", CLIPS, clips);
  starts.listen("t", new Set(["merge"]), merge);
  starts.listen("another", CLIPS, others);
  starts.wake("t", "clips");
  end();
  starts.wake("t", "clips");
  expect([clips, merge, others].map(({ mock }) => mock.calls.length)).toEqual([1, 0, 0]);
});
