import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

const DAY_MS = 24 * 3_600_000;
/** Where it is written down which folders are ours: a file each, as old as the last work in it. */
const LEDGER = ".jobs";

/** The folders that jobs leave in the work folder of a worker, and when they may go. */
export interface KeptFolders {
  /** Somebody is at work in the folder, named after the first of those that try the same job. @returns the work is over */
  begin(firstAttempt: string): () => void;
  /** Removes those in which nobody was at work for long. @returns how many went */
  sweep(): Promise<number>;
}

/**
 * Only what a worker has written down here is ever removed: whatever else lies in the folder is somebody else's. Workers may
 * share the folder: each notes again with every sweep what it is at work on, and so must sweep more often than it keeps.
 *
 * @param keepDays null: for ever
 * @param nowMs Unix milliseconds
 */
export function createKeptFolders(workDir: string, keepDays: number | null, nowMs: () => number): KeptFolders {
  const ledger = join(workDir, LEDGER);
  const atWork = new Map<string, number>();

  function note(name: string): void {
    try {
      mkdirSync(ledger, { recursive: true, mode: 0o700 });
      const entry = join(ledger, name);
      const at = new Date(nowMs());
      writeFileSync(entry, "");
      utimesSync(entry, at, at);
    } catch {
      // What is not written down is kept.
    }
  }

  return {
    begin(name) {
      note(name);
      atWork.set(name, (atWork.get(name) ?? 0) + 1);
      return () => {
        note(name);
        const left = (atWork.get(name) ?? 1) - 1;
        if (left > 0) atWork.set(name, left);
        else atWork.delete(name);
      };
    },
    async sweep() {
      for (const name of atWork.keys()) note(name);
      if (keepDays === null) return 0;
      let removed = 0;
      for (const name of namesIn(ledger)) {
        const entry = join(ledger, name);
        if (atWork.has(name) || nowMs() - changedMs(entry) <= keepDays * DAY_MS) continue;
        const isRemoved = await rm(join(workDir, name), { recursive: true, force: true }).then(
          () => true,
          () => false,
        );
        // What could not be removed is tried again with the next sweep.
        if (!isRemoved) continue;
        rmSync(entry, { force: true });
        removed += 1;
      }
      return removed;
    },
  };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function changedMs(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    // Another worker was quicker.
    return Number.POSITIVE_INFINITY;
  }
}
