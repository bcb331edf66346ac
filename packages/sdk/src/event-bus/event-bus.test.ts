import { describe, expect, test } from "vitest";
import { type BusEvent, EventBus, type EventBusOptions } from "./event-bus.ts";

/** A bus whose events are delivered when the test says so. */
function setup(options: EventBusOptions = {}) {
  const due: (() => void)[] = [];
  const warnings: string[] = [];
  let now = Date.parse("2026-11-21T10:00:00.000Z");
  const bus = new EventBus({
    warn: (line) => warnings.push(line),
    nowMs: () => now,
    defer: (run) => due.push(run),
    ...options,
  });
  return {
    bus,
    warnings,
    pass: (ms: number) => {
      now += ms;
    },
    /** Delivers until nothing is due, letting promises settle in between. */
    async deliver() {
      for (let turns = 0; due.length > 0 && turns < 1_000; turns += 1) {
        for (const run of due.splice(0)) run();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

test("a handler gets what was published, later, in order, as frozen copies", async () => {
  const { bus, deliver } = setup();
  const heard: BusEvent[] = [];
  bus.subscribe("clip.progress", (event) => heard.push(event));
  const data = { step: "rendering", nested: { list: [1] } };
  bus.publish("clip.progress", data, { job_id: "j", correlation_id: "c" });
  data.nested.list.push(2);
  bus.publish("clip.uploaded");
  bus.publish("clip.progress", {}, { ts: "2026-01-01T00:00:00.000Z" });
  expect(heard).toEqual([]);
  await deliver();
  expect(heard).toEqual([
    {
      type: "clip.progress",
      ts: "2026-11-21T10:00:00.000Z",
      job_id: "j",
      correlation_id: "c",
      data: { step: "rendering", nested: { list: [1] } },
    },
    { type: "clip.progress", ts: "2026-01-01T00:00:00.000Z", data: {} },
  ]);
  expect(() => ((heard[0]?.data.nested as { list: number[] }).list = [])).toThrow(TypeError);
});

test.for([
  { topic: "job.completed", type: "job.completed", expected: true },
  { topic: "job.completed", type: "job.completed.twice", expected: false },
  { topic: "job.*", type: "job.completed", expected: true },
  { topic: "job.*", type: "job.a.b", expected: true },
  { topic: "job.*", type: "job", expected: false },
  { topic: "job.*", type: "jobs.completed", expected: false },
  { topic: "a.b.*", type: "a.b.c", expected: true },
  { topic: "*", type: "anything", expected: true },
])("$topic and $type: $expected", async ({ topic, type, expected }) => {
  const { bus, deliver } = setup();
  let calls = 0;
  const before = bus.interestIn(type);
  expect(before.isWanted).toBe(false);
  const stop = bus.subscribe(topic, () => calls++);
  expect([before.isWanted, bus.interestIn(type).isWanted]).toEqual([expected, expected]);
  bus.publish(type);
  await deliver();
  expect(calls).toBe(expected ? 1 : 0);
  stop();
  expect(before.isWanted).toBe(false);
});

test.for(["", "job*", "*.job", "job.*.x", "**", null, 7])("%j is no topic", (topic) => {
  const { bus } = setup();
  expect(() => bus.subscribe(topic as string, () => undefined)).toThrow(
    expect.objectContaining({ code: "validation_error" }),
  );
});

test("what is no function is no handler", () => {
  expect(() => setup().bus.subscribe("a", "b" as never)).toThrow(expect.objectContaining({ code: "validation_error" }));
});

test("unsubscribed, a handler hears of nothing more, not even of what was waiting; others do", async () => {
  const { bus, deliver } = setup();
  const heard: string[] = [];
  const one = () => heard.push("one");
  const other = () => heard.push("other");
  bus.subscribe("a", one);
  bus.subscribe("a", one);
  bus.subscribe("a", other);
  bus.publish("a");
  bus.unsubscribe("a", one);
  bus.unsubscribe("b", other);
  bus.publish("a");
  await deliver();
  expect(heard).toEqual(["other", "other"]);
});

describe("a bad handler", () => {
  test.for<{ name: string; bad: () => unknown; said: RegExp[] }>([
    { name: "that throws", bad: () => thrown(new Error("oh")), said: [/^a handler of a threw at a: oh$/] },
    { name: "that throws what cannot be shown", bad: () => thrown(Object.create(null)), said: [/threw at a: $/] },
    { name: "that rejects", bad: async () => thrown(new Error("oh")), said: [/^a handler of a failed at a: oh$/] },
    { name: "whose promise never ends", bad: () => new Promise(() => undefined), said: [] },
    { name: "with an odd thenable", bad: oddThenable, said: [] },
    {
      name: "that changes what it got",
      bad: (event?: unknown) => {
        (event as { data: { x: number } }).data.x = 2;
      },
      said: [/threw at a: Cannot assign to read only property/],
    },
  ])("$name harms nobody, and is said", async ({ bad, said }) => {
    const { bus, deliver, warnings } = setup();
    const heard: unknown[] = [];
    bus.subscribe("a", bad);
    bus.subscribe("a", (event) => heard.push(event.data));
    bus.publish("a", { x: 1 });
    await deliver();
    expect(heard).toEqual([{ x: 1 }]);
    expect(warnings).toEqual(said.map((line) => expect.stringMatching(line)));
  });

  test("that blocks the process is said", async () => {
    const { bus, deliver, pass, warnings } = setup({ blockedMs: 50 });
    bus.subscribe("*", () => pass(51));
    bus.publish("a");
    await deliver();
    expect(warnings).toEqual(["a handler of * held the process up for 51 ms at a"]);
  });

  test("that is slow gets one event at a time, then the newest; what it missed is counted", async () => {
    const { bus, deliver, warnings } = setup({ capacity: 3 });
    const first = Promise.withResolvers<void>();
    const heard: unknown[] = [];
    bus.subscribe("a", async ({ data }) => {
      heard.push(data.n);
      if (data.n === 0) await first.promise;
    });
    bus.publish("a", { n: 0 });
    await deliver();
    for (let n = 1; n <= 10; n += 1) bus.publish("a", { n });
    await deliver();
    expect(heard).toEqual([0]);
    first.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    await deliver();
    expect(heard).toEqual([0, 8, 9, 10]);
    expect(warnings).toEqual(["a handler of a is too slow: it has missed 7 events so far, the oldest first"]);
  });

  test("that publishes what it hears leaves turns to the others", async () => {
    const { bus, deliver } = setup();
    let echoes = 0;
    let heard = 0;
    bus.subscribe("a", () => {
      echoes += 1;
      if (echoes < 5_000) bus.publish("a");
    });
    bus.subscribe("b", () => heard++);
    bus.publish("a");
    bus.publish("b");
    await deliver();
    expect([echoes, heard]).toEqual([5_000, 1]);
  });
});

function thrown(error: unknown): never {
  throw error;
}

function oddThenable(): object {
  return new Proxy({}, { has: () => thrown(new Error("x")) });
}
