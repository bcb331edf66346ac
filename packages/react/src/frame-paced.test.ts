import { beforeEach, expect, test, vi } from "vitest";
import { framePaced } from "./frame-paced.ts";

/** A page of which the test turns the frames. */
function setup(visibilityState: "visible" | "hidden" = "visible") {
  const frames = new Set<() => void>();
  vi.stubGlobal("document", { visibilityState });
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => {
    frames.add(callback);
    return callback;
  });
  vi.stubGlobal("cancelAnimationFrame", (callback: () => void) => frames.delete(callback));
  const listeners = new Set<() => void>();
  const subscribe = framePaced((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  });
  let told = 0;
  const stop = subscribe(() => told++);
  return {
    change() {
      for (const listener of listeners) listener();
    },
    turnFrame() {
      const due = [...frames];
      frames.clear();
      for (const callback of due) callback();
    },
    told: () => told,
    stop,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

test("many changes of one frame are told once", () => {
  const { change, turnFrame, told } = setup();
  change();
  change();
  expect(told()).toBe(0);
  turnFrame();
  expect(told()).toBe(1);
});

test("further ones are told together, and none is left out", () => {
  const { change, turnFrame, told } = setup();
  change();
  turnFrame();
  change();
  change();
  turnFrame();
  expect(told()).toBe(1);
  vi.advanceTimersByTime(100);
  expect(told()).toBe(2);
});

test("a page that nobody looks at goes by the clock", () => {
  const { change, told } = setup("hidden");
  change();
  vi.advanceTimersByTime(499);
  expect(told()).toBe(0);
  vi.advanceTimersByTime(1);
  expect(told()).toBe(1);
});

test("whoever has gone is told nothing more", () => {
  const { change, turnFrame, told, stop } = setup();
  change();
  stop();
  turnFrame();
  vi.advanceTimersByTime(1_000);
  expect(told()).toBe(0);
});
