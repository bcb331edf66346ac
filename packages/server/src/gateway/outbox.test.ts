import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createOutbox, type Outbox } from "./outbox.ts";
import { sharedFrame } from "./shared-frame.ts";

const KB = 1024;

/** A socket whose network takes bytes when the test says so. */
function setup({ joined = false } = {}) {
  let nowMs = 0;
  let buffered = 0;
  let dirty = 0;
  let tooSlow = 0;
  const sent: string[] = [];
  const box = createOutbox({
    socket: {
      get bufferedAmount() {
        return buffered;
      },
      send(frames) {
        for (const { text } of frames) {
          sent.push(text);
          buffered += text.length;
        }
      },
    },
    nowMs: () => nowMs,
    join: joined ? (frames) => sharedFrame(`[${frames.map(({ text }) => text).join(",")}]`) : null,
    onDirty: () => {
      dirty += 1;
    },
    onTooSlow: () => {
      tooSlow += 1;
    },
  });
  const outbox = {
    pushAlone: (text: string) => box.pushAlone(text),
    flush: () => box.flush(),
    hasRoom: () => box.hasRoom(),
    onRoom: (callback: () => void) => box.onRoom(callback),
    waitingBytes: () => box.waitingBytes(),
    end: () => box.end(),
    push: (text: string, slot: string | null) => box.push(sharedFrame(text), slot),
    pushLine: (text: string) => box.pushLine(sharedFrame(text)),
  };
  return {
    outbox,
    sent,
    dirty: () => dirty,
    tooSlow: () => tooSlow,
    drain: (bytes = Number.POSITIVE_INFINITY) => {
      buffered = Math.max(0, buffered - bytes);
    },
    /** As if frames of others had filled the buffer. */
    fill: (bytes: number) => {
      buffered += bytes;
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe("while the client reads", () => {
  test("frames are sent in the order in which they came", () => {
    const { outbox, sent, dirty } = setup();
    outbox.push("a", null);
    outbox.push("t1", "t");
    outbox.pushAlone("b");
    outbox.push("u1", "u");
    expect([dirty(), sent]).toEqual([1, []]);
    expect(outbox.flush()).toBe(false);
    expect(sent).toEqual(["a", "t1", "b", "u1"]);
    outbox.flush();
    expect(sent).toHaveLength(4);
  });

  test("of ticks of one slot only the latest is sent, in the place of the latest", () => {
    const { outbox, sent } = setup();
    outbox.push("t1", "t");
    outbox.push("a", null);
    outbox.push("u1", "u");
    outbox.push("t2", "t");
    outbox.flush();
    outbox.push("t3", "t");
    outbox.flush();
    expect(sent).toEqual(["a", "u1", "t2", "t3"]);
  });

  test("a burst is sent whole, however large: the client had no chance to read it", () => {
    const { outbox, sent, tooSlow } = setup();
    for (let at = 0; at < 5_000; at++) outbox.push("x".repeat(300), null);
    expect(outbox.flush()).toBe(true);
    expect([sent.length, tooSlow()]).toEqual([5_000, 0]);
  });
});

describe("joining", () => {
  test("puts events that are due together into one frame, and leaves one alone as it is", () => {
    const { outbox, sent } = setup({ joined: true });
    outbox.push("1", null);
    outbox.push("2", "t");
    outbox.flush();
    outbox.push("3", null);
    outbox.flush();
    expect(sent).toEqual(["[1,2]", "3"]);
  });

  test("never puts a frame that stands alone into another, and keeps the order around it", () => {
    const { outbox, sent } = setup({ joined: true });
    outbox.pushAlone("hello");
    outbox.push("1", null);
    outbox.push("2", null);
    outbox.pushAlone("live");
    outbox.push("3", null);
    outbox.flush();
    expect(sent).toEqual(["hello", "[1,2]", "live", "3"]);
  });

  test("keeps joined frames near 64 KB", () => {
    const { outbox, sent } = setup({ joined: true });
    for (let at = 0; at < 10; at++) outbox.push("x".repeat(30 * KB), null);
    outbox.flush();
    expect(sent).toHaveLength(5);
    for (const frame of sent) expect(frame.length).toBeLessThan(65 * KB);
  });
});

describe("while more than 64 KB are unread", () => {
  test("everything waits in order, and ticks replace one another", () => {
    const { outbox, sent, fill, drain } = setup();
    fill(64 * KB + 1);
    outbox.push("t1", "t");
    outbox.push("a", null);
    expect(outbox.flush()).toBe(true);
    outbox.push("t2", "t");
    outbox.push("b", null);
    expect(outbox.flush()).toBe(true);
    expect(sent).toEqual([]);
    drain(KB);
    expect(outbox.flush()).toBe(false);
    expect(sent).toEqual(["a", "t2", "b"]);
  });

  test("256 facts may wait, one more is too slow, and then nothing is kept or sent any more", () => {
    const { outbox, sent, fill, drain, tooSlow } = setup();
    fill(65 * KB);
    outbox.push("first", null);
    outbox.flush();
    for (let at = 1; at < 256; at++) outbox.push("x", null);
    expect(tooSlow()).toBe(0);
    outbox.push("x", null);
    expect(tooSlow()).toBe(1);
    outbox.push("x", null);
    drain();
    expect(outbox.flush()).toBe(false);
    expect([sent, tooSlow()]).toEqual([[], 1]);
  });

  test("256 KB of facts may wait, more is too slow", () => {
    const { outbox, fill, tooSlow } = setup();
    fill(65 * KB);
    outbox.flush();
    outbox.push("x".repeat(256 * KB), null);
    expect(tooSlow()).toBe(0);
    outbox.push("x", null);
    expect(tooSlow()).toBe(1);
  });

  test("any number of ticks of a few slots may come; ticks of ever more slots are too slow at 1 MB", () => {
    const { outbox, fill, tooSlow } = setup();
    fill(65 * KB);
    outbox.flush();
    for (let at = 0; at < 100_000; at++) outbox.push("x".repeat(100), `slot ${at % 10}`);
    expect(tooSlow()).toBe(0);
    for (let at = 0; at < 12; at++) outbox.push("x".repeat(100 * KB), `other ${at}`);
    expect(tooSlow()).toBe(1);
  });

  test("10 s without progress are too slow, also when nothing new comes; with a little progress they are not", () => {
    const { outbox, fill, drain, pass, tooSlow } = setup();
    fill(200 * KB);
    expect(outbox.flush()).toBe(true);
    for (let time = 0; time < 12; time++) {
      pass(9_000);
      drain(KB);
      expect(outbox.flush()).toBe(true);
    }
    pass(10_000);
    expect([outbox.flush(), tooSlow()]).toEqual([true, 0]);
    pass(1);
    expect([outbox.flush(), tooSlow()]).toEqual([false, 1]);
  });

  test("a large frame gets its time: only what comes behind it counts", () => {
    const { outbox, drain, pass, sent, tooSlow } = setup();
    outbox.pushAlone("x".repeat(900 * KB));
    expect(outbox.flush()).toBe(true);
    for (let time = 0; time < 80; time++) {
      outbox.push("y", null);
      pass(1_000);
      drain(10 * KB);
      outbox.flush();
    }
    expect(tooSlow()).toBe(0);
    drain();
    outbox.flush();
    expect(sent).toHaveLength(81);
  });
});

describe("room", () => {
  const isNow = (outbox: Pick<Outbox, "onRoom">) => {
    let called = false;
    outbox.onRoom(() => {
      called = true;
    });
    return () => called;
  };

  test("is there while little waits", () => {
    const { outbox } = setup();
    outbox.push("a", null);
    expect(isNow(outbox)()).toBe(true);
  });

  test("comes when what is large has been read", () => {
    const { outbox, drain } = setup();
    outbox.pushAlone("x".repeat(500 * KB));
    const called = isNow(outbox);
    outbox.flush();
    expect(called()).toBe(false);
    drain(440 * KB);
    outbox.flush();
    expect(called()).toBe(true);
  });

  test("is given to one after the other: each may fill it", () => {
    const { outbox, drain } = setup();
    const order: number[] = [];
    outbox.pushAlone("x".repeat(500 * KB));
    for (const turn of [1, 2, 3]) {
      outbox.onRoom(() => {
        order.push(turn);
        outbox.pushLine("x".repeat(65 * KB));
      });
    }
    for (const turns of [[], [1], [1], [1, 2], [1, 2], [1, 2, 3]]) {
      outbox.flush();
      expect(order).toEqual(turns);
      drain();
    }
  });

  test("never comes when the client is gone", () => {
    const { outbox, fill } = setup();
    fill(70 * KB);
    outbox.flush();
    const called = isNow(outbox);
    outbox.end();
    expect([called(), isNow(outbox)(), outbox.hasRoom()]).toEqual([false, false, false]);
  });
});

test("log lines make nobody too slow, keep their place among the facts, and are counted as what waits", () => {
  const { outbox, sent, fill, drain, tooSlow } = setup();
  outbox.push("a", null);
  outbox.pushLine("line");
  outbox.push("b", null);
  expect(outbox.flush()).toBe(false);
  expect(sent).toEqual(["a", "line", "b"]);
  fill(65 * KB);
  outbox.flush();
  for (let at = 0; at < 1_000; at++) outbox.pushLine("x".repeat(KB));
  expect([tooSlow(), outbox.hasRoom(), outbox.waitingBytes()]).toEqual([0, false, 1_000 * KB]);
  drain();
  outbox.flush();
  expect([sent.length, outbox.waitingBytes()]).toEqual([1_003, 0]);
});

test("a client that is gone gets nothing", () => {
  const { outbox, sent, dirty } = setup();
  outbox.push("a", null);
  outbox.end();
  outbox.push("b", null);
  expect([outbox.flush(), sent, dirty()]).toEqual([false, [], 1]);
});

test("whatever comes and however the network takes it: all facts in order, the last tick of each slot, none before an older fact", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant({ kind: "fact" as const }) },
    { weight: 5, arbitrary: fc.nat(3).map((slot) => ({ kind: "tick" as const, slot })) },
    { weight: 3, arbitrary: fc.constant({ kind: "flush" as const }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 90 * KB }).map((bytes) => ({ kind: "drain" as const, bytes })) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 70 * KB }).map((bytes) => ({ kind: "fill" as const, bytes })) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 250, size: "max" }), fc.boolean(), (steps, joined) => {
      const { outbox, sent, drain, fill, tooSlow } = setup({ joined });
      const facts: string[] = [];
      const lastTick = new Map<number, string>();
      let at = 0;
      for (const each of steps) {
        at += 1;
        if (each.kind === "fact") {
          const frame = `"f ${at}"`;
          facts.push(frame);
          outbox.push(frame, null);
        } else if (each.kind === "tick") {
          const frame = `"t${each.slot} ${at}"`;
          lastTick.set(each.slot, frame);
          outbox.push(frame, `slot ${each.slot}`);
        } else if (each.kind === "flush") outbox.flush();
        else if (each.kind === "drain") drain(each.bytes);
        else fill(each.bytes);
      }
      if (tooSlow() > 0) return;
      drain();
      outbox.flush();
      const got = sent.flatMap((frame) =>
        frame.startsWith("[") ? (JSON.parse(frame) as string[]) : [JSON.parse(frame) as string],
      );
      const numbers = got.map((frame) => Number(frame.split(" ")[1]));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(got.filter((frame) => frame.startsWith("f")).map((frame) => JSON.stringify(frame))).toEqual(facts);
      for (const frame of lastTick.values()) expect(got).toContain(JSON.parse(frame));
    }),
  );
});
