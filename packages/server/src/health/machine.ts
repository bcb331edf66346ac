import { cpus, totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";

const LOOP_RESOLUTION_MS = 20;
/** Of fewer looks, 10 s' worth, a single long one would say it all, such as that of the start. */
const MIN_LOOKS = 500;

/** Reads the machine, or the container, that the server runs in; what is since a reading begins anew with each. */
export function openMachine() {
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  let before = cpuTimes();

  return {
    /** How busy all cores were since the reading before, 0–100; null when no time has passed. */
    cpuPercent(): number | null {
      const now = cpuTimes();
      const totalMs = now.totalMs - before.totalMs;
      const busyMs = now.busyMs - before.busyMs;
      before = now;
      return totalMs > 0 && busyMs >= 0 ? Math.min(100, (busyMs / totalMs) * 100) : null;
    },
    /** By which 99 of 100 looks at the event loop since the reading before were late at most; null of too few. */
    loopDelayMs(): number | null {
      if (loop.count < MIN_LOOKS) return null;
      const delayMs = loop.percentile(99) / 1e6 - LOOP_RESOLUTION_MS;
      loop.reset();
      return Math.max(0, delayMs);
    },
    memory: readMemory,
    close: () => void loop.disable(),
  };
}

function cpuTimes() {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    totalMs += all;
    busyMs += all - times.idle;
  }
  return { busyMs, totalMs };
}

/** Memory of the container, where one limits it. */
function readMemory() {
  const machineBytes = totalmem();
  const limitBytes = process.constrainedMemory();
  // Without a limit it is 0, or a number beyond any memory.
  const totalBytes = limitBytes > 0 && limitBytes < machineBytes ? limitBytes : machineBytes;
  const freeBytes = Math.min(totalBytes, process.availableMemory());
  return { usedPercent: (1 - freeBytes / totalBytes) * 100, freeBytes };
}
