import { afterEach, beforeEach, expect, test } from "vitest";
import { createManualClock } from "../testing/manual-clock.ts";
import { type SeenRequest, startTestServer, type TestAnswer, type TestServer } from "../testing/test-server.ts";
import { until } from "../testing/until.ts";
import { type CountedHeartbeat, type HeartbeatOptions, startHeartbeat } from "./heartbeat.ts";

let server: TestServer;
let answer: (request: SeenRequest) => TestAnswer = () => ({ body: { known: true } });
const started: CountedHeartbeat[] = [];

beforeEach(async () => {
  answer = () => ({ body: { known: true } });
  server = await startTestServer((request) => answer(request));
});
afterEach(async () => {
  for (const heartbeat of started.splice(0)) heartbeat.stop();
  await server.close();
});

function start(options: Partial<HeartbeatOptions> = {}) {
  const clock = createManualClock();
  const ended: string[] = [];
  const heartbeat = startHeartbeat({
    base: server.url,
    apiKey: "key_1",
    source: "w/1",
    everyMs: 20,
    setTimer: clock.setTimer,
    onEnded: (jobIds) => ended.push(...jobIds),
    ...options,
  });
  started.push(heartbeat);
  return { clock, heartbeat, ended };
}

const bodies = () => server.seen.map(({ body }) => JSON.parse(body));

test("says from its thread which jobs run, as long as there are any", async () => {
  const { heartbeat } = start();
  heartbeat.setJobs(["a"]);
  await until(() => server.seen.length >= 2);
  heartbeat.setJobs(["a", "b"]);
  await until(() => bodies().at(-1)?.jobs.length === 2);
  const [first] = server.seen;
  expect(first).toMatchObject({
    method: "POST",
    path: "/api/v1/workers/w%2F1/heartbeat",
    headers: { authorization: "Bearer key_1", "content-type": "application/json" },
  });
  expect(bodies()[0]).toEqual({
    sent_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    event_loop_delay_ms: expect.any(Number),
    jobs: ["a"],
  });
  await until(() => heartbeat.counts().taken >= 2);
});

test("without jobs nothing is sent, and half a minute later the thread ends", async () => {
  const threads: string[] = [];
  const { heartbeat, clock } = start({
    startThread: () => {
      threads.push("start");
      return { setJobs: (jobs) => threads.push(jobs.join()), stop: () => threads.push("stop") };
    },
  });
  expect(threads).toEqual([]);
  heartbeat.setJobs([]);
  heartbeat.setJobs(["a"]);
  heartbeat.setJobs([]);
  await clock.advance(29_999);
  heartbeat.setJobs(["b"]);
  heartbeat.setJobs([]);
  await clock.advance(30_000);
  expect(threads).toEqual(["start", "a", "", "b", "", "stop"]);
  heartbeat.setJobs(["c"]);
  expect(threads.slice(6)).toEqual(["start", "c"]);
  expect(clock.timers().alive).toBe(0);
});

test("errors are counted, and it goes on", async () => {
  const answers: TestAnswer[] = [{}, { status: 503, body: "" }, { status: 302, headers: { location: "/" }, body: "" }];
  answer = () => answers.shift() ?? { body: { known: false } };
  const { heartbeat } = start();
  heartbeat.setJobs(["a"]);
  await until(() => heartbeat.counts().taken >= 1);
  expect(heartbeat.counts().failed).toBe(3);
});

test("where there can be no thread, a timer does it", async () => {
  const { heartbeat } = start({
    startThread: () => {
      throw new Error("ERR_ACCESS_DENIED");
    },
  });
  heartbeat.setJobs(["a"]);
  await until(() => heartbeat.counts().taken >= 2);
  expect(bodies()[0].jobs).toEqual(["a"]);
});

test("a thread that breaks is followed by a timer", async () => {
  const broken: (() => void)[] = [];
  const { heartbeat } = start({
    startThread: (_options, _onEnded, onBroken) => {
      broken.push(onBroken);
      return { setJobs: () => undefined, stop: () => undefined };
    },
  });
  heartbeat.setJobs(["a"]);
  broken[0]?.();
  await until(() => heartbeat.counts().taken >= 1);
  expect(broken).toHaveLength(1);
});

test.each(["thread", "timer"])("jobs that have ended at the server are told of, by a %s", async (kind) => {
  answer = () => ({ body: { ended_jobs: ["a"] } });
  const { heartbeat, ended } = start({
    ...(kind === "timer" && {
      startThread: () => {
        throw new Error("ERR_ACCESS_DENIED");
      },
    }),
  });
  heartbeat.setJobs(["a", "b"]);
  await until(() => ended.length > 0);
  expect(new Set(ended)).toEqual(new Set(["a"]));
});

test("after stop nothing is sent", async () => {
  const { heartbeat } = start();
  heartbeat.setJobs(["a"]);
  await until(() => heartbeat.counts().taken >= 1);
  heartbeat.stop();
  heartbeat.setJobs([]);
  const { length } = server.seen;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(server.seen.length).toBeLessThanOrEqual(length + 1);
});
