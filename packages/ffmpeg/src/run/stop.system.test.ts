import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { PlayheadError } from "@playhead/core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createJobGate } from "../../fixtures/job-gate.ts";
import { clipArgs, createMediaFolder } from "../../fixtures/media-files.ts";
import { busyTask, pacedTask, stuckTask } from "../../fixtures/tasks.ts";
import { waitUntil } from "../../fixtures/wait-until.ts";
import { planTask } from "../plan/plan.ts";
import { cpuTicksOf, findRunProcesses } from "../registry/proc.ts";
import type { FfmpegProgress } from "./progress-tracker.ts";
import { run } from "./run.ts";
import type { RunOptions } from "./run-options.ts";

const media = createMediaFolder();
const clip = () => media.at("clip.mp4");
let runs = 0;

beforeAll(() => {
  media.make("clip.mp4", ...clipArgs(2));
});
afterEach(() => {
  expect(readdirSync(media.path).filter((name) => name.includes("part"))).toEqual([]);
});
afterAll(() => media.remove());

/** A run that is under way, and the means to look at it from outside. */
function start(task: Parameters<typeof planTask>[0], options: RunOptions = {}) {
  runs += 1;
  const runId = `stop-test-${process.pid}-${runs}`;
  const controller = new AbortController();
  const seen: FfmpegProgress[] = [];
  const finished = run(planTask(task), {
    ...{ runId, signal: controller.signal, onProgress: (progress) => seen.push(progress) },
    ...options,
  });
  finished.catch(() => undefined);
  const pids = async () => (await findRunProcesses(new Set([runId]))).get(runId) ?? [];
  const isEncoding = () => seen.at(-1)?.phase === "encoding";
  return { finished, controller, seen, pids, isEncoding };
}

test("a cancel leaves no process and no file", async () => {
  const { finished, controller, pids, isEncoding } = start(busyTask(media.at("canceled.mp4")));
  await waitUntil("it encodes", isEncoding);
  expect(await pids()).toHaveLength(1);
  controller.abort();
  await expect(finished).rejects.toMatchObject({ code: "canceled", retryable: false });
  expect(await pids()).toEqual([]);
  expect(readdirSync(media.path)).not.toContain("canceled.mp4");
});

test("a cancel before the start starts nothing", async () => {
  const { finished, seen } = start(busyTask(media.at("never.mp4")), { signal: AbortSignal.abort() });
  await expect(finished).rejects.toMatchObject({ code: "canceled" });
  expect(seen).toEqual([]);
});

test("a cancel right after the start is not missed", async () => {
  const { finished, controller, pids } = start(busyTask(media.at("early.mp4")));
  controller.abort(new PlayheadError("deadline_exceeded", "the job took too long"));
  await expect(finished).rejects.toMatchObject({ code: "deadline_exceeded" });
  expect(await pids()).toEqual([]);
});

test("a program that does not quit is killed, with all it started", async () => {
  const stubborn = media.at("stubborn");
  writeFileSync(stubborn, "#!/bin/sh\ntrap '' TERM\nsleep 300 &\nwhile :; do sleep 0.05; done\n");
  chmodSync(stubborn, 0o755);
  const { finished, controller, pids } = start(busyTask(media.at("stubborn.mp4")), {
    ffmpegPath: stubborn,
    graceMs: 150,
  });
  await waitUntil("it has started its own", async () => (await pids()).length >= 2);
  controller.abort();
  await expect(finished).rejects.toMatchObject({ code: "canceled" });
  await waitUntil("all are gone", async () => (await pids()).length === 0);
});

test("paused, it uses no time at all; resumed, it finishes right", async () => {
  const gate = createJobGate();
  const { finished, pids, isEncoding, seen } = start(busyTask(media.at("paused.mp4"), 12), {
    pause: gate,
    stallTimeoutMs: 5_000,
  });
  await waitUntil("it encodes", isEncoding);
  const [pid = 0] = await pids();
  gate.pause();
  await waitUntil("it is stopped", () => stateOf(pid) === "T");
  const [ticks, count, pausedAtMs] = [await cpuTicksOf(pid), seen.length, performance.now()];
  await waitUntil("half a second has passed", () => performance.now() - pausedAtMs >= 500);
  expect(await cpuTicksOf(pid)).toBe(ticks);
  expect(seen.length - count).toBeLessThanOrEqual(1);
  gate.resume();
  const result = await finished;
  expect(result.info?.durationSec).toBeCloseTo(12, 1);
  expect(result.frames).toBe(300);
  expect(result.elapsedMs - result.activeMs).toBeGreaterThan(450);
  expect(gate.heldCount()).toBe(0);
});

test("paused before it starts, it waits; canceled while paused, it goes", async () => {
  const gate = createJobGate();
  gate.pause();
  const { finished, controller, pids, seen } = start(pacedTask(clip(), media.at("waiting.mp4")), { pause: gate });
  await waitUntil("it is stopped", async () => (await pids()).some((pid) => stateOf(pid) === "T"));
  expect(seen.map((progress) => progress.phase)).toEqual(["starting"]);
  controller.abort();
  await expect(finished).rejects.toMatchObject({ code: "canceled" });
  expect(await pids()).toEqual([]);
  expect(gate.heldCount()).toBe(0);
});

test("a pause does not count as a stall", async () => {
  const gate = createJobGate();
  const { finished, isEncoding } = start(pacedTask(clip(), media.at("patient.mp4")), {
    pause: gate,
    stallTimeoutMs: 3_000,
  });
  await waitUntil("it encodes", isEncoding);
  gate.pause();
  const pausedAtMs = performance.now();
  await waitUntil("longer than the limit", () => performance.now() - pausedAtMs >= 3_300);
  gate.resume();
  expect((await finished).info?.durationSec).toBeCloseTo(2, 0);
});

test("what gets no further is ended, and it is told whether it worked or waited", async () => {
  const { finished, pids } = start(stuckTask(clip(), media.at("stuck.mp4")), { stallTimeoutMs: 1_500, graceMs: 500 });
  await expect(finished).rejects.toMatchObject({
    code: "ffmpeg_stalled",
    message: expect.stringMatching(/^ffmpeg got no further for \d s and was ended; it was waiting, not working$/),
    retryable: true,
    detail: { was_busy: false },
  });
  expect(await pids()).toEqual([]);
});

test("what never says a word is ended as well", async () => {
  const silent = media.at("silent");
  writeFileSync(silent, "#!/bin/sh\nwhile :; do :; done\n");
  chmodSync(silent, 0o755);
  const { finished } = start(busyTask(media.at("silent.mp4")), { ffmpegPath: silent, stallTimeoutMs: 400 });
  await expect(finished).rejects.toMatchObject({ code: "ffmpeg_stalled", detail: { was_busy: true } });
});

test("what takes too long is ended", async () => {
  const { finished } = start(busyTask(media.at("long.mp4")), { timeoutMs: 600 });
  await expect(finished).rejects.toMatchObject({
    code: "ffmpeg_timeout",
    message: "ffmpeg was not done within 0.6 s and was ended",
    retryable: true,
  });
});

test("a kill from outside is told from ours", async () => {
  const { finished, pids, isEncoding } = start(busyTask(media.at("killed.mp4")));
  await waitUntil("it encodes", isEncoding);
  const [pid = 0] = await pids();
  process.kill(pid, "SIGKILL");
  await expect(finished).rejects.toMatchObject({
    code: "ffmpeg_killed",
    retryable: true,
    detail: { signal: "SIGKILL" },
  });
});

test("a polite end from outside is no success, though ffmpeg finishes its file", async () => {
  const { finished, pids, isEncoding } = start(busyTask(media.at("ended.mp4")));
  await waitUntil("it encodes", isEncoding);
  const [pid = 0] = await pids();
  process.kill(pid, "SIGTERM");
  await expect(finished).rejects.toMatchObject({ code: "ffmpeg_killed", detail: { exit_code: 255 } });
});

/** `T`: stopped. */
function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return "";
  }
}
