import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProbedStorage } from "./checks/object-storage.ts";

/** A folder, where that is what results are put in. */
export function folderStorage(folder: string): ProbedStorage {
  return {
    write: (name, content, signal) => writeFile(join(folder, name), content, { signal, mode: 0o600 }),
    read: (name, signal) => readFile(join(folder, name), { signal }),
    remove: (name) => rm(join(folder, name)),
  };
}
