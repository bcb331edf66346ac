// One variant of bench/ingest.ts, once, in a process of its own: prints its metrics as JSON.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { openRaw } from "./ingest-raw.ts";
import type { Sink, SinkOptions } from "./ingest-sink.ts";
import { openIngest } from "./ingest-through-engine.ts";
import { openStore } from "./ingest-through-store.ts";
import { createWorkload } from "./ingest-workload.ts";
import type { Metrics } from "./report.ts";

/** What a round is asked to do. */
export interface RoundOptions {
  readonly variant: keyof typeof VARIANTS;
  readonly jobs: number;
  /** Facts to store before anything is timed, so that code is compiled and each job is known. */
  readonly warmup: number;
  /** Facts to store for each of the timed stretches. */
  readonly facts: number;
  /** Facts that the database holds when the second stretch begins; null for the first stretch only. */
  readonly aged: number | null;
}

const VARIANTS = {
  store: openStore,
  ingest: openIngest,
  raw: (options: SinkOptions) => openRaw(options, false),
  raw_indexed: (options: SinkOptions) => openRaw(options, true),
};

/** So much is made ready at a time while the database grows old. */
const AGING_STRETCH = 100_000;

const options: RoundOptions = JSON.parse(process.argv[2] ?? "{}");
const folder = mkdtempSync(path.join(os.tmpdir(), "playhead-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
console.log(JSON.stringify(await runRound(options)));

async function runRound({ variant, jobs, warmup, facts, aged }: RoundOptions): Promise<Metrics> {
  const sink = await VARIANTS[variant]({ folder, jobs, workload: createWorkload({ jobs, seed: 4711 }) });
  await sink.prepare(warmup)();
  const fresh = await timed(sink, facts);
  const metrics = { fresh_per_s: fresh.perSecond, fresh_cpu_us: fresh.cpuUs };
  if (aged === null) {
    await sink.close();
    return metrics;
  }
  for (let held = warmup + facts; held < aged; held += AGING_STRETCH) {
    await sink.grow(Math.min(AGING_STRETCH, aged - held));
  }
  await sink.prepare(warmup)();
  const old = await timed(sink, facts);
  await sink.close();
  return { ...metrics, aged_per_s: old.perSecond, aged_cpu_us: old.cpuUs };
}

async function timed(sink: Sink, count: number) {
  const store = sink.prepare(count);
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  await store();
  const tookMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (count / tookMs) * 1_000, cpuUs: (user + system) / count };
}
