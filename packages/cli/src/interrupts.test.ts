import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { listenForInterrupts, untilAborted } from "./interrupts.ts";

function setup() {
  const source = new EventEmitter();
  let nowMs = 0;
  const impatience: NodeJS.Signals[] = [];
  const interrupts = listenForInterrupts({
    source,
    nowMs: () => nowMs,
    onImpatience: (signal) => impatience.push(signal),
  });
  const send = (signal: NodeJS.Signals, atMs: number) => {
    nowMs = atMs;
    source.emit(signal, signal);
  };
  return { source, interrupts, impatience, send };
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s asks once, and says which it was", (signal) => {
  const { interrupts, impatience, send } = setup();
  expect(interrupts.signal.aborted).toBe(false);
  send(signal, 10);
  expect(interrupts.signal).toMatchObject({ aborted: true, reason: { code: "canceled" } });
  expect(interrupts.received()).toBe(signal);
  expect(impatience).toEqual([]);
});

test("a second one is impatience; the echo that npm sends of the first is not", () => {
  const { impatience, send } = setup();
  send("SIGINT", 1_000);
  send("SIGINT", 1_003);
  send("SIGTERM", 1_499);
  expect(impatience).toEqual([]);
  send("SIGINT", 1_500);
  expect(impatience).toEqual(["SIGINT"]);
});

test("stop leaves no listener behind", () => {
  const { source, interrupts } = setup();
  interrupts.stop();
  expect(source.eventNames()).toEqual([]);
});

test("untilAborted also resolves for a signal that was aborted before", async () => {
  await untilAborted(AbortSignal.abort());
  const controller = new AbortController();
  const waiting = untilAborted(controller.signal);
  controller.abort();
  await waiting;
});
