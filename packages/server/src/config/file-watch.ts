import { type FSWatcher, watch } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";

export interface FileWatchOptions {
  readonly path: string;
  /** What it held when it was read last; null when it was not there. */
  readonly text: string | null;
  /** Whether a text may be all of it. What may not is told only when it stays so: somebody may be writing. */
  readonly isWhole: (text: string | null) => boolean;
  /** Told of each other text that it comes to hold; null when it cannot be read any more. */
  readonly onText: (text: string | null) => void;
  /** @defaultValue 500 */
  readonly pollMs?: number;
  /** How long what may not be all of it has to stay. @defaultValue 300 */
  readonly settleMs?: number;
}

export interface FileWatch {
  /** What was written by ourselves is no news. */
  know(text: string | null): void;
  close(): void;
}

const POLL_MS = 500;
const SETTLE_MS = 300;
/** Several changes that come together are looked at once. */
const TOGETHER_MS = 20;
/** No configuration is larger; another file may be without end. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Follows what a file holds, however it is saved: in place, by renaming another one over it, or by exchanging the folder
 * that a link leads through, as Kubernetes does. A watch on the file itself would stay with the old one; so its folder is
 * watched, which is quick, and the file is looked at every now and then, which is sure. Only its content counts.
 */
export function watchFile(options: FileWatchOptions): FileWatch {
  const { path, isWhole, onText, pollMs = POLL_MS, settleMs = SETTLE_MS } = options;
  const [folder, name] = [dirname(path), basename(path)];
  let known = options.text;
  /** As the file system had the file when it was read last; null for none, undefined before the first look. */
  let seen: string | null | undefined;
  let doubted: { readonly text: string | null; readonly sinceMs: number } | null = null;
  let watcher: { readonly inner: FSWatcher; readonly inode: bigint } | null = null;
  let next: { readonly dueMs: number; readonly timer: NodeJS.Timeout } | null = null;
  let isLooking = false;
  let isNewMeanwhile = false;
  let writes = 0;
  let isClosed = false;

  /** Looks after so long, or sooner where that is due already. */
  function lookIn(ms: number): void {
    const dueMs = performance.now() + ms;
    if (isClosed || (next !== null && next.dueMs <= dueMs)) return;
    clearTimeout(next?.timer);
    const timer = setTimeout(() => void lookNow(), ms);
    timer.unref();
    next = { dueMs, timer };
  }

  async function lookNow(): Promise<void> {
    next = null;
    if (isLooking) {
      isNewMeanwhile = true;
      return;
    }
    isLooking = true;
    await look();
    isLooking = false;
    lookIn(isNewMeanwhile ? TOGETHER_MS : doubted === null ? pollMs : Math.min(pollMs, settleMs));
    isNewMeanwhile = false;
  }

  async function look(): Promise<void> {
    await keepWatching();
    const [state, lastWrite] = [await stateOf(path), writes];
    if (state === seen && doubted === null) return;
    const text = await textOf(path);
    // What was read may be older than what we have written meanwhile.
    if (isClosed || writes !== lastWrite) return;
    seen = state;
    take(text);
  }

  function take(text: string | null): void {
    if (text === known) {
      doubted = null;
      return;
    }
    if (!isWhole(text)) {
      if (doubted === null || doubted.text !== text) doubted = { text, sinceMs: performance.now() };
      if (performance.now() - doubted.sinceMs < settleMs) return;
    }
    [known, doubted] = [text, null];
    onText(text);
  }

  /** A folder that was exchanged for another one of its name is watched anew. */
  async function keepWatching(): Promise<void> {
    const inode = await stat(folder, { bigint: true }).then(
      ({ ino }) => ino,
      () => null,
    );
    if (isClosed || inode === (watcher?.inode ?? null)) return;
    watcher?.inner.close();
    watcher = null;
    if (inode === null) return;
    try {
      const inner = watch(folder, { persistent: false }, (_, changed) => {
        // Of Kubernetes' links, `..data` is the one that changes.
        if (changed === null || changed === name || changed.startsWith("..")) lookIn(TOGETHER_MS);
      });
      // The looks go on without it.
      inner.on("error", () => inner.close());
      watcher = { inner, inode };
    } catch {
      // As many are watched as the system allows.
    }
  }

  lookIn(0);
  return {
    know(text) {
      [known, doubted, writes] = [text, null, writes + 1];
    },
    close() {
      isClosed = true;
      clearTimeout(next?.timer);
      watcher?.inner.close();
    },
  };
}

/** What changes with every change of a file; null where there is none. */
async function stateOf(path: string): Promise<string | null> {
  try {
    const { dev, ino, size, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, ctimeNs].join();
  } catch {
    return null;
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size <= MAX_BYTES ? await readFile(path, "utf8") : null;
  } catch {
    return null;
  }
}
