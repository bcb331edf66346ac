import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { createFrames, type Frame } from "./frames.ts";

test("a frame is quiet while its child runs, and busy again when the child has ended", () => {
  const frames = createFrames(() => undefined);
  expect(frames.areQuiet()).toBe(false);
  const root = frames.open(null);
  const child = frames.open(root);
  expect(frames.areQuiet()).toBe(false);
  frames.addQuietReason(child);
  expect(frames.areQuiet()).toBe(true);
  frames.removeQuietReason(child);
  frames.close(child);
  expect(frames.areQuiet()).toBe(false);
  frames.addQuietReason(root);
  expect(frames.areQuiet()).toBe(true);
});

test("the end of a child is no moment of quiet: its parent goes on", () => {
  const onQuiet = vi.fn();
  const frames = createFrames(onQuiet);
  const child = frames.open(frames.open(null));
  frames.close(child);
  frames.close(child);
  expect(onQuiet).not.toHaveBeenCalled();
});

test("the end of the last busy frame beside a quiet one is", () => {
  const onQuiet = vi.fn();
  const frames = createFrames(onQuiet);
  const root = frames.open(null);
  const [first, second] = [frames.open(root), frames.open(root)];
  frames.addQuietReason(first);
  expect(onQuiet).not.toHaveBeenCalled();
  frames.close(second);
  expect(onQuiet).toHaveBeenCalledOnce();
});

test("when nothing runs any more there is nothing to be quiet", () => {
  const onQuiet = vi.fn();
  const frames = createFrames(onQuiet);
  const root = frames.open(null);
  frames.close(root);
  frames.addQuietReason(root);
  expect(frames.areQuiet()).toBe(false);
  expect(onQuiet).not.toHaveBeenCalled();
});

test("property: the count agrees with a look at each frame", () => {
  const act = fc.tuple(fc.constantFrom("open", "close", "add", "remove"), fc.nat());
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const frames = createFrames(() => undefined);
      const all: Frame[] = [frames.open(null)];
      const reasons = new Map<Frame, number>();
      for (const [what, seed] of acts) {
        const frame = all[seed % all.length] as Frame;
        const own = reasons.get(frame) ?? 0;
        if (what === "open") all.push(frames.open(frame));
        if (what === "close") frames.close(frame);
        if (what === "add") {
          frames.addQuietReason(frame);
          reasons.set(frame, own + 1);
        }
        if (what === "remove" && own > 0) {
          frames.removeQuietReason(frame);
          reasons.set(frame, own - 1);
        }
        const open = all.filter(({ isOpen }) => isOpen);
        const isBusy = (each: Frame) => (reasons.get(each) ?? 0) === 0 && !open.some(({ parent }) => parent === each);
        expect(frames.areQuiet()).toBe(open.length > 0 && !open.some(isBusy));
      }
    }),
  );
});
