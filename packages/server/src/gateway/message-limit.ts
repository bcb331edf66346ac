/** Far more than a client has to say, also when it comes back with all its subscriptions. */
const MAX_MESSAGES = 600;
const WINDOW_MS = 10_000;

/** @returns counts a message; false when there were too many of them within 10 s */
export function createMessageLimit(nowMs: () => number): () => boolean {
  let sinceMs = nowMs();
  let count = 0;
  return () => {
    const now = nowMs();
    if (Math.abs(now - sinceMs) >= WINDOW_MS) {
      sinceMs = now;
      count = 0;
    }
    count += 1;
    return count <= MAX_MESSAGES;
  };
}
