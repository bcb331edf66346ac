import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { dispatchWorld, rowOf } from "../../../test/dispatch-world.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import type { AlertStore } from "../../store/alert-store.ts";
import { createSqliteStore } from "../../store/sqlite/open-store.ts";
import type { Store } from "../../store/store.ts";
import { type Channel, ChannelRefusal } from "../channels/channel.ts";
import { givenUp } from "./settle.ts";

const T0 = Date.parse("2026-11-21T12:00:00.000Z");
const HOUR_MS = 3_600_000;

let store: Store & AlertStore;
let tenants = 0;
beforeAll(async () => {
  const folder = tempFolder(afterAll);
  store = await createSqliteStore({ folder, nowMs: Date.now, newEpoch: () => "e1" });
});
afterAll(() => store.close());
afterEach(() => {
  vi.useRealTimers();
});

const later = (answer = "503") => new ChannelRefusal(`got ${answer}`, { retryable: true, answer });

/** A world with a tenant of its own, and a channel `ops` that does what each test says. */
function setup(send: Channel["send"] = async () => ({ answer: "ok" })) {
  const tenantId = `t${++tenants}`;
  const world = dispatchWorld(store, T0 + tenants * 1_000 * HOUR_MS);
  const sent: string[] = [];
  const channelOf = (how: Channel["send"], more: Partial<Channel> = {}): Channel => ({
    ...{ type: "test", target: "a test", limitMs: 10_000, paceMs: 0, ...more },
    send(notification, signal) {
      sent.push(notification.notification_id);
      return how(notification, signal);
    },
  });
  const row = (notification_id: string, group_key = notification_id, channel = "ops") =>
    rowOf(tenantId, channel, { notification_id, group_key });
  const list = async () => (await store.listDeliveries({ tenantId, limit: 100 })).items;
  world.setChannels({ ops: channelOf(send) });
  onTestFinished(async () => {
    world.die();
    for (const { delivery_id, state } of await list()) {
      const left = state === "pending" ? await store.readDelivery(tenantId, delivery_id) : null;
      if (left !== null) await store.putAlerts({ alerts: [], deliveries: [givenUp(left, "", 0)], position: null });
    }
  });
  return {
    ...world,
    sent,
    channelOf,
    row,
    tenantId,
    list,
    read: async (id: string) => (await list()).find(({ notification_id }) => notification_id === id),
    async give(...rows: readonly ReturnType<typeof row>[]) {
      await world.put(...rows);
      await world.idle();
    },
  };
}

describe("one try", () => {
  test("that works is kept with what the receiver said", async () => {
    const { give, row, read, dispatcher } = setup();
    await give(row("a"));
    expect(await read("a")).toMatchObject({
      ...{ state: "sent", reason: null, attempt_count: 1, next_attempt_at: null, settled_at: expect.any(String) },
      attempts: [{ latency_ms: 0, error: null, answer: "ok" }],
    });
    expect(dispatcher().channels()).toMatchObject([
      { channel: "ops", type: "test", target: "a test", breaker: "closed", pending: 0, last_error: null },
    ]);
  });

  test("that fails is followed by another, later each time", async () => {
    const { give, row, read, timers, passToNext, dispatcher } = setup(() => Promise.reject(later()));
    await give(row("a"));
    const delays: unknown[] = [];
    for (let tries = 1; tries <= 3; tries += 1) {
      delays.push(timers()[0]);
      expect(await read("a")).toMatchObject({ state: "pending", attempt_count: tries, reason: null });
      await passToNext();
    }
    expect(delays).toEqual([5_000, 12_500, 31_250]);
    expect(dispatcher().channels()).toMatchObject([{ pending: 1, last_error: "got 503: 503" }]);
  });

  test("that is refused for good is the last", async () => {
    const { give, row, read, sent } = setup(() =>
      Promise.reject(new ChannelRefusal("expected 2xx, got 400", { retryable: false, answer: "400 invalid" })),
    );
    await give(row("a"));
    expect(await read("a")).toMatchObject({
      state: "dead",
      reason: "expected 2xx, got 400: 400 invalid",
      attempt_count: 1,
    });
    expect(sent).toEqual(["a"]);
  });

  test("that hangs is cut off, also when the channel does not listen; others go on meanwhile", async () => {
    let hanging = 0;
    const world = setup();
    const { give, row, read, pass, channelOf } = world;
    const hang = () => {
      hanging += 1;
      return new Promise<never>(() => undefined);
    };
    world.setChannels({ ops: channelOf(hang), mail: channelOf(async () => ({ answer: "ok" })) }, () => hanging);
    await give(row("a"), row("b", "b", "mail"));
    expect(await read("b")).toMatchObject({ state: "sent" });
    await pass(10_000);
    expect(await read("a")).toMatchObject({
      state: "pending",
      attempts: [{ error: "expected an answer within 10 s, got none", latency_ms: 10_000 }],
    });
  });

  test("is the last after a day, and the tries that are kept are bounded", async () => {
    const { give, row, read, passToNext } = setup(() => Promise.reject(later()));
    await give(row("a"));
    const startMs = Date.now();
    while ((await read("a"))?.state === "pending") expect(await passToNext()).toBe(true);
    expect(Date.now() - startMs).toBeGreaterThan(16 * HOUR_MS);
    expect(Date.now() - startMs).toBeLessThan(25 * HOUR_MS);
    const delivery = await read("a");
    expect(delivery?.reason).toMatch(/^given up after (12 tries|a day): got 503: 503$/);
    expect(delivery?.attempts.length).toBeLessThanOrEqual(12);
  });
});

describe("what waits", () => {
  test("of one group goes in its order: nothing overtakes what is tried again; other groups do", async () => {
    let isUp = false;
    const { give, row, sent, pass } = setup(() => (isUp ? Promise.resolve({ answer: "ok" }) : Promise.reject(later())));
    await give(row("trigger", "g"));
    isUp = true;
    await give(row("resolve", "g"), row("other", "h"));
    expect(sent).toEqual(["trigger", "other"]);
    await pass(5_000);
    expect(sent).toEqual(["trigger", "other", "trigger", "resolve"]);
  });

  test("goes several at once, but only four to one channel, and one of a group", async () => {
    let open: (() => void)[] = [];
    const world = setup();
    const { give, row, sent, channelOf, idle } = world;
    const wait = () => new Promise<{ answer: string }>((resolve) => open.push(() => resolve({ answer: "ok" })));
    world.setChannels({ ops: channelOf(wait), mail: channelOf(wait) }, () => open.length);
    const many = Array.from({ length: 60 }, (_, no) => row(`n${no}`, `g${no}`));
    await give(...many, row("m1", "g", "mail"), row("m2", "g", "mail"));
    expect(sent.toSorted()).toEqual(["m1", "n0", "n1", "n2", "n3"]);
    while (open.length > 0) {
      const now = open;
      open = [];
      for (const each of now) each();
      await idle();
    }
    expect(sent.toSorted()).toEqual(
      [...many.map(({ notification }) => notification.notification_id), "m1", "m2"].toSorted(),
    );
  });

  test("goes at the channel's pace", async () => {
    const world = setup();
    const { give, row, sent, channelOf, timers, pass } = world;
    world.setChannels({ ops: channelOf(async () => ({ answer: "ok" }), { paceMs: 1_000 }) });
    await give(row("a"), row("b"), row("c"));
    expect([sent, timers()]).toEqual([["a"], [1_000]]);
    await pass(1_000);
    expect([sent, timers()]).toEqual([["a", "b"], [1_000]]);
    await pass(1_000);
    expect(sent).toEqual(["a", "b", "c"]);
  });

  test("for a channel that asks for time waits for so long, all of it; other channels do not", async () => {
    const refusal = new ChannelRefusal("got 429", { retryable: true, retryAfterMs: 60_000, answer: "429" });
    const answers = [() => Promise.reject(refusal)];
    const world = setup();
    const { give, row, sent, channelOf, pass } = world;
    const send = () => answers.shift()?.() ?? Promise.resolve({ answer: "ok" });
    world.setChannels({ ops: channelOf(send), mail: channelOf(async () => ({ answer: "ok" })) });
    await give(row("a"));
    await give(row("b"), row("c", "c", "mail"));
    expect(sent).toEqual(["a", "c"]);
    await pass(59_999);
    expect(sent).toEqual(["a", "c"]);
    await pass(1);
    expect(sent.toSorted()).toEqual(["a", "a", "b", "c"]);
  });
});

describe("a channel", () => {
  test("that fails again and again rests; then one tries it; when it is well, all that waited goes", async () => {
    let isUp = false;
    const { give, row, sent, pass, dispatcher, list } = setup(() =>
      isUp ? Promise.resolve({ answer: "ok" }) : Promise.reject(later()),
    );
    const breaker = () => dispatcher().channels()[0]?.breaker;
    for (let no = 0; no < 5; no += 1) await give(row(`n${no}`));
    expect([sent.length, breaker()]).toEqual([5, "open"]);
    await give(row("n5"), row("n6"));
    await pass(29_999);
    expect([sent.length, breaker()]).toEqual([5, "open"]);
    expect(dispatcher().channels()).toMatchObject([{ pending: 7, last_error: "got 503: 503" }]);
    await pass(1);
    expect([sent.length, breaker()]).toEqual([6, "open"]);
    isUp = true;
    await pass(59_999);
    expect(sent.length).toBe(6);
    await pass(1);
    expect(breaker()).toBe("closed");
    expect((await list()).map(({ state }) => state)).toEqual(Array(7).fill("sent"));
    expect(dispatcher().channels()).toMatchObject([{ pending: 0, last_error: null }]);
  });

  test("that refuses for good is no channel that fails", async () => {
    const { give, row, dispatcher } = setup(() => Promise.reject(new ChannelRefusal("400", { retryable: false })));
    for (let no = 0; no < 9; no += 1) await give(row(`n${no}`));
    expect(dispatcher().channels()).toMatchObject([{ breaker: "closed" }]);
  });

  test("that was removed from the configuration has its deliveries given up, with that reason", async () => {
    const { give, row, read } = setup();
    await give(row("a", "a", "gone"));
    expect(await read("a")).toMatchObject({
      state: "dead",
      reason: "the channel gone was removed from the configuration",
      attempt_count: 0,
    });
  });

  test("whose receiver is gone (410) is asked no more, until its settings change", async () => {
    const world = setup();
    const { give, row, read, sent, channelOf, dispatcher } = world;
    const gone = new ChannelRefusal("the receiver is gone (410)", { retryable: false, isGone: true, answer: "410" });
    world.setChannels({ ops: channelOf(() => Promise.reject(gone)) });
    await give(row("a"));
    await give(row("b"));
    expect(sent).toEqual(["a"]);
    expect(await read("b")).toMatchObject({ state: "dead", reason: "the receiver is gone (410)" });
    expect(dispatcher().channels()).toMatchObject([{ breaker: "open", last_error: "the receiver is gone (410): 410" }]);
    world.setChannels({ ops: channelOf(async () => ({ answer: "ok" })) });
    await give(row("c"));
    expect(await read("c")).toMatchObject({ state: "sent" });
  });
});

describe("the end", () => {
  test("cuts off what is under way after a moment; it counts for nothing, and is sent again after the next start", async () => {
    let hanging = 0;
    const world = setup();
    const { give, row, read, channelOf, dispatcher, pass, sent, idle } = world;
    const aborted = Promise.withResolvers<void>();
    const hang: Channel["send"] = (_, signal) => {
      hanging += 1;
      signal.addEventListener("abort", () => aborted.resolve());
      return new Promise(() => undefined);
    };
    world.setChannels({ ops: channelOf(hang) }, () => hanging);
    await give(row("a"));
    const closed = dispatcher().close();
    await pass(2_000);
    await Promise.all([closed, aborted.promise]);
    expect(await read("a")).toMatchObject({ state: "pending", attempt_count: 0 });
    world.setChannels({ ops: channelOf(async () => ({ answer: "ok" })) }, () => hanging);
    world.dieAndStart();
    await idle();
    expect([sent, (await read("a"))?.state]).toEqual([["a", "a"], "sent"]);
  });

  test("waits for an answer that comes in time", async () => {
    const answer = Promise.withResolvers<{ answer: string }>();
    const world = setup();
    const { give, row, read, channelOf, dispatcher } = world;
    let hanging = 0;
    const wait = () => {
      hanging += 1;
      return answer.promise;
    };
    world.setChannels({ ops: channelOf(wait) }, () => hanging);
    await give(row("a"));
    const closed = dispatcher().close();
    answer.resolve({ answer: "ok" });
    await closed;
    expect(await read("a")).toMatchObject({ state: "sent" });
  });
});

test("a store that fails for a moment: said, and sent again with the same id", async () => {
  const { give, row, read, failWrites, errors, sent, pass } = setup();
  failWrites(new Error("disk full"));
  await give(row("a"));
  expect(errors).toMatchObject([{ message: "disk full" }]);
  expect(await read("a")).toMatchObject({ state: "pending" });
  await pass(10_000);
  expect([sent, (await read("a"))?.state]).toEqual([["a", "a"], "sent"]);
});

describe("a test", () => {
  test("goes at once, and tells what the receiver said", async () => {
    const { dispatcher, sent } = setup(async ({ kind }) => ({ answer: `202 ${kind}` }));
    expect(await dispatcher().test("ops")).toEqual({ answer: "202 test", latency_ms: 0 });
    expect(sent).toEqual(["ntf_test"]);
  });
  test.each([
    [
      "refused",
      later("535 wrong password"),
      { code: "channel_failed", message: /535 wrong password/, retryable: true },
    ],
    [
      "refused for good",
      new ChannelRefusal("got 400", { retryable: false }),
      { code: "channel_failed", message: /got 400/, retryable: false },
    ],
  ])("that is %s says why", async (_, refusal, { message, ...error }) => {
    const { dispatcher } = setup(() => Promise.reject(refusal));
    const tried = dispatcher().test("ops");
    await expect(tried).rejects.toMatchObject({ ...error, message: expect.stringMatching(message) });
  });
  test("of a channel that is not there", async () => {
    await expect(setup().dispatcher().test("none")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("sending again", () => {
  test("what was given up is tried once more", async () => {
    const answers = [() => Promise.reject(new ChannelRefusal("400", { retryable: false }))];
    const { give, row, read, dispatcher, tenantId, idle } = setup(
      () => answers.shift()?.() ?? Promise.resolve({ answer: "ok" }),
    );
    await give(row("a"));
    const { delivery_id = "" } = (await read("a")) ?? {};
    expect(await dispatcher().redeliver(tenantId, delivery_id)).toMatchObject({ state: "pending", reason: null });
    await idle();
    expect(await read("a")).toMatchObject({
      state: "sent",
      attempt_count: 2,
      attempts: [{ error: "400" }, { error: null }],
    });
  });
  test("not what was not given up, nor what is another tenant's", async () => {
    const { give, row, read, dispatcher, tenantId } = setup();
    await give(row("a"));
    const { delivery_id = "" } = (await read("a")) ?? {};
    await expect(dispatcher().redeliver(tenantId, delivery_id)).rejects.toMatchObject({ code: "conflict" });
    await expect(dispatcher().redeliver("another", delivery_id)).rejects.toMatchObject({ code: "not_found" });
  });
});
