import type { ControlCommand } from "@playhead/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createWorkers } from "./workers.ts";

const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setup() {
  const expected: string[] = [];
  const back: Record<string, ControlCommand[]> = {};
  const workers = createWorkers({
    nowMs: () => Date.now(),
    lostAfterMs: () => MINUTE_MS,
    commandsOnReturn: (source) => back[source] ?? [],
    onExpected: (source) => expected.push(source),
  });
  const ids = (source: string) => workers.waiting(source).map(({ command_id }) => command_id);
  return { workers, ids, back, expected };
}

const command = (id: string): ControlCommand => ({ command_id: id, job_id: "j", verb: "pause", reason: null });
const never = () => new AbortController().signal;

describe("a worker that asks", () => {
  test("gets a command again until it confirms it", () => {
    const { workers, ids } = setup();
    workers.send("w", command("1"));
    workers.send("w", command("2"));
    expect([ids("w"), ids("w")]).toEqual([
      ["1", "2"],
      ["1", "2"],
    ]);
    expect(workers.confirm("w", "1")).toBe(true);
    expect([ids("w"), workers.confirm("w", "1")]).toEqual([["2"], false]);
  });

  test("may confirm without saying who it is", () => {
    const { workers, ids } = setup();
    workers.send("v", command("1"));
    workers.send("w", command("2"));
    expect(workers.confirm(null, "2")).toBe(true);
    expect([ids("v"), ids("w")]).toEqual([["1"], []]);
    expect(workers.confirm("v", "2")).toBe(false);
  });

  test("is answered at once when a command waits, or as soon as one comes", async () => {
    const { workers, ids } = setup();
    workers.send("w", command("1"));
    await workers.wait("w", 25_000, never());
    workers.confirm("w", "1");
    const waited = workers.wait("w", 25_000, never());
    workers.send("w", command("2"));
    await waited;
    expect([ids("w"), vi.getTimerCount()]).toEqual([["2"], 0]);
  });

  test("is answered after its time when none comes, and when it has gone", async () => {
    const { workers } = setup();
    const gone = new AbortController();
    const all = Promise.all([workers.wait("w", 5_000, never()), workers.wait("v", 25_000, gone.signal)]);
    gone.abort();
    await vi.advanceTimersByTimeAsync(5_000);
    await all;
    expect(vi.getTimerCount()).toBe(0);
  });

  test("may ask twice at a time: both are answered", async () => {
    const { workers } = setup();
    const both = Promise.all([workers.wait("w", 25_000, never()), workers.wait("w", 25_000, never())]);
    workers.send("w", command("1"));
    await both;
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is answered when the server ends, and never waits after that", async () => {
    const { workers } = setup();
    const waited = workers.wait("w", 25_000, never());
    workers.close();
    await waited;
    await workers.wait("w", 25_000, never());
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a worker in this process", () => {
  test("hears each command once, also those from before it listened", () => {
    const { workers, ids } = setup();
    const heard: string[] = [];
    workers.send("w", command("1"));
    const end = workers.listen("w", ({ command_id }) => heard.push(command_id));
    workers.send("w", command("2"));
    end();
    workers.send("w", command("3"));
    expect([heard, ids("w")]).toEqual([["1", "2"], ["3"]]);
  });

  test("is there as long as it listens, and lost as soon as it ends", async () => {
    const { workers } = setup();
    const end = workers.listen("w", () => undefined);
    await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
    expect([workers.isLost("w"), workers.silentMs("w")]).toEqual([false, 0]);
    end();
    expect([workers.isLost("w"), workers.silentMs("w")]).toEqual([true, Number.POSITIVE_INFINITY]);
    workers.listen("w", () => undefined);
    expect(workers.isLost("w")).toBe(false);
  });
});

describe("who is lost", () => {
  test("is who was not heard of for a minute, and does not wait for commands", async () => {
    const { workers } = setup();
    workers.seen("w");
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect(workers.isLost("w")).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(workers.isLost("w")).toBe(true);
    void workers.wait("w", 25_000, never());
    expect(workers.isLost("w")).toBe(false);
  });

  test("is nobody right after a start: who was heard of by the process before may come back", async () => {
    const { workers } = setup();
    workers.remember("w");
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect([workers.isLost("w"), workers.isLost("other"), workers.silentMs("w")]).toEqual([false, false, MINUTE_MS]);
    await vi.advanceTimersByTimeAsync(1);
    expect([workers.isLost("w"), workers.isLost("other")]).toEqual([true, true]);
  });
});

describe("the silence of a worker", () => {
  test("means something once it has asked for commands or beaten, which is told once", async () => {
    const { workers, expected } = setup();
    workers.seen("curl");
    workers.beat("w");
    void workers.wait("v", 10, never());
    workers.beat("w");
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect(["curl", "nobody", "w", "v"].map(workers.silentMs)).toEqual([null, null, MINUTE_MS, MINUTE_MS - 10]);
    expect(expected).toEqual(["w", "v"]);
  });
});

describe("a worker that comes back to another process of the server", () => {
  test("is told once how its jobs are wanted, beside what waits for it", async () => {
    const { workers, ids, back } = setup();
    back.w = [
      { command_id: "a", job_id: "j", verb: "pause", reason: null },
      { command_id: "b", job_id: "k", verb: "cancel", reason: null },
    ];
    workers.send("w", command("1"));
    await workers.wait("w", 25_000, never());
    // The pause of j waits already.
    expect(ids("w")).toEqual(["1", "b"]);
    for (const id of ids("w")) workers.confirm("w", id);
    workers.seen("w");
    expect(ids("w")).toEqual([]);
  });
});

describe("memory", () => {
  test("of workers that fell silent is given back, though they never said goodbye", async () => {
    const { workers } = setup();
    for (let round = 0; round < 5; round++) {
      for (let at = 0; at < 1_000; at++) workers.seen(`w${round}-${at}`);
      await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
    }
    workers.seen("last");
    expect(workers.size()).toBeLessThan(2_100);
  });

  test("of a silent worker's commands is kept for an hour, since it may come back", async () => {
    const { workers, ids } = setup();
    workers.send("w", command("1"));
    const crowd = (name: string) => {
      for (let at = 0; at < 3_000; at++) workers.seen(`${name}${at}`);
    };
    await vi.advanceTimersByTimeAsync(59 * MINUTE_MS);
    crowd("a");
    expect(ids("w")).toEqual(["1"]);
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
    crowd("b");
    expect(ids("w")).toEqual([]);
  });

  test("holds at most 1,000 commands for one worker, the newest", () => {
    const { workers, ids } = setup();
    for (let at = 0; at < 1_200; at++) workers.send("w", command(`${at}`));
    expect([ids("w").length, ids("w")[0], ids("w").at(-1)]).toEqual([1_000, "200", "1199"]);
  });
});
