import { setTimeout as delay } from "node:timers/promises";
import { cpuTicksOf } from "../registry/proc.ts";

/** Long enough for a busy process to use a few clock ticks on a loaded machine. */
const SAMPLE_MS = 300;

/**
 * Tells a process that works without getting anywhere from one that waits.
 * @returns whether it uses CPU time; null when unknown
 */
export async function stallReport(pid: number): Promise<boolean | null> {
  const before = await cpuTicksOf(pid);
  await delay(SAMPLE_MS);
  const after = await cpuTicksOf(pid);
  return before === null || after === null ? null : after > before;
}
