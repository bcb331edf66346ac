import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { RUN_ID_VARIABLE } from "../system/child-environment.ts";

/** What `/proc` knows of a process; a process id alone may belong to another by now. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in clock ticks since the machine did; null where there is no `/proc`. */
  readonly startTicks: number | null;
}

/** Whether this machine has `/proc` (Linux). */
export const hasProc = process.platform === "linux";

/** The fields of `/proc/PID/stat` after the program's name, which may itself hold spaces and brackets. */
async function statFields(pid: number | "self"): Promise<readonly string[] | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

/** @returns start time in clock ticks; null when there is no such process. */
export async function startTicksOf(pid: number | "self"): Promise<number | null> {
  const fields = await statFields(pid);
  return fields === null ? null : Number(fields[19]);
}

/** Whether this very process still runs; a zombie does not. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  if (!hasProc) return canSignal(identity.pid);
  const fields = await statFields(identity.pid);
  return fields !== null && fields[0] !== "Z" && fields[0] !== "X" && Number(fields[19]) === identity.startTicks;
}

function canSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Names this boot of the machine: start times of another are not comparable. Empty where it has no name. */
export async function readBootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "latin1").catch(() => "")).trim();
}

/** All processes whose environment carries one of these run ids, by run id. One pass over `/proc`. */
export async function findRunProcesses(runIds: ReadonlySet<string>): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, number[]>();
  const entries = hasProc && runIds.size > 0 ? await readdir("/proc") : [];
  for (const entry of entries) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const runId = await runIdOf(pid);
    if (runId === null || !runIds.has(runId)) continue;
    const pids = found.get(runId);
    if (pids === undefined) found.set(runId, [pid]);
    else pids.push(pid);
  }
  return found;
}

/** @returns the run a process belongs to, by its environment; null for all others, and where we may not look. */
export async function runIdOf(pid: number): Promise<string | null> {
  try {
    const environ = await readFile(`/proc/${pid}/environ`, "latin1");
    const prefix = `${RUN_ID_VARIABLE}=`;
    const entry = environ.split("\0").find((variable) => variable.startsWith(prefix));
    return entry === undefined ? null : entry.slice(prefix.length);
  } catch {
    return null;
  }
}

/** CPU time that a process has used since it started, in clock ticks (usually 10 ms); null when unknown. */
export async function cpuTicksOf(pid: number): Promise<number | null> {
  const fields = await statFields(pid);
  return fields === null ? null : Number(fields[11]) + Number(fields[12]);
}

/** Bytes that a process has read and written, through any file; null when unknown. Costs some microseconds. */
export function movedBytes(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/io`, "latin1");
    const [, read] = /^rchar: (\d+)/m.exec(text) ?? [];
    const [, written] = /^wchar: (\d+)/m.exec(text) ?? [];
    return read === undefined || written === undefined ? null : Number(read) + Number(written);
  } catch {
    return null;
  }
}

/** How many processes the system has ended for want of memory since it started; null when unknown. */
export function memoryKillCount(): number | null {
  try {
    const [, count] = /^oom_kill (\d+)/m.exec(readFileSync("/proc/vmstat", "latin1")) ?? [];
    return count === undefined ? null : Number(count);
  } catch {
    return null;
  }
}
