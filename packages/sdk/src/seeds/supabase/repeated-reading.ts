import type { WatchTimer } from "./supabase-like.ts";

/** After a reading that failed the next one waits so long, then twice as long each time. */
const FIRST_RETRY_MS = 1_000;
const MOST_RETRY_MS = 30_000;

/**
 * Runs a reading when it is asked for: never two at once, again when it was asked for meanwhile, and again later when it
 * failed.
 */
export function createRepeatedReading(
  read: () => Promise<void>,
  { setTimer, onError }: { readonly setTimer: WatchTimer; readonly onError: (error: unknown) => void },
) {
  let isReading = false;
  let isWanted = false;
  let isClosed = false;
  let failures = 0;
  let cancel: (() => void) | null = null;

  async function run(): Promise<void> {
    isReading = true;
    try {
      while (isWanted && !isClosed) {
        isWanted = false;
        await read();
        failures = 0;
      }
    } catch (error) {
      onError(error);
      failures += 1;
      cancel?.();
      cancel = setTimer(ask, Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)));
    } finally {
      isReading = false;
    }
  }

  function ask(): void {
    isWanted = true;
    if (!isReading && !isClosed) void run();
  }

  return {
    ask,
    isReading: () => isReading,
    isClosed: () => isClosed,
    close(): void {
      isClosed = true;
      cancel?.();
    },
  };
}
