import { CLOSE_CODES, type ClientFrame, type ServerFrame } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { type ManualClock, manualClock, settle } from "../test/manual-clock.ts";
import { scriptedGateway } from "../test/scripted-gateway.ts";
import { createConnection, type Subscription } from "./connection.ts";
import type { SurroundingsHint } from "./surroundings.ts";

function setup(options: { readonly token?: () => Promise<string>; readonly offline?: () => boolean } = {}) {
  const clock = manualClock();
  const gateway = scriptedGateway();
  let hint: (hint: SurroundingsHint) => void = () => {};
  const connection = createConnection({
    dial: gateway.dial,
    token: options.token,
    clock,
    surroundings: {
      isOffline: options.offline ?? (() => false),
      watch(onHint) {
        hint = onHint;
        return () => {};
      },
    },
  });
  return { clock, gateway, connection, hint: (given: SurroundingsHint) => hint(given) };
}

function jobSubscription(jobId: string) {
  const received: ServerFrame[] = [];
  const subscription: Subscription = {
    of: "events",
    jobId,
    request: (ref) => ({ type: "subscribe", data: { ref, job_id: jobId } }),
    receive: (frames) => received.push(...frames),
  };
  return { subscription, received };
}

const types = (frames: readonly (ClientFrame | ServerFrame)[]) => frames.map(({ type }) => type);
const tick = (jobId: string): ServerFrame => ({
  type: "job.progress",
  job_id: jobId,
  epoch: "e1",
  seq: 1,
  tick: 1,
  ts: "2026-11-21T10:00:00.000Z",
  correlation_id: "",
  data: {},
});

test("it dials with the first subscription, and subscribes after hello", async () => {
  const { gateway, connection } = setup();
  expect(gateway.connections).toHaveLength(0);
  connection.subscribe(jobSubscription("a").subscription);
  await settle();
  expect(gateway.latest().received).toEqual([]);
  gateway.latest().hello();
  expect(gateway.latest().received).toEqual([{ type: "subscribe", data: { ref: "s1", job_id: "a" } }]);
  expect(connection.state.getSnapshot().status).toBe("online");
});

test("frames go to whom they are for, batches unpacked", async () => {
  const { gateway, connection } = setup();
  const a = jobSubscription("a");
  const b = jobSubscription("b");
  connection.subscribe(a.subscription);
  connection.subscribe(b.subscription);
  await settle();
  const side = gateway.latest();
  side.hello();
  side.send({ type: "batch", data: { events: [tick("a"), tick("b"), tick("a")] as never } });
  side.send({ type: "live", data: { ref: "s2" } }, { type: "heads", data: { epoch: "e1", jobs: {} } });
  expect(types(a.received)).toEqual(["job.progress", "job.progress", "heads"]);
  expect(types(b.received)).toEqual(["job.progress", "live", "heads"]);
});

test("I6: the token is asked for before each dial", async () => {
  let asked = 0;
  const { gateway, connection, clock } = setup({ token: async () => `token ${++asked}` });
  connection.subscribe(jobSubscription("a").subscription);
  await settle();
  expect(gateway.latest().token).toBe("token 1");
  gateway.latest().hello();
  gateway.latest().closeWith(1006);
  await clock.advance(3_000);
  expect(gateway.connections).toHaveLength(2);
  expect(gateway.latest().token).toBe("token 2");
});

test("I6: a token provider that fails is asked again later", async () => {
  let asked = 0;
  const token = () => (++asked === 1 ? Promise.reject(new Error("asleep")) : Promise.resolve("ok"));
  const { gateway, connection, clock } = setup({ token });
  connection.subscribe(jobSubscription("a").subscription);
  await settle();
  expect(connection.state.getSnapshot().status).toBe("waiting");
  await clock.advance(30_000);
  expect(gateway.latest().token).toBe("ok");
});

test("I9: after a reconnect, all is subscribed again", async () => {
  const { gateway, connection, clock } = setup();
  connection.subscribe(jobSubscription("a").subscription);
  connection.subscribe(jobSubscription("b").subscription);
  await settle();
  gateway.latest().hello();
  gateway.latest().closeWith(CLOSE_CODES.going_away);
  await clock.advance(3_000);
  gateway.latest().hello();
  expect(gateway.connections).toHaveLength(2);
  expect(types(gateway.latest().received)).toEqual(["subscribe", "subscribe"]);
});

test("I2: a code of 4500 and up ends it, until someone asks again", async () => {
  const { gateway, connection, clock } = setup();
  connection.subscribe(jobSubscription("a").subscription);
  await settle();
  gateway.latest().closeWith(CLOSE_CODES.bad_token, "sign in");
  await clock.advance(3_600_000);
  expect(gateway.connections).toHaveLength(1);
  expect(connection.state.getSnapshot()).toMatchObject({ status: "refused", reason: "sign in" });
  connection.retry();
  await settle();
  expect(gateway.connections).toHaveLength(2);
});

describe("a connection that says nothing", () => {
  test("I8: is asked, and is dropped when it does not answer", async () => {
    const { gateway, connection, clock } = setup();
    connection.subscribe(jobSubscription("a").subscription);
    await settle();
    const side = gateway.latest();
    side.hello();
    await clock.advance(32_000);
    expect(types(side.received)).toContain("ping");
    expect(connection.state.getSnapshot().status).toBe("online");
    await clock.advance(12_000);
    expect(side.closedByClient()).toBe(true);
    expect(gateway.connections.length + Number(connection.state.getSnapshot().status === "waiting")).toBeGreaterThan(1);
  });

  test("I8: is kept when it answers", async () => {
    const { gateway, connection, clock } = setup();
    connection.subscribe(jobSubscription("a").subscription);
    await settle();
    gateway.latest().hello();
    for (let i = 0; i < 10; i++) {
      await clock.advance(20_000);
      gateway.latest().send({ type: "heads", data: { epoch: "e1", jobs: {} } });
    }
    expect(gateway.connections).toHaveLength(1);
  });

  test("I8: before its hello is given up", async () => {
    const { gateway, connection, clock } = setup();
    connection.subscribe(jobSubscription("a").subscription);
    await settle();
    await clock.advance(8_001);
    expect(gateway.latest().closedByClient()).toBe(true);
    expect(connection.state.getSnapshot().status).toBe("waiting");
  });
});

test("without a network it tries seldom, and soon when the network is back", async () => {
  let offline = true;
  const { gateway, connection, clock, hint } = setup({ offline: () => offline });
  connection.subscribe(jobSubscription("a").subscription);
  await settle();
  gateway.latest().closeWith(1006);
  expect(connection.state.getSnapshot().status).toBe("offline");
  await clock.advance(29_000);
  expect(gateway.connections).toHaveLength(1);
  offline = false;
  hint("network_found");
  await clock.advance(2_000);
  expect(gateway.connections).toHaveLength(2);
});

test("I8: a page that comes to the front tries at once", async () => {
  const { gateway, connection, hint } = setup();
  connection.subscribe(jobSubscription("a").subscription);
  await settle();
  gateway.latest().closeWith(1006);
  hint("woken");
  await settle();
  expect(gateway.connections).toHaveLength(2);
});

test("a refusal that may be tried again is, after the time that the server names", async () => {
  const { gateway, connection, clock } = setup();
  const { subscription, received } = jobSubscription("a");
  connection.subscribe(subscription);
  await settle();
  const side = gateway.latest();
  side.hello();
  const error = {
    error_code: "rate_limited",
    error_message: "too many",
    error_class: "transient",
    detail: {},
  } as const;
  side.send({ type: "error", data: { ...error, ref: "s1", retryable: true, retry_after_ms: 5_000 } });
  await clock.advance(4_999);
  expect(types(side.received)).toEqual(["subscribe"]);
  await clock.advance(1);
  expect(types(side.received)).toEqual(["subscribe", "subscribe"]);
  expect(received).toEqual([]);
});

test("it goes when nobody has followed anything for a while, and comes back with the next", async () => {
  const { gateway, connection, clock } = setup();
  const first = connection.subscribe(jobSubscription("a").subscription);
  await settle();
  gateway.latest().hello();
  first.end();
  expect(types(gateway.latest().received)).toEqual(["subscribe", "unsubscribe"]);
  await clock.advance(1_000);
  const second = connection.subscribe(jobSubscription("b").subscription);
  await clock.advance(10_000);
  expect(connection.state.getSnapshot().status).toBe("online");
  second.end();
  await clock.advance(10_000);
  expect(connection.state.getSnapshot().status).toBe("idle");
  expect(gateway.latest().closedByClient()).toBe(true);
});

test("I10: answers to a subscription that was renewed are not taken for answers to the new one", async () => {
  const { gateway, connection } = setup();
  const { subscription, received } = jobSubscription("a");
  const handle = connection.subscribe(subscription);
  await settle();
  const side = gateway.latest();
  side.hello();
  handle.renew();
  expect(types(side.received)).toEqual(["subscribe", "unsubscribe", "subscribe"]);
  side.send({ type: "live", data: { ref: "s1" } });
  expect(received).toEqual([]);
  side.send({ type: "live", data: { ref: "s2" } });
  expect(types(received)).toEqual(["live"]);
});

describe("a page that comes to the front", () => {
  test("I8: asks at once whether its connection lives, and has a new one within eight seconds", async () => {
    const { gateway, connection, clock, hint } = setup();
    connection.subscribe(jobSubscription("a").subscription);
    await settle();
    const side = gateway.latest();
    side.hello();
    await clock.advance(5_000);
    hint("woken");
    expect(types(side.received)).toEqual(["subscribe", "ping"]);
    await clock.advance(7_999);
    expect(side.closedByClient()).toBe(false);
    await clock.advance(1);
    expect(side.closedByClient()).toBe(true);
  });

  test("I8: after a long sleep dials at once", async () => {
    const { gateway, connection, clock, hint } = setup();
    connection.subscribe(jobSubscription("a").subscription);
    await settle();
    gateway.latest().hello();
    clock.sleep(3_600_000);
    hint("woken");
    await settle();
    expect(gateway.connections).toHaveLength(2);
  });
});

describe("the token of a connection that lasts", () => {
  const inMs = (clock: ManualClock, ms: number) => new Date(clock.nowMs() + ms).toISOString();

  test("I7: is renewed in band before it ends, again and again", async () => {
    let asked = 0;
    const { gateway, connection, clock } = setup({ token: async () => `token ${++asked}` });
    connection.subscribe(jobSubscription("a").subscription);
    await settle();
    const side = gateway.latest();
    side.hello({ expires_at: inMs(clock, 900_000) });
    for (let renewal = 2; renewal < 5; renewal++) {
      await clock.advance(20_000);
      side.send({ type: "heads", data: { epoch: "e1", jobs: {} } });
      for (let i = 0; i < 35; i++) {
        await clock.advance(20_000);
        side.send({ type: "heads", data: { epoch: "e1", jobs: {} } });
      }
      const auths = side.received.filter(({ type }) => type === "auth");
      expect(auths.at(-1)).toEqual({ type: "auth", data: { ref: "auth", token: `token ${renewal}` } });
      expect(auths).toHaveLength(renewal - 1);
      side.send({ type: "authorized", data: { ref: "auth", expires_at: inMs(clock, 900_000) } });
    }
    expect(gateway.connections).toHaveLength(1);
  });

  test("I7: a provider that fails leaves the connection alone, until the server closes it", async () => {
    let asked = 0;
    const token = () => (++asked === 2 ? Promise.reject(new Error("asleep")) : Promise.resolve(`token ${asked}`));
    const { gateway, connection, clock } = setup({ token });
    connection.subscribe(jobSubscription("a").subscription);
    await settle();
    gateway.latest().hello({ expires_at: inMs(clock, 20_000) });
    await clock.advance(19_000);
    expect([asked, connection.state.getSnapshot().status]).toEqual([2, "online"]);
    gateway.latest().closeWith(CLOSE_CODES.token_expired);
    await settle();
    expect(gateway.latest().token).toBe("token 3");
  });

  test("I7: is not asked for more often than every ten seconds, whatever the clocks say", async () => {
    let asked = 0;
    const { gateway, connection, clock } = setup({ token: async () => `token ${++asked}` });
    connection.subscribe(jobSubscription("a").subscription);
    await settle();
    gateway.latest().hello({ expires_at: inMs(clock, -3_600_000) });
    await clock.advance(9_999);
    expect(asked).toBe(1);
    await clock.advance(1);
    expect(asked).toBe(2);
  });
});

test("I9: a link that has moved to another transport subscribes all again, and was never lost", async () => {
  const { gateway, connection } = setup();
  connection.subscribe(jobSubscription("a").subscription);
  await settle();
  const side = gateway.latest();
  const seen: string[] = [];
  connection.state.subscribe(() => seen.push(connection.state.getSnapshot().status));
  side.hello();
  side.hello();
  expect(seen).toEqual(["online", "online"]);
  expect(types(side.received)).toEqual(["subscribe", "subscribe"]);
});

test("I15: the lines of a log go to who follows the log, its events to who follows the job", async () => {
  const { gateway, connection } = setup();
  const job = jobSubscription("a");
  const log = jobSubscription("a");
  connection.subscribe(job.subscription);
  connection.subscribe({ ...log.subscription, of: "logs" });
  await settle();
  gateway.latest().hello();
  const line = { log_id: 1, ts: "", job_id: "a", task_id: null, level: "info", message: "", fields: {} } as const;
  gateway.latest().send({ type: "log", data: line }, tick("a"));
  expect([types(job.received), types(log.received)]).toEqual([["job.progress"], ["log"]]);
});
