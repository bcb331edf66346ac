import { emptyJob, type Job } from "@playhead/core";
import { describe, expect, test, vi } from "vitest";
import type { QueueLimits } from "./queue.ts";
import { createStarts } from "./starts.ts";

const job = (jobId: string, kind = "clips", fields: Partial<Job> = {}): Job => ({
  ...{ ...emptyJob(jobId), tenant_id: "t", kind, title: `Title of ${jobId}` },
  ...fields,
});
const wanting = (...kinds: string[]) => ({ kinds: new Set(kinds), withInput: new Set<string>() });
const CLIPS = wanting("clips");

function setup(waiting: Job[], limits: Partial<QueueLimits> = {}) {
  const clock = { nowMs: 0 };
  /** Since when workers have been silent; one that is not named is heard of all the time. */
  const silentSince = new Map<string, number>();
  const settled: string[] = [];
  const timers: { readonly atMs: number; readonly call: () => void }[] = [];
  let lastId = 0;
  const starts = createStarts({
    openJobs: () => waiting,
    limits: () => ({ agingMs: 60_000, maxRunning: new Map(), maxPerMinute: new Map(), ...limits }),
    silentMs: (source) => clock.nowMs - (silentSince.get(source) ?? clock.nowMs),
    lostAfterMs: () => 60_000,
    nowMs: () => clock.nowMs,
    newId: () => `c${++lastId}`,
    after(delayMs, call) {
      timers.push({ atMs: clock.nowMs + delayMs, call });
      return () => undefined;
    },
    onSettled: (jobId) => settled.push(jobId),
  });
  /** What a worker gets that asks. */
  function offer(source: string, wanted = CLIPS, tenantId = "t") {
    const open = starts.unconfirmed(source, wanted);
    if (open.length > 0) return open;
    const next = starts.next(tenantId, wanted);
    return next === null ? [] : [starts.give(next, source).command];
  }
  const offered = (...asked: Parameters<typeof offer>) =>
    offer(...asked).map(({ job_id, command_id }) => [job_id, command_id]);
  /** The time comes: every timer that is due is called. */
  function pass(ms: number): void {
    clock.nowMs += ms;
    for (const timer of timers.splice(0)) {
      if (timer.atMs <= clock.nowMs) timer.call();
      else timers.push(timer);
    }
  }
  return { starts, offer, offered, clock, pass, settled, silentSince };
}

describe("a job that waits", () => {
  test("is offered with all that a worker needs to know", () => {
    const { offer } = setup([{ ...job("a"), user_id: "u", metadata: { x: 1 }, attempt: 2, retry_of: "z" }]);
    expect(offer("w")).toEqual([
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
    expect(offered("w3", wanting("merge"))).toEqual([["a", "c3"]]);
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

  test("is not pressed on a worker whose places are taken by now: it goes to another one", () => {
    const { offered, clock } = setup([job("a")]);
    offered("w1");
    clock.nowMs = 20_000;
    expect(offered("w1", wanting())).toEqual([]);
    clock.nowMs = 30_001;
    expect(offered("w2")).toEqual([["a", "c2"]]);
  });

  test("goes to another worker, which is told, when the one that took it is lost before it began", () => {
    const { starts, offered, pass, silentSince, clock } = setup([job("a")]);
    offered("killed");
    starts.confirm("c1");
    pass(20_000);
    silentSince.set("killed", clock.nowMs);
    const tell = vi.fn();
    starts.listen("t", CLIPS, tell);
    pass(60_000);
    expect([offered("other"), tell.mock.calls.length]).toEqual([[], 0]);
    pass(1);
    expect([tell.mock.calls.length, offered("other")]).toEqual([1, [["a", "c2"]]]);
  });
});

test("who listens for a kind of a tenant is told when one comes, and no longer once it has stopped", () => {
  const { starts } = setup([]);
  const [clips, merge, others] = [vi.fn(), vi.fn(), vi.fn()];
  const end = starts.listen("t", CLIPS, clips);
  starts.listen("t", wanting("merge"), merge);
  starts.listen("another", CLIPS, others);
  starts.wake(job("a"));
  end();
  starts.wake(job("a"));
  expect([clips, merge, others].map(({ mock }) => mock.calls.length)).toEqual([1, 0, 0]);
});

test("who takes only jobs with an input gets no other, and is told of no other", () => {
  const waiting = [job("own"), job("text", "clips", { metadata: { input: "a.mp4" } })];
  const { starts, offered } = setup(waiting);
  const careful = { kinds: new Set(["clips"]), withInput: new Set(["clips"]) };
  const tell = vi.fn();
  starts.listen("t", careful, tell);
  for (const each of waiting) starts.wake(each);
  expect([offered("w", careful), tell.mock.calls.length]).toEqual([[], 0]);
  const submitted = job("submitted", "clips", { metadata: { input: { file: "a.mp4" } } });
  waiting.push(submitted);
  starts.wake(submitted);
  expect([offered("w", careful), tell.mock.calls.length]).toEqual([[["submitted", "c1"]], 1]);
});

test("a job for later is told of and given when its time has come", () => {
  const { starts, offered, pass } = setup([
    job("a", "clips", { not_before: new Date(10_000).toISOString(), created_at: new Date(0).toISOString() }),
  ]);
  const tell = vi.fn();
  starts.listen("t", CLIPS, tell);
  const [waiting] = [...starts.line().ready];
  expect(waiting).toBeUndefined();
  starts.wake(job("a", "clips", { not_before: new Date(10_000).toISOString() }));
  pass(9_999);
  expect([offered("w"), tell.mock.calls.length]).toEqual([[], 0]);
  pass(2);
  expect([offered("w"), tell.mock.calls.length]).toEqual([[["a", "c1"]], 1]);
});

test("others are told when a worker has let an offer lapse", () => {
  const { starts, offered, pass, settled } = setup([job("a")]);
  offered("w1");
  const tell = vi.fn(() => offered("w2"));
  starts.listen("t", CLIPS, tell);
  pass(30_000);
  expect(tell).not.toHaveBeenCalled();
  pass(2);
  expect(tell.mock.results.map(({ value }) => value)).toEqual([[["a", "c2"]]]);
  expect(settled).toEqual(["a"]);
});

test("what an earlier process gave away is its worker's for a while, who is told of it again until it confirms", () => {
  const { starts, offered, clock } = setup([job("a")]);
  const { command } = setup([job("a")]).starts.give(job("a"), "w1");
  starts.restore({ tenantId: "t", source: "w1", command });
  expect([offered("w2"), offered("w1")]).toEqual([[], [["a", "c1"]]]);
  starts.confirm("c1");
  expect([offered("w2"), offered("w1")]).toEqual([[], []]);
  clock.nowMs = 120_001;
  expect(offered("w2")).toEqual([["a", "c1"]]);
});

describe("a job that a worker claims", () => {
  const claimed = ({ starts }: ReturnType<typeof setup>, of: Job, source: string) => {
    const claim = starts.claim(of, source);
    return claim.offer === null ? [claim.reason, claim.retryInMs] : [claim.offer.command.command_id, claim.isNew];
  };

  test("is that worker's, who has confirmed it by that, and gets the same again", () => {
    const [a, line] = [job("a"), setup([job("a")])];
    expect([claimed(line, a, "w1"), claimed(line, a, "w1")]).toEqual([
      ["c1", true],
      ["c1", false],
    ]);
    expect([line.offered("w1"), line.offered("w2")]).toEqual([[], []]);
  });

  test("is no other's until its worker did not begin in time", () => {
    const [a, line] = [job("a"), setup([job("a")])];
    line.offered("w1");
    expect(claimed(line, a, "w2")).toEqual(["taken", 30_001]);
    line.pass(30_001);
    expect(claimed(line, a, "w2")).toEqual(["c2", true]);
    line.pass(100_000);
    expect(claimed(line, a, "w1")).toEqual(["taken", 20_001]);
  });

  test("has to wait for its moment, for a place of its kind, and for its kind's rate", () => {
    const later = job("later", "merge", { not_before: new Date(10_000).toISOString() });
    const line = setup([job("a"), job("b"), job("s1", "scan"), job("s2", "scan"), later], {
      maxRunning: new Map([["clips", 1]]),
      maxPerMinute: new Map([["scan", 1]]),
    });
    expect(claimed(line, later, "w")).toEqual(["later", 10_000]);
    expect(claimed(line, job("a"), "w")).toEqual(["c1", true]);
    expect(claimed(line, job("b"), "w")).toEqual(["kind_limit", 1_000]);
    expect(claimed(line, job("s1", "scan"), "w")).toEqual(["c2", true]);
    line.pass(20_000);
    expect(claimed(line, job("s2", "scan"), "w")).toEqual(["rate_limit", 40_000]);
    line.pass(40_000);
    expect(claimed(line, job("s2", "scan"), "w")).toEqual(["c3", true]);
  });
});

test("who waits for a kind whose rate was used up is told when another may begin", () => {
  const { starts, offered, pass } = setup([job("a"), job("b")], { maxPerMinute: new Map([["clips", 1]]) });
  const tell = vi.fn();
  expect(offered("w1")).toEqual([["a", "c1"]]);
  starts.settle("a");
  starts.listen("t", CLIPS, tell);
  pass(30_000);
  expect([offered("w2"), tell.mock.calls.length]).toEqual([[], 0]);
  pass(30_001);
  expect(tell).toHaveBeenCalledOnce();
});

test("what a worker did not take does not count for the rate of its kind", () => {
  const { starts, offered } = setup([job("a")], { maxPerMinute: new Map([["clips", 1]]) });
  starts.give(job("a"), "w1");
  starts.takeBack(job("a"));
  expect(offered("w2")).toEqual([["a", "c2"]]);
});
