import { type ComponentType, lazy } from "react";

/** What fetching code depends on. */
export interface CodeSource {
  /** Whether the server answers. */
  isServerThere(): Promise<boolean>;
  /** Loads the page anew. @returns false where that was done a moment ago, and was of no use */
  reload(): boolean;
  /** Waits before it is asked for again. */
  wait(): Promise<void>;
}

const AGAIN_MS = 2_000;
const RELOADED_AT = "playhead.reloaded-at";
const RELOAD_EVERY_MS = 60_000;

const source: CodeSource = {
  isServerThere: () =>
    fetch("/", { cache: "no-store" }).then(
      ({ ok }) => ok,
      () => false,
    ),
  reload() {
    const lastMs = Number(sessionStorage.getItem(RELOADED_AT));
    if (Date.now() - lastMs < RELOAD_EVERY_MS) return false;
    sessionStorage.setItem(RELOADED_AT, String(Date.now()));
    location.reload();
    return true;
  },
  wait: () => new Promise((resolve) => setTimeout(resolve, AGAIN_MS)),
};

/**
 * A component whose code is fetched when it is first shown. While it cannot be had, what stands in its place stays: were it
 * to fail, it would take the whole page along.
 */
export function lazily<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => ({ default: await fetchCode(load, source) }));
}

/**
 * Fetches code: again and again while the server is away. A server that is there and does not have it has the code of
 * another version, or the browser remembers that it could not be had: then the page is loaded anew.
 *
 * @throws what the code throws, when a new page was of no use
 */
export async function fetchCode<Code>(load: () => Promise<Code>, from: CodeSource): Promise<Code> {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      if ((await from.isServerThere()) && !from.reload()) throw error;
      await from.wait();
    }
  }
}
