import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";

/** So many files and folders are looked at; what is beyond is not counted. */
const MAX_ENTRIES = 2_000;

/**
 * Bytes in the entries of a folder whose names begin alike, and in all that is below them. What goes away meanwhile, or
 * may not be read, counts nothing. Null when the folder itself cannot be read.
 */
export async function sizeOfEntries(folder: string, prefix: string): Promise<number | null> {
  const budget = { entries: MAX_ENTRIES };
  try {
    return await sumOf(folder, prefix, budget);
  } catch {
    return null;
  }
}

async function sumOf(folder: string, prefix: string, budget: { entries: number }): Promise<number> {
  let bytes = 0;
  for await (const entry of await opendir(folder)) {
    if (budget.entries <= 0) break;
    if (!entry.name.startsWith(prefix)) continue;
    budget.entries -= 1;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await sumOf(path, "", budget).catch(() => 0);
    else if (entry.isFile()) bytes += await lstat(path).then(({ size }) => size, () => 0); // biome-ignore format: short
  }
  return bytes;
}
