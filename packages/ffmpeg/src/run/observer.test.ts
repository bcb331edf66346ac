import { expect, test } from "vitest";
import type { LogLine } from "../diagnose/log-line.ts";
import { createObserver } from "./observer.ts";
import { createProgressTracker } from "./progress-tracker.ts";

const PROGRESS = createProgressTracker({
  expectedDurationSec: null,
  passes: [{ kind: "encode", weight: 1 }],
}).current();

test("a caller that throws is told once, and harms nothing", () => {
  const lines: LogLine[] = [];
  const observer = createObserver({
    onProgress: () => {
      throw new Error("their bug");
    },
    onLog: (line) => lines.push(line),
  });
  observer.onProgress(PROGRESS);
  observer.onProgress(PROGRESS);
  expect(lines.map((line) => line.text)).toEqual(["onProgress failed: Error: their bug"]);
  const worse = createObserver({
    onLog: () => {
      throw new Error("their bug");
    },
  });
  worse.onLog({ level: "error", component: null, text: "x" });
});

test("warnings and errors are handed on, so many and no more", () => {
  const lines: LogLine[] = [];
  const observer = createObserver({ onLog: (line) => lines.push(line) });
  observer.onLog({ level: "info", component: null, text: "chatter" });
  for (let i = 0; i < 1_000; i++) observer.onLog({ level: "warning", component: "h264", text: `w${i}` });
  expect(lines).toHaveLength(201);
  expect(lines[0]?.text).toBe("w0");
  expect(lines.at(-1)?.text).toBe("more than 200 lines: the others are left out");
});
