import { monitorEventLoopDelay } from "node:perf_hooks";
import type { ExecutionCost } from "@playhead/core";

/** What the process had used at one moment. */
export interface Reading {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  /** The worst delay of the event loop since the reading before. */
  readonly loopDelayMs: number;
}

/** What is read of the process, replaceable by tests. */
export interface Meters {
  cpuMs(): number;
  memoryBytes(): number;
  /** The worst since this was last asked. */
  takeLoopDelayMs(): number;
}

/** Readings of the process, taken when someone asks, but not more often than they are worth. */
export interface Readings {
  /** The newest; a new one when that is old. */
  at(nowMs: number): Reading;
}

/** Reading takes some 10 µs: at this rate, a thousandth of the time. Shorter calls have the same reading at both ends. */
const EVERY_MS = 10;
const NS_PER_MS = 1e6;

/** Whether there is no newer one yet: what {@link Readings.at} would say, without asking. */
export function isNewest(reading: Reading, nowMs: number): boolean {
  return nowMs - reading.atMs < EVERY_MS;
}

export function createReadings(meters: Meters = createMeters()): Readings {
  let last: Reading | null = null;
  return {
    at(nowMs) {
      if (last !== null && isNewest(last, nowMs)) return last;
      last = {
        atMs: nowMs,
        cpuMs: meters.cpuMs(),
        memoryBytes: meters.memoryBytes(),
        loopDelayMs: meters.takeLoopDelayMs(),
      };
      return last;
    },
  };
}

/**
 * Says what a call cost, between two readings: of the process, since nobody can say it of one call among others.
 * @param meanwhile the worst of the readings while it ran
 */
export function putCost(
  cost: Writable<ExecutionCost>,
  start: Reading,
  end: Reading,
  meanwhile: Readonly<Pick<Reading, "loopDelayMs"> & { peakBytes: number }> | null,
): void {
  // Of what is over before the next reading nothing is known but how things stood.
  if (start !== end) {
    cost.cpu_ms = end.cpuMs - start.cpuMs;
    cost.event_loop_delay_ms = Math.max(end.loopDelayMs, meanwhile?.loopDelayMs ?? 0);
  }
  cost.memory_start_bytes = start.memoryBytes;
  cost.memory_end_bytes = end.memoryBytes;
  cost.memory_peak_bytes = Math.max(start.memoryBytes, end.memoryBytes, meanwhile?.peakBytes ?? 0);
}

type Writable<Data> = { -readonly [Name in keyof Data]: Data[Name] };

/** The process itself. */
function createMeters(): Meters {
  let delays: ReturnType<typeof monitorEventLoopDelay> | null = null;
  return {
    cpuMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    },
    memoryBytes: () => process.memoryUsage.rss(),
    takeLoopDelayMs() {
      if (delays === null) {
        // At each turn of the loop: a timer that looks would wake a process that has nothing to do fifty times a second.
        delays = monitorEventLoopDelay({ samplePerIteration: true });
        delays.enable();
        return 0;
      }
      const worstMs = delays.max / NS_PER_MS;
      delays.reset();
      return worstMs;
    },
  };
}
