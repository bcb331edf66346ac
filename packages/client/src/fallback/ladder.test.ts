import { CLOSE_CODES } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { manualClock, settle } from "../../test/manual-clock.ts";
import { scriptedGateway } from "../../test/scripted-gateway.ts";
import { createConnection } from "../connection.ts";
import { fallbackDial } from "../fallback-dial.ts";
import { createLadder } from "./ladder.ts";

/** Three transports at three servers; what each does is the test's affair. */
function setup(options: { readonly loads?: () => boolean } = {}) {
  const clock = manualClock();
  const [best, second, third] = [scriptedGateway(), scriptedGateway(), scriptedGateway()];
  let asked = 0;
  const token = async () => `token ${++asked}`;
  const loadOthers = async () => {
    if (options.loads?.() === false) throw new Error("the chunk is gone");
    return createLadder({ rungs: [best.dial, second.dial, third.dial], start: 1, token, clock });
  };
  const connection = createConnection({
    dial: fallbackDial(best.dial, clock, loadOthers),
    token,
    clock,
    surroundings: { isOffline: () => false, watch: () => () => {} },
  });
  connection.subscribe({
    of: "events",
    jobId: "a",
    request: (ref) => ({ type: "subscribe", data: { ref, job_id: "a" } }),
    receive: () => {},
  });
  const counts = () => [best, second, third].map(({ connections }) => connections.length);
  const gateways = [best, second, third] as const;

  const dials = () => counts().reduce((sum, count) => sum + count, 0);

  /** Ends the newest dial of a transport as a network does, and waits for the next. */
  async function fails(index: 0 | 1 | 2, code = 1006): Promise<void> {
    const before = dials();
    gateways[index].latest().closeWith(code);
    for (let i = 0; i < 310 && dials() === before; i++) await clock.advance(100);
  }
  return { clock, best, second, third, connection, counts, fails };
}

const status = ({ connection }: ReturnType<typeof setup>) => connection.state.getSnapshot().status;

test("I16: after three failures in a row the next transport is tried, and after the last the first again", async () => {
  const { counts, fails, best, second, third } = setup();
  await settle();
  for (let i = 0; i < 3; i++) await fails(0);
  second.latest().hello();
  best.latest().closeWith(1006);
  for (let i = 0; i < 3; i++) {
    second.latest().hello();
    await fails(1);
  }
  for (let i = 0; i < 3; i++) {
    third.latest().hello();
    await fails(2);
  }
  // Three failures, one more try once the server was found, and the one that it comes back to.
  expect(counts()).toEqual([5, 3, 3]);
});

test("I16: a server that is away says nothing of transports: the first is tried again and again", async () => {
  const { counts, fails } = setup();
  await settle();
  for (const index of [0, 0, 0, 1, 0, 1, 0, 1] as const) await fails(index);
  expect(counts()).toEqual([6, 3, 0]);
});

test("I16: a server that is back is followed over the first, before anything is carried by another", async () => {
  const all = setup();
  const { counts, fails, best, second } = all;
  await settle();
  for (let i = 0; i < 3; i++) await fails(0);
  const seen: string[] = [];
  all.connection.state.subscribe(() => seen.push(status(all)));
  second.latest().hello();
  best.latest().hello();
  await all.clock.advance(0);
  expect([seen, counts(), second.latest().closedByClient()]).toEqual([["online"], [4, 1, 0], true]);
  expect(second.latest().received).toEqual([]);
  expect(best.latest().received).toHaveLength(1);
});

const REASONS = Object.entries(CLOSE_CODES).filter(([, code]) => code < CLOSE_CODES.bad_token);

test.each(REASONS)("I16: a server that gives a reason (%s) was reached: the transport stays", async (_, code) => {
  const { counts, fails, best, clock } = setup();
  await settle();
  for (let i = 0; i < 8; i++) {
    best.latest().hello();
    await fails(0, code);
  }
  await clock.advance(60_000);
  expect(counts().slice(1)).toEqual([0, 0]);
});

test("I16: a connection that lasted is no failure, one that was cut soon after its hello is", async () => {
  const { counts, fails, best, clock } = setup();
  await settle();
  for (let i = 0; i < 6; i++) {
    best.latest().hello();
    await clock.advance(10_000);
    await fails(0);
  }
  expect(counts()).toEqual([7, 0, 0]);
  for (let i = 0; i < 3; i++) {
    best.latest().hello();
    await fails(0);
  }
  expect(counts()).toEqual([9, 1, 0]);
});

test("I16: a dial that is never answered is a failure", async () => {
  const { counts, clock } = setup();
  await clock.advance(120_000);
  expect(counts()[0]).toBeGreaterThan(3);
  expect(counts()[1]).toBeGreaterThan(0);
});

test("I16: transports that cannot be fetched give the first another chance", async () => {
  let loads = false;
  const { counts, fails, clock } = setup({ loads: () => loads });
  await settle();
  for (let i = 0; i < 4; i++) await fails(0);
  expect(counts()).toEqual([5, 0, 0]);
  loads = true;
  await clock.advance(60_000);
  expect(counts()[1]).toBeGreaterThan(0);
});

describe("on a lower rung", () => {
  async function onSecond() {
    const all = setup();
    await settle();
    for (let i = 0; i < 3; i++) await all.fails(0);
    all.second.latest().hello();
    all.best.latest().closeWith(1006);
    return { ...all, all };
  }

  test("I18: a better one that works takes over, without a moment in between", async () => {
    const { all, clock, best, second } = await onSecond();
    const seen: string[] = [];
    all.connection.state.subscribe(() => seen.push(status(all)));
    await clock.advance(29_999);
    second.latest().send({ type: "heads", data: { epoch: "e1", jobs: {} } });
    expect(best.connections).toHaveLength(4);
    await clock.advance(15_001);
    expect(best.connections).toHaveLength(5);
    expect(best.latest().token).toBe("token 5");
    best.latest().hello();
    await clock.advance(4_999);
    expect(second.latest().closedByClient()).toBe(false);
    expect(best.latest().received).toEqual([]);
    await clock.advance(1);
    expect(second.latest().closedByClient()).toBe(true);
    expect(best.latest().received).toEqual([{ type: "subscribe", data: { ref: "s1", job_id: "a" } }]);
    expect(seen).toEqual(["online"]);
  });

  test("I18: what it was closed for is heard as before", async () => {
    const { all, clock, best, second } = await onSecond();
    await clock.advance(29_000);
    second.latest().send({ type: "heads", data: { epoch: "e1", jobs: {} } });
    await clock.advance(16_000);
    best.latest().hello();
    await clock.advance(5_000);
    best.latest().closeWith(CLOSE_CODES.forbidden, "no");
    expect(all.connection.state.getSnapshot()).toMatchObject({ status: "refused", reason: "no" });
  });

  test("I18: one that opens and is cut is not believed, and is tried ever more seldom", async () => {
    const { all, clock, best, second } = await onSecond();
    const triedAtMs: number[] = [];
    const startMs = clock.nowMs();
    for (let known = best.connections.length; triedAtMs.length < 5; ) {
      await clock.advance(1_000);
      second.latest().send({ type: "heads", data: { epoch: "e1", jobs: {} } });
      if (best.connections.length === known) continue;
      known = best.connections.length;
      triedAtMs.push(clock.nowMs() - startMs);
      best.latest().hello();
      best.latest().closeWith(1006);
    }
    const gaps = triedAtMs.slice(1).map((atMs, index) => atMs - (triedAtMs[index] as number));
    expect(gaps).toEqual([90_000, 180_000, 360_000, 720_000]);
    expect([status(all), second.connections.length]).toEqual(["online", 1]);
  });

  test("I18: one that says nothing is let go, and nothing is tried any more once nobody follows", async () => {
    const { all, clock, best, second } = await onSecond();
    await clock.advance(29_000);
    second.latest().send({ type: "heads", data: { epoch: "e1", jobs: {} } });
    await clock.advance(16_000 + 5_000);
    expect(best.connections).toHaveLength(5);
    expect(best.latest().closedByClient()).toBe(true);
    const tried = best.connections.length;
    all.connection.close();
    await clock.advance(3_600_000);
    expect(best.connections).toHaveLength(tried);
  });
});
