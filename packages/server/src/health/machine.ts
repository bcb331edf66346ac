import { cpus, totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** Each look wakes the server: five a second take half a thousandth of a processor, fifty would take half a percent. */
const LOOP_RESOLUTION_MS = 200;
/** Of fewer looks, 20 s' worth, a single long one would say it all, such as that of the start. */
const MIN_LOOKS = 100;
/** What a processor does for a moment says nothing. */
const MIN_CPU_MS = 30_000;

/** Reads the machine, or the container, that the server runs in; what is since an earlier reading. */
export function openMachine() {
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  let before = cpuTimes();
  let percent: number | null = null;

  return {
    /** How busy all cores were since some time ago, 0–100; null while that is too short to say. */
    cpuPercent(): number | null {
      const now = cpuTimes();
      const totalMs = now.totalMs - before.totalMs;
      // A counter that went back belongs to a core that went away.
      const isLost = totalMs < 0 || now.busyMs < before.busyMs;
      if (!isLost && totalMs < MIN_CPU_MS * now.cores) return percent;
      percent = isLost ? null : Math.min(100, ((now.busyMs - before.busyMs) / totalMs) * 100);
      before = now;
      return percent;
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
  const cores = cpus();
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cores) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    totalMs += all;
    busyMs += all - times.idle;
  }
  return { busyMs, totalMs, cores: cores.length };
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
