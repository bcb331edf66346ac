import type { AlertChannelInfo } from "@playhead/core";
import type { Channel } from "../channels/channel.ts";
import { createBreaker } from "./breaker.ts";

/** A channel at work: what it can take now, and how it has fared. Another one when its settings change. */
export interface ChannelDesk {
  readonly channel: Channel;
  /** When it takes the next one: now, later, or (null) when one under way is done. */
  readyMs(): number | null;
  /** Sends through the breaker. @returns null when that is open and nothing was sent */
  send(send: () => Promise<{ readonly answer: string }>): Promise<{ readonly answer: string } | null>;
  /** The channel takes nothing for so long. */
  rest(delayMs: number): void;
  failed(reason: string): void;
  /** The receiver wants no more: all that waits is given up for this reason. */
  close(reason: string): void;
  closedReason(): string | null;
  info(): Pick<AlertChannelInfo, "type" | "target" | "breaker" | "last_sent_at" | "last_error">;
}

/** So that one slow receiver does not hold up the others. */
const AT_ONCE_PER_CHANNEL = 4;

export function createChannelDesk(channel: Channel, nowMs: () => number): ChannelDesk {
  const breaker = createBreaker(nowMs);
  let running = 0;
  let restUntilMs = 0;
  let lastSentMs: number | null = null;
  let lastError: string | null = null;
  let closedReason: string | null = null;

  const rest = (delayMs: number) => {
    restUntilMs = Math.max(restUntilMs, nowMs() + delayMs);
  };

  return {
    channel,
    readyMs() {
      if (closedReason !== null) return nowMs();
      const isTried = breaker.state() !== "closed";
      // A channel that may be well again is tried by one.
      if (running >= (isTried ? 1 : AT_ONCE_PER_CHANNEL)) return null;
      return Math.max(nowMs(), restUntilMs, breaker.state() === "open" ? breaker.openUntilMs() : 0);
    },
    async send(send) {
      running += 1;
      rest(channel.paceMs);
      try {
        const sent = await breaker.run(send);
        if (sent !== null) {
          lastSentMs = nowMs();
          lastError = null;
        }
        return sent;
      } finally {
        running -= 1;
      }
    },
    rest,
    failed(reason) {
      lastError = reason;
    },
    close(reason) {
      closedReason = reason;
    },
    closedReason: () => closedReason,
    info: () => ({
      type: channel.type,
      target: channel.target,
      breaker: closedReason === null ? breaker.state() : "open",
      last_sent_at: lastSentMs === null ? null : new Date(lastSentMs).toISOString(),
      last_error: lastError,
    }),
  };
}
