import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newFlushTurn } from "./flush-turn.ts";
import { createFlusher } from "./flusher.ts";
import type { Outbox } from "./outbox.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An outbox that notes when it was flushed, and waits on for so many times. */
function outbox(waits = 0) {
  const flushedAtMs: number[] = [];
  const startMs = Date.now();
  const box: Outbox = {
    turn: newFlushTurn(),
    push: () => undefined,
    pushAlone: () => undefined,
    flush() {
      flushedAtMs.push(Date.now() - startMs);
      return flushedAtMs.length <= waits;
    },
    pushRun: () => undefined,
    pushLine: () => undefined,
    hasRoom: () => true,
    onRoom: (callback) => callback(),
    waitingBytes: () => 0,
    end: () => undefined,
  };
  return { box, flushedAtMs };
}

const setup = () => createFlusher(() => Date.now());

test("what comes after a quiet time is flushed at once", () => {
  const flusher = setup();
  const { box, flushedAtMs } = outbox();
  flusher.add(box);
  flusher.add(box);
  vi.advanceTimersByTime(0);
  expect(flushedAtMs).toEqual([0]);
  vi.advanceTimersByTime(100);
  flusher.add(box);
  vi.advanceTimersByTime(0);
  expect(flushedAtMs).toEqual([0, 100]);
});

test("what comes for a client within 15 ms of its flush shares the next one; others are not held up", () => {
  const flusher = setup();
  const [a, b] = [outbox(), outbox()];
  flusher.add(a.box);
  vi.advanceTimersByTime(5);
  flusher.add(a.box);
  vi.advanceTimersByTime(5);
  flusher.add(b.box);
  vi.advanceTimersByTime(100);
  expect([a.flushedAtMs, b.flushedAtMs]).toEqual([[0, 15], [10]]);
});

test("who cannot be flushed yet is asked again, and then left alone", () => {
  const flusher = setup();
  const { box, flushedAtMs } = outbox(2);
  flusher.add(box);
  vi.advanceTimersByTime(1_000);
  expect(flushedAtMs).toEqual([0, 15, 30]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a clock that is set back holds nobody up", () => {
  const flusher = setup();
  const { box, flushedAtMs } = outbox();
  flusher.add(box);
  vi.advanceTimersByTime(0);
  vi.setSystemTime(Date.now() - 3_600_000);
  flusher.add(box);
  vi.advanceTimersByTime(15);
  expect(flushedAtMs).toHaveLength(2);
});

test("what is due is flushed sooner when its turn is known to be over, and only once", () => {
  const flusher = setup();
  const { box, flushedAtMs } = outbox();
  flusher.add(box);
  flusher.flushDue();
  expect(flushedAtMs).toEqual([0]);
  vi.advanceTimersByTime(100);
  expect(flushedAtMs).toEqual([0]);
});

test("who has left is not flushed", () => {
  const flusher = setup();
  const { box, flushedAtMs } = outbox(5);
  flusher.add(box);
  vi.advanceTimersByTime(0);
  flusher.remove(box);
  vi.advanceTimersByTime(100);
  expect(flushedAtMs).toEqual([0]);
});

test("at the end all are flushed once more, and no timer is left or started", () => {
  const flusher = setup();
  const { box, flushedAtMs } = outbox();
  flusher.add(box);
  vi.advanceTimersByTime(0);
  flusher.add(box);
  flusher.close();
  flusher.add(box);
  vi.advanceTimersByTime(100);
  expect([flushedAtMs.length, vi.getTimerCount()]).toEqual([2, 0]);
});
