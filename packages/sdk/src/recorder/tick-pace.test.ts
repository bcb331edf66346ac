import type { BatchAck, EventRecord } from "@playhead/core";
import { expect, test } from "vitest";
import { createManualClock } from "../testing/manual-clock.ts";
import { createRecorder, NO_CALLS } from "./recorder.ts";
import { createTickSlot } from "./tick-slots.ts";

/** A recorder of two tasks that both move every 200 ms; what it sends, and when, in milliseconds since the beginning. */
function setup(followed: () => BatchAck["followed"]) {
  const clock = createManualClock();
  const startedMs = clock.nowMs();
  const sent: [atMs: number, ...names: unknown[]][] = [];
  let isHeard = false;
  const recorder = createRecorder({
    transport: {
      async send({ records }) {
        sent.push([clock.nowMs() - startedMs, ...records.map((record) => (record as EventRecord).data.name)]);
        const says = followed();
        return { accepted: 0, refused: [], ...(says !== undefined && { followed: says }) };
      },
      onCommand: () => () => undefined,
      close: async () => undefined,
    },
    nowMs: clock.nowMs,
    setTimer: clock.setTimer,
    areTicksHeard: () => isHeard,
    ...{ source: "w", random: () => 1, flushMs: 20, capacity: 100, spool: null, calls: NO_CALLS },
    ...{ onAck: () => undefined, onKeyRefused: () => undefined, onRejected: () => undefined },
  });
  let moves = 0;
  const slots = ["a", "b"].map((task) =>
    createTickSlot(() =>
      recorder.stamp({ type: "progress.updated", job_id: "j", data: { name: `${task}${moves * 200}` } }),
    ),
  );
  return {
    recorder,
    sent,
    hear(heard: boolean): void {
      isHeard = heard;
    },
    async move(times: number): Promise<void> {
      for (let time = 0; time < times; time += 1) {
        moves += 1;
        await clock.advance(200);
        for (const slot of slots) recorder.tick(slot);
      }
    },
    times: () => sent.map(([atMs]) => atMs),
  };
}

test("where nobody follows, ticks leave at whole seconds, all in one batch, each as it is then", async () => {
  const { sent, move } = setup(() => false);
  await move(13);
  expect(sent).toEqual([
    [200, "a200", "b200"],
    [1_000, "a1000", "b1000"],
    [2_000, "a2000", "b2000"],
  ]);
});

test.each([
  ["the server says that somebody follows", true],
  ["it does not say", undefined],
])("where %s, a task's ticks leave four times a second", async (_name, answer) => {
  const { times, move } = setup(() => answer);
  await move(8);
  expect(times()).toEqual([200, 450, 700, 950, 1_200, 1_450]);
});

test("who begins to follow is noticed with the next answer; who went is taken to follow for five seconds", async () => {
  let followed = false;
  const { times, move } = setup(() => followed);
  await move(6);
  followed = true;
  await move(5);
  followed = false;
  const before = times().length;
  await move(40);
  expect(times().slice(0, before)).toEqual([200, 1_000, 2_000]);
  const later = times().slice(before);
  expect(later.filter((atMs) => atMs < 7_000).length).toBeGreaterThan(15);
  expect(later.filter((atMs) => atMs >= 7_500)).toEqual([8_000, 9_000, 10_000]);
});

test("facts leave after 20 ms as ever, and take no tick with them that is not due", async () => {
  const { recorder, sent, move } = setup(() => false);
  await move(2);
  recorder.record({ type: "task.started", job_id: "j", data: { name: "fact" } }, "task");
  await move(3);
  expect(sent).toEqual([
    [200, "a200", "b200"],
    [420, "fact"],
    [1_000, "a1000", "b1000"],
  ]);
});

test("who hears of progress in the same process is told four times a second", async () => {
  const { times, hear, move } = setup(() => false);
  hear(true);
  await move(5);
  expect(times()).toEqual([200, 450, 700, 950]);
});
