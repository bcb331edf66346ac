import { PlayheadError } from "@playhead/core";
import { expect, test, vi } from "vitest";
import { createGate } from "./gate.ts";

function setup() {
  const onPaused = vi.fn();
  const gate = createGate(onPaused);
  const root = gate.frames.open(null);
  const child = { stop: vi.fn(), resume: vi.fn() };
  return { gate, root, onPaused, child };
}

const canceled = new PlayheadError("canceled", "canceled: enough");

test("an open gate lets pass at once", () => {
  const { gate, root } = setup();
  expect(gate.pass(root, gate.signal)).toBeNull();
});

test("a pause waits for the work to reach the gate; a resume lets it go on", async () => {
  const { gate, root, onPaused } = setup();
  gate.pause();
  expect(gate.state()).toBe("pausing");
  const passing = gate.pass(root, gate.signal);
  expect(gate.state()).toBe("paused");
  expect(onPaused).toHaveBeenCalledOnce();
  gate.resume();
  expect(gate.state()).toBe("open");
  await passing;
});

test("a pause right after a resume finds the work busy, until it reaches the gate again", async () => {
  const { gate, root, onPaused } = setup();
  gate.pause();
  const passing = gate.pass(root, gate.signal);
  gate.resume();
  gate.pause();
  expect(gate.state()).toBe("pausing");
  await Promise.resolve();
  await Promise.resolve();
  expect(gate.state()).toBe("paused");
  expect(onPaused).toHaveBeenCalledTimes(2);
  gate.resume();
  await passing;
});

test("a held program is stopped and resumed; its frame counts as standing still", () => {
  const { gate, root, onPaused, child } = setup();
  const release = gate.hold(root, child);
  gate.pause();
  expect(child.stop).toHaveBeenCalledOnce();
  expect(onPaused).toHaveBeenCalledOnce();
  gate.resume();
  expect(child.resume).toHaveBeenCalledOnce();
  release();
  release();
  gate.pause();
  expect(child.stop).toHaveBeenCalledOnce();
  expect(gate.state()).toBe("pausing");
});

test("a program that is held while the job is paused is stopped at once", () => {
  const { gate, root, child, onPaused } = setup();
  gate.pause();
  gate.hold(root, child);
  expect(child.stop).toHaveBeenCalledOnce();
  expect(onPaused).toHaveBeenCalledOnce();
});

test("a resume while pausing lets what was stopped go on", () => {
  const { gate, root, child, onPaused } = setup();
  gate.frames.open(root);
  gate.hold(root, child);
  gate.pause();
  expect(gate.state()).toBe("pausing");
  gate.resume();
  expect(child.resume).toHaveBeenCalledOnce();
  expect(onPaused).not.toHaveBeenCalled();
});

test("cancel while paused: the program goes on first, so that it can hear, and whoever waits is told", async () => {
  const { gate, root, child } = setup();
  const order: string[] = [];
  child.resume.mockImplementation(() => order.push("resume"));
  gate.signal.addEventListener("abort", () => order.push("abort"));
  gate.hold(root, child);
  gate.pause();
  const passing = gate.pass(root, gate.signal);
  gate.cancel(canceled);
  gate.cancel(new PlayheadError("canceled", "again"));
  await expect(passing).rejects.toBe(canceled);
  expect(() => gate.pass(root, gate.signal)).toThrow(canceled);
  expect(order).toEqual(["resume", "abort"]);
  expect(gate.signal.reason).toBe(canceled);
  gate.pause();
  expect(gate.state()).toBe("canceled");
});

test("a program held after the cancel is left alone: its signal ends it", () => {
  const { gate, root, child } = setup();
  gate.cancel(canceled);
  gate.hold(root, child)();
  expect(child.stop).not.toHaveBeenCalled();
});

test("a program that cannot be stopped harms nobody", () => {
  const { gate, root, child, onPaused } = setup();
  child.stop.mockImplementation(() => {
    throw new Error("ESRCH");
  });
  gate.hold(root, child);
  gate.pause();
  expect(onPaused).toHaveBeenCalledOnce();
});
