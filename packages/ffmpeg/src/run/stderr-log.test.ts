import { expect, test } from "vitest";
import { createStderrLog } from "./stderr-log.ts";

test("keeps the first errors and the last lines, once each and in order", () => {
  const log = createStderrLog();
  log.push("[error] the cause\n");
  for (let i = 0; i < 10_000; i++) log.push(`[info] line ${i}\n`);
  log.push("[error] the end");
  log.end();
  const { lines, errorCount } = log.report();
  expect(lines[0]).toBe("[error] the cause");
  expect(lines[1]).toBe("[info] line 9941");
  expect(lines.at(-1)).toBe("[error] the end");
  expect(lines).toHaveLength(61);
  expect(errorCount).toBe(2);

  const short = createStderrLog();
  short.push("[error] a\n[info] b\n");
  expect(short.report().lines).toEqual(["[error] a", "[info] b"]);
});

test("lost frames are counted, and do not push the cause out", () => {
  const log = createStderrLog();
  for (let i = 0; i < 500; i++) log.push("[error] Error while decoding stream #0:0: Invalid data found\n");
  log.push("[error] No space left on device\n");
  for (let i = 0; i < 500; i++) log.push("[warning] file:/x: corrupt decoded frame in stream 0\n");
  const report = log.report();
  expect(report.lostFrameCount).toBe(1000);
  expect(report.lines).toContain("[error] No space left on device");
  expect(report).toMatchObject({ errorCount: 501, warningCount: 500 });
});

test("stays small whatever comes", () => {
  const log = createStderrLog();
  for (let i = 0; i < 100; i++) log.push("x".repeat(100_000));
  log.push("\n[error] after\n");
  const { lines } = log.report();
  expect(lines).toHaveLength(2);
  expect(lines[0]).toHaveLength(2_000);
  expect(lines[1]).toBe("[error] after");
});

test("reads what the work cost, and hears that the end has begun", () => {
  let finalizing = 0;
  const log = createStderrLog({ onFinalizing: () => (finalizing += 1) });
  log.push("[mp4 @ 0x1] [info] Starting second pass: moving the moov atom to the beginning of the file\n");
  log.push("[info] bench: utime=1.250s stime=0.250s rtime=2.000s\n[info] bench: maxrss=63900kB\n");
  expect(finalizing).toBe(1);
  expect(log.report()).toMatchObject({ cpuSec: 1.5, peakMemoryBytes: 63_900 * 1024 });
  log.push("[info] bench: maxrss=70000KiB\n");
  expect(log.report().peakMemoryBytes).toBe(70_000 * 1024);
});
