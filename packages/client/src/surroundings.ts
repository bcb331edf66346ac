/** Hints from the machine that the client runs on: they make it quicker, and it works without them. */
export interface Surroundings {
  /** @returns whether the machine says that it has no network. */
  isOffline(): boolean;
  /** Calls back on each hint, until the function it gives back is called. */
  watch(onHint: (hint: SurroundingsHint) => void): () => void;
}

/** `woken`: the page came to the front, or back from a sleep: look whether the connection still lives. */
export type SurroundingsHint = "network_lost" | "network_found" | "woken";

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** The hints of the browser that the client runs in; nothing where there is none, such as in Node. */
export function browserSurroundings(url: string): Surroundings {
  // A server on this very machine can be reached without any network.
  const needsNetwork = !LOOPBACK.test(new URL(url).hostname);
  const hasWindow = typeof window !== "undefined" && typeof document !== "undefined";
  return {
    isOffline: () => hasWindow && needsNetwork && navigator.onLine === false,
    watch(onHint) {
      if (!hasWindow) return () => {};
      const onShown = () => document.visibilityState === "visible" && onHint("woken");
      const listeners = [
        [window, "online", () => onHint("network_found")],
        [window, "offline", () => onHint(needsNetwork ? "network_lost" : "woken")],
        [window, "pageshow", onShown],
        [document, "visibilitychange", onShown],
      ] as const;
      for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
      return () => {
        for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
      };
    },
  };
}
