import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errnoOf } from "../system/errno.ts";
import { findRunProcesses, hasProc, isRunning, readBootId, runIdOf } from "./proc.ts";
import { ENTRY_SUFFIX, type RegistryEntry, RUN_ID_PATTERN } from "./run-registry.ts";

export interface ReapOptions {
  /** How long to wait for killed processes to be gone. @defaultValue 10 000 */
  readonly timeoutMs?: number;
}

export interface ReapedRun {
  readonly runId: string;
  readonly killedPids: readonly number[];
  readonly removedFiles: readonly string[];
}

export interface ReapReport {
  /** Runs whose owner lives: left alone. */
  readonly aliveRunIds: readonly string[];
  readonly reaped: readonly ReapedRun[];
  /** What could not be cleaned up, and will be tried again at the next start. */
  readonly failed: readonly { readonly runId: string; readonly reason: string }[];
}

const POLL_MS = 20;

/** `RUN_ID.run.json`, and `….tmp` while it is written. */
const ENTRY_NAME = new RegExp(`^(.+?)${RegExp.escape(ENTRY_SUFFIX)}(\\.tmp)?$`);

/** A half-written entry this old has no writer any more. */
const ABANDONED_MS = 60_000;

/**
 * Ends what runs of dead processes left behind: their ffmpeg, their partial files, their entries. Runs whose owner
 * lives are never touched. A process is killed only when its environment carries the run's id, so never one that merely
 * got the same process id. To be called at start, with a folder that processes of this machine alone use.
 */
export async function reapOrphans(registryDir: string, options: ReapOptions = {}): Promise<ReapReport> {
  const { timeoutMs = 10_000 } = options;
  const bootId = await readBootId();
  const aliveRunIds: string[] = [];
  const orphans: RegistryEntry[] = [];
  for (const entry of await readEntries(registryDir, bootId)) {
    if (await hasLivingOwner(entry, bootId)) aliveRunIds.push(entry.runId);
    else orphans.push(entry);
  }
  const processes = await findRunProcesses(new Set(orphans.map((orphan) => orphan.runId)));
  const reaped: ReapedRun[] = [];
  const failed: { runId: string; reason: string }[] = [];
  const orEndAsFailed = async ({ runId }: RegistryEntry, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      failed.push({ runId, reason: error instanceof Error ? error.message : String(error) });
    }
  };
  // First all processes: one of them may write into what another run is to remove.
  const ended: RegistryEntry[] = [];
  for (const orphan of orphans) {
    await orEndAsFailed(orphan, async () => {
      await endProcesses(orphan, processes.get(orphan.runId) ?? [], timeoutMs);
      ended.push(orphan);
    });
  }
  for (const orphan of ended) {
    await orEndAsFailed(orphan, async () => {
      const { runId, files } = orphan;
      const removedFiles = await removeFiles(files);
      await rm(join(registryDir, `${runId}${ENTRY_SUFFIX}`), { force: true });
      reaped.push({ runId, killedPids: processes.get(runId) ?? [], removedFiles });
    });
  }
  return { aliveRunIds, reaped, failed };
}

async function hasLivingOwner(entry: RegistryEntry, bootId: string): Promise<boolean> {
  return entry.bootId === bootId && (await isRunning(entry.owner));
}

/** All entries; what dead owners had not even finished writing is removed: those runs stand beside it, or had not begun. */
async function readEntries(folder: string, bootId: string): Promise<readonly RegistryEntry[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  });
  const entries: RegistryEntry[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const [, runId, temporary] = ENTRY_NAME.exec(name) ?? [];
    if (runId === undefined) continue;
    const entry = parseEntry(await readFile(path, "utf8").catch(() => ""), runId);
    if (entry !== null && temporary === undefined) entries.push(entry);
    else if (entry === null ? await isAbandoned(path) : !(await hasLivingOwner(entry, bootId)))
      await rm(path, { force: true });
  }
  return entries;
}

async function isAbandoned(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > ABANDONED_MS;
}

/** @returns the entry, or null for what no run of ours has written. */
function parseEntry(text: string, runId: string): RegistryEntry | null {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof entry !== "object" || entry === null) return null;
  const { owner, child, files, bootId } = entry as Partial<RegistryEntry>;
  if (!RUN_ID_PATTERN.test(runId) || typeof owner?.pid !== "number" || typeof bootId !== "string") return null;
  if (!Array.isArray(files) || !files.every(isPartialFile)) return null;
  return { runId, bootId, owner, child: child ?? null, files };
}

/** The registry may only ever lead us to remove files that a run writes before its output has its name. */
function isPartialFile(path: unknown): boolean {
  return typeof path === "string" && path.startsWith("/") && /\.part(-0\.log(\.mbtree)?(\.temp)?)?$/.test(path);
}

async function endProcesses(orphan: RegistryEntry, pids: readonly number[], timeoutMs: number): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  for (const pid of pids) if ((await runIdOf(pid)) === orphan.runId) kill(pid);
  const isGone = async () => {
    if (!hasProc) return orphan.child === null || !(await isRunning(orphan.child));
    for (const pid of pids) if ((await runIdOf(pid)) === orphan.runId) return false;
    return true;
  };
  while (!(await isGone())) {
    if (Date.now() > deadlineMs) throw new Error(`its process did not end within ${timeoutMs / 1000} s`);
    await delay(POLL_MS);
  }
}

/** Every process of the run was found by its environment, so each is killed by itself: no group is guessed. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already, or not ours to end: the wait that follows tells.
  }
}

async function removeFiles(files: readonly string[]): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const file of files) {
    try {
      await stat(file);
    } catch {
      continue;
    }
    await rm(file, { force: true, recursive: true });
    removed.push(file);
  }
  return removed;
}
