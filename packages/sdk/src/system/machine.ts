import { statfs } from "node:fs/promises";
import { cpus, hostname, tmpdir, totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { SystemSample } from "@playhead/core";
import { sizeOfEntries } from "./folder-size.ts";

/** What can be read of the machine and the process. */
export type MachineReading = Omit<SystemSample, "active_jobs" | "gauges">;

/** Reads the machine. What is since the reading before starts when it is made. */
export interface Machine {
  /** Never rejects: what cannot be read is null. */
  read(): Promise<MachineReading>;
  /** Ends what it measures with. */
  close(): void;
}

export interface MachineOptions {
  /** The disk of this folder is the one that is told. */
  readonly folder: string;
  /** @defaultValue the system's folder for temporary files */
  readonly tempFolder?: string;
  /** How many jobs are active. @defaultValue those that this Playhead runs */
  readonly activeJobs?: () => number;
}

/** Playhead's own things in the folder for temporary files begin so. */
const TEMP_PREFIX = "playhead-";

/** The machine that this process runs on; within a container that limits memory, the container. */
export function openMachine({ folder, tempFolder = tmpdir() }: MachineOptions): Machine {
  // At each turn of the loop: a timer that looks would wake a process that has nothing to do fifty times a second.
  const loop = monitorEventLoopDelay({ samplePerIteration: true });
  loop.enable();
  let before = cpuTimes();

  function cpuPercent(): number | null {
    const now = cpuTimes();
    const percent = busyPercent(before, now);
    before = now;
    return percent;
  }

  /** How long the longest turn of the loop took since it was last asked; null when there was none. */
  function loopDelayMs(): number | null {
    const worstMs = loop.count > 0 ? loop.max / 1e6 : null;
    loop.reset();
    return worstMs;
  }

  return {
    async read() {
      const now = {
        host: hostname(),
        cpu_percent: cpuPercent(),
        ...memory(),
        process_memory_bytes: process.memoryUsage.rss(),
        event_loop_delay_ms: loopDelayMs(),
      };
      const [disk, temp_bytes] = await Promise.all([diskOf(folder), sizeOfEntries(tempFolder, TEMP_PREFIX)]);
      return { ...now, ...disk, temp_bytes };
    },
    close: () => void loop.disable(),
  };
}

/** What all cores have done since the machine started. */
export interface CpuTimes {
  readonly busyMs: number;
  readonly totalMs: number;
}

function cpuTimes(): CpuTimes {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    totalMs += all;
    busyMs += all - times.idle;
  }
  return { busyMs, totalMs };
}

/** How busy all cores were between two readings, 0–100; null when no time has passed, or a counter went back. */
export function busyPercent(before: CpuTimes, now: CpuTimes): number | null {
  const totalMs = now.totalMs - before.totalMs;
  const busyMs = now.busyMs - before.busyMs;
  return totalMs > 0 && busyMs >= 0 ? Math.min(100, (busyMs / totalMs) * 100) : null;
}

function memory(): Pick<SystemSample, "memory_used_bytes" | "memory_total_bytes"> {
  const machineBytes = totalmem();
  const limitBytes = process.constrainedMemory();
  // Without a limit it is 0, or a number beyond any memory.
  const total = limitBytes > 0 && limitBytes < machineBytes ? limitBytes : machineBytes;
  return { memory_total_bytes: total, memory_used_bytes: Math.max(0, total - process.availableMemory()) };
}

async function diskOf(folder: string): Promise<Pick<SystemSample, "disk_used_bytes" | "disk_total_bytes">> {
  try {
    const { blocks, bfree, bsize } = await statfs(folder);
    return { disk_total_bytes: blocks * bsize, disk_used_bytes: (blocks - bfree) * bsize };
  } catch {
    return { disk_total_bytes: null, disk_used_bytes: null };
  }
}
