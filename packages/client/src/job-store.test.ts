import { CLOSE_CODES, type ClientFrame, type LogLine } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { goOn, jobHistory } from "../test/job-history.ts";
import { manualClock, settle } from "../test/manual-clock.ts";
import { answerLogs, answerSubscribe, scriptedGateway } from "../test/scripted-gateway.ts";
import type { LogsQuery } from "./api.ts";
import { createConnection } from "./connection.ts";
import { createJobStore } from "./job-store.ts";

/** A store at a server that keeps one job's history, and its log. */
function setup() {
  const history = jobHistory();
  const log: LogLine[] = [];
  const clock = manualClock();
  const gateway = scriptedGateway((frame, side) => {
    answerSubscribe(side, frame, history);
    answerLogs(side, frame, log);
  });
  const surroundings = { isOffline: () => false, watch: () => () => {} };
  const connection = createConnection({ dial: gateway.dial, token: undefined, clock, surroundings });
  const api = {
    async logs(_: string, { after = -1, before = Number.MAX_SAFE_INTEGER, limit = 100 }: LogsQuery = {}) {
      const found = log.filter(({ log_id }) => log_id > after && log_id < before);
      return { logs: after >= 0 ? found.slice(0, limit) : found.slice(-limit), next_after: null };
    },
  };
  const write = (): LogLine => {
    const line: LogLine = {
      log_id: log.length + 1,
      ts: "2026-11-21T10:00:00.000Z",
      job_id: history.jobId,
      task_id: null,
      level: "info",
      message: `line ${log.length + 1}`,
      fields: {},
    };
    log.push(line);
    return line;
  };
  const store = createJobStore({ connection, api, clock, jobId: history.jobId });
  return { history, clock, gateway, connection, store, log, write };
}

const subscribes = (frames: readonly ClientFrame[]) =>
  frames.filter(({ type }) => type === "subscribe").map(({ data }) => data);

test("nothing is asked for while nobody listens", async () => {
  const { gateway, store } = setup();
  await settle();
  expect(gateway.connections).toHaveLength(0);
  expect(store.getSnapshot().job).toBeNull();
});

test("it shows the job, and each change of it", async () => {
  const { history, gateway, store } = setup();
  let calls = 0;
  store.subscribe(() => calls++);
  await settle();
  gateway.latest().hello();
  expect(store.getSnapshot().job).toEqual(history.job());
  const before = calls;
  gateway.latest().send(...history.fact("task.created", { task_id: "a", kind: "clip" }));
  expect(calls).toBe(before + 1);
  expect(store.getSnapshot().job).toEqual(history.job());
});

test("I9: after a reconnect it goes on from where it stands", async () => {
  const { history, gateway, store, clock } = setup();
  store.subscribe(() => {});
  await settle();
  gateway.latest().hello();
  const position = { epoch: "e1", seq: history.job().seq, tick: history.job().tick };
  gateway.latest().closeWith(CLOSE_CODES.going_away);
  for (let choice = 0; choice < 40; choice++) goOn(history, choice);
  await clock.advance(4_000);
  gateway.latest().hello();
  expect(subscribes(gateway.latest().received)).toEqual([{ ref: "s1", job_id: "job_1", since: position }]);
  expect(store.getSnapshot().job).toEqual(history.job());
});

test("I12: behind a gap it asks for a snapshot, once", async () => {
  const { history, gateway, store } = setup();
  store.subscribe(() => {});
  await settle();
  gateway.latest().hello();
  history.fact("task.created", { task_id: "lost", kind: "clip" });
  gateway.latest().send(...history.fact("task.created", { task_id: "b", kind: "clip" }));
  const asked = subscribes(gateway.latest().received);
  expect(asked).toHaveLength(2);
  expect(asked[1]).not.toHaveProperty("since");
  expect(store.getSnapshot().job).toEqual(history.job());
});

test("while the connection is gone, what was known stays", async () => {
  const { history, gateway, store } = setup();
  store.subscribe(() => {});
  await settle();
  gateway.latest().hello();
  gateway.latest().closeWith(1006);
  expect(store.getSnapshot().job).toEqual(history.job());
});

describe("events", () => {
  test("I14: those of one type, or all, as they happen, also those that were missed", async () => {
    const { history, gateway, store, clock } = setup();
    const uploads: string[] = [];
    const all: number[] = [];
    const stop = store.on("clip.uploaded", ({ data }) => uploads.push(data.artifact.name));
    store.on("*", ({ seq, tick }) => tick === undefined && all.push(seq));
    await settle();
    gateway.latest().hello();
    const first = history.job().seq;
    gateway.latest().send(...history.fact("task.created", { task_id: "a", kind: "clip" }));
    gateway.latest().closeWith(1006);
    history.fact("clip.progress", { task_id: "a", step: "rendering" });
    history.fact("clip.uploaded", { task_id: "a", artifact: { type: "video", name: "a.mp4" } });
    await clock.advance(4_000);
    gateway.latest().hello();
    expect(uploads).toEqual(["a.mp4"]);
    expect(all).toEqual(Array.from({ length: history.job().seq - first }, (_, index) => first + 1 + index));
    stop();
    gateway
      .latest()
      .send(...history.fact("clip.uploaded", { task_id: "a", artifact: { type: "video", name: "b.mp4" } }));
    expect(uploads).toEqual(["a.mp4"]);
  });

  test("when a listener is called, the job has taken the event in", async () => {
    const { history, gateway, store } = setup();
    const steps: unknown[] = [];
    store.on("clip.progress", ({ data, seq }) => {
      const { job } = store.getSnapshot();
      steps.push(data.step, job?.tasks.get(data.task_id)?.step, job?.seq === seq);
    });
    await settle();
    gateway.latest().hello();
    gateway.latest().send(...history.fact("task.created", { task_id: "a", kind: "clip" }));
    gateway.latest().send(...history.fact("clip.progress", { task_id: "a", step: "rendering" }));
    expect(steps).toEqual(["rendering", "rendering", true]);
  });
});

/** The code that follows a log comes when it is needed. */
const loaded = () => import("./log-follower.ts").then(settle);

describe("the log", () => {
  test("is left out until someone listens to it", async () => {
    const { gateway, store, write } = setup();
    write();
    store.subscribe(() => {});
    await settle();
    gateway.latest().hello();
    await settle();
    expect(subscribes(gateway.latest().received)).toEqual([{ ref: "s1", job_id: "job_1" }]);
    store.logs.subscribe(() => {});
    await loaded();
    expect(subscribes(gateway.latest().received)[1]).toEqual({ ref: "s2", logs: { job_id: "job_1" } });
    expect(store.logs.getSnapshot()).toMatchObject({ loaded: true, hasOlder: false, lines: [{ log_id: 1 }] });
  });

  test("I15: comes live, and what was missed meanwhile is read", async () => {
    const { gateway, store, clock, log, write } = setup();
    for (let i = 0; i < 3; i++) write();
    store.logs.subscribe(() => {});
    await loaded();
    gateway.latest().hello();
    await settle();
    gateway.latest().send({ type: "log", data: write() });
    gateway.latest().closeWith(1006);
    for (let i = 0; i < 3; i++) write();
    await clock.advance(4_000);
    gateway.latest().hello();
    gateway.latest().send({ type: "log", data: write() });
    await settle();
    expect(store.logs.getSnapshot().lines).toEqual(log);
  });

  test("I15: begins at the newest page, and is read on into the past", async () => {
    const { gateway, store, log, write } = setup();
    for (let i = 0; i < 1_200; i++) write();
    store.logs.subscribe(() => {});
    await loaded();
    gateway.latest().hello();
    await settle();
    expect(store.logs.getSnapshot().lines).toHaveLength(500);
    await store.logs.loadOlder();
    await store.logs.loadOlder();
    expect(store.logs.getSnapshot()).toEqual({ lines: log, loaded: true, hasOlder: false });
  });

  test("I15: has no hole after a very long absence", async () => {
    const { gateway, store, clock, log, write } = setup();
    write();
    store.logs.subscribe(() => {});
    await loaded();
    gateway.latest().hello();
    await settle();
    gateway.latest().closeWith(1006);
    for (let i = 0; i < 3_000; i++) write();
    await clock.advance(4_000);
    gateway.latest().hello();
    await settle();
    expect(store.logs.getSnapshot().lines).toEqual(log.slice(-2_000));
    expect(store.logs.getSnapshot().hasOlder).toBe(true);
  });

  test("I15: goes on after its last line, and is left alone when nobody listens any more", async () => {
    const { gateway, store, clock, write } = setup();
    write();
    const stop = store.logs.subscribe(() => {});
    await loaded();
    gateway.latest().hello();
    await settle();
    gateway.latest().closeWith(1006);
    await clock.advance(4_000);
    gateway.latest().hello();
    expect(subscribes(gateway.latest().received)).toEqual([{ ref: "s1", logs: { job_id: "job_1", after: 1 } }]);
    stop();
    expect(gateway.latest().received.at(-1)).toEqual({ type: "unsubscribe", data: { ref: "s1" } });
  });
});
