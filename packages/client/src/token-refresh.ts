import type { Clock } from "./clock.ts";

/** Whatever a server says about its end, a token is not renewed more often. */
const MIN_DELAY_MS = 10_000;
/** `setTimeout` can wait no longer. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export interface TokenRefreshDeps {
  readonly token: () => Promise<string>;
  readonly clock: Clock;
  /** Hands the new token to the server, on the connection that there is. */
  readonly send: (token: string) => void;
}

/** Renews the token of a connection that lasts, before it runs out. */
export interface TokenRefresh {
  /** The server said when the token ends, as ISO 8601; null for one that does not. */
  endsAt(expiresAt: string | null): void;
  /** The connection is gone. */
  stop(): void;
}

/**
 * Asks for a new token when 70 to 85 % of the time that is left has passed: with a margin for clocks that differ, and
 * spread, since a thousand pages that came back together would else ask together. A provider that fails leaves the
 * connection alone until the server closes it, and then it is asked again.
 */
export function createTokenRefresh({ token, clock, send }: TokenRefreshDeps): TokenRefresh {
  let cancel = () => {};

  async function renew(isWanted: () => boolean): Promise<void> {
    try {
      const fresh = await token();
      if (isWanted()) send(fresh);
    } catch {
      // The token that there is may do; when it does not, the server says so.
    }
  }

  return {
    endsAt(expiresAt) {
      cancel();
      if (expiresAt === null) return;
      let wanted = true;
      const delayMs = (Date.parse(expiresAt) - clock.nowMs()) * (0.7 + 0.15 * clock.random());
      const cancelTimer = clock.after(
        Math.min(Math.max(delayMs, MIN_DELAY_MS), MAX_DELAY_MS),
        () => void renew(() => wanted),
      );
      cancel = () => {
        wanted = false;
        cancelTimer();
      };
    },
    stop: () => cancel(),
  };
}
