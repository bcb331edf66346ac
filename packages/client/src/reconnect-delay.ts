/** No client comes back sooner after a loss. */
export const MIN_RECONNECT_DELAY_MS = 1_000;
/** No client stays away longer. */
export const MAX_RECONNECT_DELAY_MS = 30_000;

/** Doubling beyond this passes the longest delay anyway. */
const MAX_DOUBLINGS = 5;

export interface ReconnectDelayInput {
  /** Connections tried in a row without one that lasted; 0 after the first loss. */
  readonly attempt: number;
  /** In what window clients spread at the first attempt; the server names it (`hello.retry_window_ms`). */
  readonly windowMs: number;
  /** 0 ≤ random < 1. */
  readonly random: number;
}

/**
 * How long to wait before the next connection: at least a second and at most thirty, at a random moment of a window that
 * doubles with each attempt, so that clients that lost a server together do not come back together.
 */
export function reconnectDelayMs({ attempt, windowMs, random }: ReconnectDelayInput): number {
  const grownMs = Math.max(0, windowMs) * 2 ** Math.min(Math.max(0, attempt), MAX_DOUBLINGS);
  const spreadMs = Math.min(grownMs, MAX_RECONNECT_DELAY_MS - MIN_RECONNECT_DELAY_MS);
  return Math.round(MIN_RECONNECT_DELAY_MS + spreadMs * random);
}
