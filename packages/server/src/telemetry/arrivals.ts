/** Tells who follows the log that something has come. */
export function createArrivals() {
  const waiting = new Set<() => void>();
  let newest = 0;
  return {
    /** Entries up to this one are stored. */
    note(entryId: number): void {
      newest = Math.max(newest, entryId);
      for (const wake of waiting) wake();
    },
    /** The newest entry that was stored since the server began; 0 when there was none. */
    newestEntryId: (): number => newest,
    /** Resolves as soon as something comes, or after `waitMs`, or when `signal` aborts. */
    async next(waitMs: number, signal: AbortSignal | null): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = () => resolve();
      const timer = setTimeout(wake, waitMs);
      waiting.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
      try {
        if (signal?.aborted !== true) await promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(wake);
        signal?.removeEventListener("abort", wake);
      }
    },
    /** Whoever waits goes on: the server ends. */
    wakeAll(): void {
      for (const wake of waiting) wake();
    },
  };
}
