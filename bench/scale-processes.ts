import { readdir, readFile } from "node:fs/promises";

/** Of Linux, on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor that a process and those that it has waited for have used. */
interface Usage {
  readonly parent: number;
  readonly cpuSeconds: number;
}

/** Reads what each process of this machine has used; what Linux alone tells. */
async function readUsage(): Promise<ReadonlyMap<number, Usage>> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
      if (text === null) return [];
      // The name before the last bracket may hold anything.
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      return [[pid, { parent: Number(fields[1]), cpuSeconds: ticks / TICKS_PER_SECOND }] as const];
    }),
  );
  return new Map(found.flat());
}

/**
 * Seconds of processor used so far by each of these processes, with those that they have started.
 *
 * @param roots process ids, by what they are called
 */
export async function cpuSecondsOf(roots: Readonly<Record<string, number>>): Promise<Readonly<Record<string, number>>> {
  const usage = await readUsage();
  const nameOf = new Map(Object.entries(roots).map(([name, pid]) => [pid, name]));
  const sums = Object.fromEntries(Object.keys(roots).map((name) => [name, 0]));
  for (const [pid, { cpuSeconds }] of usage) {
    let at: number | undefined = pid;
    while (at !== undefined && !nameOf.has(at)) at = usage.get(at)?.parent;
    const name = at === undefined ? undefined : nameOf.get(at);
    if (name !== undefined) sums[name] = (sums[name] ?? 0) + cpuSeconds;
  }
  return sums;
}

/** The processes that this one has started and that run. */
export async function childPids(): Promise<ReadonlySet<number>> {
  const usage = await readUsage();
  return new Set([...usage].filter(([, { parent }]) => parent === process.pid).map(([pid]) => pid));
}
