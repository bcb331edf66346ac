import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import type { SystemSample } from "@playhead/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { createManualClock } from "../testing/manual-clock.ts";
import { sizeOfEntries } from "./folder-size.ts";
import { createGauges } from "./gauges.ts";
import { busyPercent, type MachineReading, openMachine } from "./machine.ts";
import { startSampler } from "./sampler.ts";

const reading: MachineReading = {
  host: "h",
  cpu_percent: 12.5,
  memory_used_bytes: 1,
  memory_total_bytes: 2,
  process_memory_bytes: 1,
  event_loop_delay_ms: 0,
  disk_used_bytes: null,
  disk_total_bytes: null,
  temp_bytes: 0,
};

async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sampler-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe("the sampler", () => {
  test("takes a sample every 15 s with jobs and gauges, keeps nothing alive, and ends", async () => {
    const { setTimer, advance, timers } = createManualClock();
    const gauges = createGauges();
    const samples: SystemSample[] = [];
    let isClosed = false;
    const stop = startSampler({
      machine: { read: async () => reading, close: () => (isClosed = true) },
      gauges,
      activeJobs: () => 3,
      setTimer,
      onSample: (sample) => samples.push(sample),
    });
    await advance(14_999);
    expect(samples).toEqual([]);
    await advance(1);
    gauges.set("ffmpeg_speed_ratio", 1.5);
    await advance(30_000);
    expect(timers()).toEqual({ all: 1, alive: 0 });
    expect(samples).toEqual([
      { ...reading, active_jobs: 3 },
      { ...reading, active_jobs: 3, gauges: { ffmpeg_speed_ratio: 1.5 } },
      { ...reading, active_jobs: 3, gauges: { ffmpeg_speed_ratio: 1.5 } },
    ]);
    stop();
    await advance(60_000);
    expect([samples.length, timers().all, isClosed]).toEqual([3, 0, true]);
  });

  test("waits for a reading that hangs, and says nothing of one that comes after its end", async () => {
    const { setTimer, advance, settle, timers } = createManualClock();
    const slow = Promise.withResolvers<MachineReading>();
    let readings = 0;
    const read = () => {
      readings += 1;
      return slow.promise;
    };
    const samples: SystemSample[] = [];
    const onSample = (sample: SystemSample) => void samples.push(sample);
    const machine = { read, close: () => undefined };
    const stop = startSampler({ machine, gauges: createGauges(), activeJobs: () => 0, setTimer, onSample });
    await advance(100_000);
    expect([readings, timers().all]).toEqual([1, 0]);
    stop();
    slow.resolve(reading);
    await settle();
    expect([samples, timers().all]).toEqual([[], 0]);
  });
});

test("gauges: the latest counts, null takes it away, nonsense is passed over, and there are only so many", () => {
  const gauges = createGauges();
  expect(gauges.current()).toBeUndefined();
  gauges.set("a", 1);
  gauges.set("a", 2);
  gauges.set("b", 3);
  gauges.set("b", null);
  for (const nonsense of [Number.NaN, Number.POSITIVE_INFINITY, "x" as never]) gauges.set("c", nonsense);
  expect(gauges.current()).toEqual({ a: 2 });
  for (let n = 0; n < 200; n += 1) gauges.set(`g${n}`, n);
  gauges.set("a", 5);
  expect(Object.keys(gauges.current() ?? {})).toHaveLength(100);
  expect(gauges.current()).toMatchObject({ a: 5 });
});

test.for([
  { name: "half", before: [100, 1_000], now: [150, 1_100], expected: 50 },
  { name: "all", before: [0, 0], now: [100, 100], expected: 100 },
  { name: "no time has passed", before: [5, 10], now: [5, 10], expected: null },
  { name: "a core went away", before: [50, 100], now: [20, 60], expected: null },
])("busy: $name", ({ before: [b = 0, t = 0], now: [nb = 0, nt = 0], expected }) => {
  expect(busyPercent({ busyMs: b, totalMs: t }, { busyMs: nb, totalMs: nt })).toBe(expected);
});

test("this machine: every figure is there, and in its range", async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, "playhead-x"), "12345");
  const machine = openMachine({ folder, tempFolder: folder });
  onTestFinished(machine.close);
  const sample = await machine.read();
  expect(sample.host).not.toBe("");
  expect(sample.memory_total_bytes).toBeLessThanOrEqual(totalmem());
  expect(sample.memory_used_bytes).toBeGreaterThan(0);
  expect(sample.memory_used_bytes).toBeLessThanOrEqual(sample.memory_total_bytes);
  expect(sample.process_memory_bytes).toBeGreaterThan(1_000_000);
  expect(sample.disk_total_bytes).toBeGreaterThanOrEqual(sample.disk_used_bytes ?? Number.NaN);
  expect(sample.temp_bytes).toBe(5);
});

test("a disk that is not there, and a folder for temporary files that is not there, are null", async () => {
  const nowhere = join(await tempFolder(), "nowhere");
  const machine = openMachine({ folder: nowhere, tempFolder: nowhere });
  onTestFinished(machine.close);
  expect(await machine.read()).toMatchObject({ disk_used_bytes: null, disk_total_bytes: null, temp_bytes: null });
});

test("the size of what begins alike, with all that is below", async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, "playhead-a/deep"), { recursive: true });
  await writeFile(join(folder, "playhead-a/deep/x"), "123");
  await writeFile(join(folder, "playhead-b"), "12");
  await writeFile(join(folder, "other"), "1234567");
  expect(await sizeOfEntries(folder, "playhead-")).toBe(5);
});
