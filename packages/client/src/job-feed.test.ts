import type { EventFrame, ServerFrame } from "@playhead/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { goOn, jobHistory } from "../test/job-history.ts";
import { missed } from "../test/scripted-gateway.ts";
import { EMPTY_FEED, type JobFeed, receiveFrames, rejoining, resumePoint } from "./job-feed.ts";

const NOW = Date.parse("2026-11-21T10:05:00.000Z");

/** A feed that follows a history, live. */
function setup() {
  const history = jobHistory();
  const subscribed: ServerFrame = {
    type: "subscribed",
    data: {
      ref: "s1",
      job_id: history.jobId,
      recovered: false,
      epoch: history.epoch,
      snapshot: history.snapshot(),
      jobs: null,
    },
  };
  const live: ServerFrame = { type: "live", data: { ref: "s1" } };
  const { feed } = receiveFrames(rejoining(EMPTY_FEED), [subscribed, live], NOW);
  return { history, subscribed, live, feed };
}

const heads = (jobId: string, head: readonly [number, number], epoch = "e1"): ServerFrame => ({
  type: "heads",
  data: { epoch, jobs: { [jobId]: head } },
});

test("I11: a snapshot, then events: the job is the server's", () => {
  const { history, feed } = setup();
  const frames = [
    ...history.fact("task.created", { task_id: "a", kind: "clip" }),
    history.tick("job.progress", { percent_complete: 7 }),
  ];
  const step = receiveFrames(feed, frames, NOW);
  expect(step.renew).toBe(false);
  expect(step.feed.job).toEqual(history.job());
  expect(step.feed).toMatchObject({ live: true, tasksTotal: 1 });
});

test("I11: what comes twice changes nothing", () => {
  const { history, feed } = setup();
  const frames = history.fact("task.created", { task_id: "a", kind: "clip" });
  const once = receiveFrames(feed, frames, NOW).feed;
  expect(receiveFrames(once, frames, NOW).feed.job).toBe(once.job);
});

describe("a loss is noticed, and only a snapshot mends it", () => {
  test("I12: a fact that stands behind a gap", () => {
    const { history, feed } = setup();
    history.fact("task.created", { task_id: "a", kind: "clip" });
    const step = receiveFrames(feed, history.fact("task.created", { task_id: "b", kind: "clip" }), NOW);
    expect(step.renew).toBe(true);
    expect(resumePoint(step.feed)).toBeUndefined();
  });

  test("I12: a tick that knows of a fact that we do not", () => {
    const { history, feed } = setup();
    history.fact("task.created", { task_id: "a", kind: "clip" });
    expect(receiveFrames(feed, [history.tick("job.progress", { percent_complete: 1 })], NOW).renew).toBe(true);
  });

  test("I12: an event of another history", () => {
    const { history, feed } = setup();
    const [fact] = history.fact("task.created", { task_id: "a", kind: "clip" });
    expect(receiveFrames(feed, [{ ...(fact as EventFrame), epoch: "e2" }], NOW).renew).toBe(true);
  });

  test("I12: heads of another history", () => {
    const { history, feed } = setup();
    const step = receiveFrames(feed, [heads(history.jobId, [2, 0], "e2")], NOW);
    expect(step.renew).toBe(true);
    expect(resumePoint(step.feed)).toBeUndefined();
  });
});

describe("heads find a lost last message", () => {
  test("I13: a missing fact is asked for, from where we stand", () => {
    const { history, feed } = setup();
    history.fact("task.created", { task_id: "a", kind: "clip" });
    const step = receiveFrames(feed, [heads(history.jobId, [history.job().seq, 0])], NOW);
    expect(step.renew).toBe(true);
    expect(resumePoint(step.feed)).toEqual({ epoch: "e1", seq: history.job().seq - 1, tick: 0 });
  });

  test("I13: a tick may still be under way; at the next heads it no longer may", () => {
    const { history, feed } = setup();
    const head = heads(history.jobId, [history.job().seq, 1]);
    const first = receiveFrames(feed, [head], NOW);
    expect(first.renew).toBe(false);
    const second = receiveFrames(first.feed, [head], NOW);
    expect(second.renew).toBe(true);
    expect(resumePoint(second.feed)).toBeUndefined();
  });

  test("I13: a tick that came meanwhile is no loss", () => {
    const { history, feed } = setup();
    const head = heads(history.jobId, [history.job().seq, 1]);
    const first = receiveFrames(feed, [head], NOW);
    const caughtUp = receiveFrames(first.feed, [history.tick("job.progress", { percent_complete: 3 })], NOW);
    expect(receiveFrames(caughtUp.feed, [head], NOW).renew).toBe(false);
  });
});

test("I10: before the answer to a new subscription, events of the old one are left out", () => {
  const { history, feed, subscribed, live } = setup();
  const waiting = rejoining(feed);
  const fact = history.fact("task.created", { task_id: "a", kind: "clip" });
  const step = receiveFrames(waiting, fact, NOW);
  expect(step).toMatchObject({ renew: false });
  expect(step.feed).toBe(waiting);
  const joined = receiveFrames(waiting, [subscribed, ...fact, live], NOW);
  expect(joined.feed.job).toEqual(history.job());
});

test("I14: what had not been known is told as events, once and in order; what a snapshot stands for is not", () => {
  const { history, subscribed, live, feed } = setup();
  const first = history.fact("task.created", { task_id: "a", kind: "clip" });
  const tick = history.tick("job.progress", { percent_complete: 7 });
  const step = receiveFrames(feed, [...first, tick, ...first, tick], NOW);
  expect(step.events).toEqual([...first, tick]);
  expect(receiveFrames(step.feed, [...first, tick], NOW).events).toEqual([]);
  const replayed = receiveFrames(rejoining(EMPTY_FEED), [subscribed, ...first, live], NOW);
  expect(replayed.events).toEqual(first);
  expect(receiveFrames(rejoining(EMPTY_FEED), [subscribed, live], NOW).events).toEqual([]);
});

test("a refusal is kept, and gone with the next answer", () => {
  const { feed, subscribed } = setup();
  const data = {
    ref: "s1",
    error_code: "not_found",
    error_message: "there is no job x",
    error_class: "input",
    detail: {},
    retryable: false,
    retry_after_ms: null,
  } as const;
  const refused = receiveFrames(rejoining(EMPTY_FEED), [{ type: "error", data }], NOW).feed;
  expect(refused).toMatchObject({ job: null, error: { error_code: "not_found" } });
  expect(receiveFrames(feed, [subscribed], NOW).feed.error).toBeNull();
});

test("the difference of the clocks is told by live ticks alone", () => {
  const { history, feed } = setup();
  const tick = history.tick("job.progress", { percent_complete: 1 });
  const arrivedMs = Date.parse(tick.ts) + 90_000;
  expect(receiveFrames({ ...feed, live: false }, [tick], arrivedMs).feed.clockOffsetMs).toBeNull();
  expect(receiveFrames(feed, [tick], arrivedMs).feed.clockOffsetMs).toBe(90_000);
});

test("I11: whatever is lost, doubled or cut, the feed ends as the server's job, and tells no fact twice or out of order", () => {
  const fate = fc.constantFrom("come", "come", "come", "get lost", "come twice", "break the connection");
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1_000), fate, fc.integer({ min: 1, max: 5 })), { maxLength: 60 }), (turns) => {
      const { history, ...begun } = setup();
      let feed: JobFeed = begun.feed;
      const told: number[] = [];
      const keep = (events: readonly { readonly seq: number; readonly tick?: number }[]) => {
        told.push(...events.filter(({ tick }) => tick === undefined).map(({ seq }) => seq));
      };
      const answer = (state: JobFeed): JobFeed => {
        const since = resumePoint(state);
        const { jobId: job_id, epoch } = history;
        const snapshot = since === undefined ? history.snapshot() : null;
        const replay = since === undefined ? [] : missed(history, since);
        const subscribed: ServerFrame = {
          type: "subscribed",
          data: { ref: "s2", job_id, recovered: since !== undefined, epoch, snapshot, jobs: null },
        };
        const step = receiveFrames(rejoining(state), [subscribed, ...replay, begun.live], NOW);
        expect(step.renew).toBe(false);
        keep(step.events);
        return step.feed;
      };
      const receive = (frames: readonly ServerFrame[]) => {
        const percent = feed.job?.progress.percent_complete ?? 0;
        const step = receiveFrames(feed, frames, NOW);
        keep(step.events);
        feed = step.renew ? answer(step.feed) : step.feed;
        expect(feed.job?.progress.percent_complete).toBeGreaterThanOrEqual(percent);
      };
      for (const [choice, what, cut] of turns) {
        const from = history.frames.length;
        for (let i = 0; i < cut; i++) goOn(history, choice + i);
        const frames = history.frames.slice(from);
        if (what === "come") receive(frames);
        if (what === "come twice") receive([...frames, ...frames]);
        if (what === "break the connection") feed = answer(feed);
      }
      // A lost tick is made good by the next one of the same kind, which a job that goes on always sends.
      receive([history.tick("job.progress", { percent_complete: 99, eta_ms: 1 })]);
      for (const { task_id } of history.job().tasks.values()) {
        receive([history.tick("clip.progress", { task_id, percent_complete: 99.5 })]);
      }
      const head: ServerFrame = heads(history.jobId, [history.job().seq, history.job().tick]);
      receive([head]);
      receive([head]);
      expect(feed.job).toEqual(history.job());
      expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
    }),
  );
});
