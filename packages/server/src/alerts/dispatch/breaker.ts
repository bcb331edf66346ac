import type { AlertChannelInfo } from "@playhead/core";
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
} from "cockatiel";
import { ChannelRefusal } from "../channels/channel.ts";

/** So many sends in a row fail until a channel rests. */
const FAILURES = 5;
const FIRST_REST_MS = 30_000;
const MOST_REST_MS = 600_000;
/** The clock of the breaker and ours may differ by the time between two lines. */
const NOT_YET_MS = 1_000;

/**
 * Lets a channel that fails again and again rest: closed → (failures in a row) → open → (a rest, longer each time) →
 * half open: one send tries it → closed, or open again. What a receiver refuses for good speaks for the channel, not against it.
 */
export function createBreaker(nowMs: () => number) {
  let openUntilMs = 0;
  const policy = circuitBreaker(
    handleWhen((error) => !(error instanceof ChannelRefusal) || error.retryable),
    {
      breaker: new ConsecutiveBreaker(FAILURES),
      halfOpenAfter: new DelegateBackoff(({ attempt }) => {
        const restMs = Math.min(MOST_REST_MS, FIRST_REST_MS * 2 ** (attempt - 1));
        openUntilMs = nowMs() + restMs;
        return restMs;
      }),
    },
  );

  return {
    /** @returns null, without having run it, while it is open */
    async run<T>(send: () => Promise<T>): Promise<T | null> {
      try {
        return await policy.execute(send);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        openUntilMs = nowMs() + NOT_YET_MS;
        return null;
      }
    },
    state(): AlertChannelInfo["breaker"] {
      if (policy.state === CircuitState.Closed) return "closed";
      return policy.state === CircuitState.HalfOpen ? "half_open" : "open";
    },
    /** When the next send may be; only while it is open. */
    openUntilMs: () => openUntilMs,
  };
}
