import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
} from "cockatiel";
import { isRefusedData } from "./writer.ts";

/** So many tries in a row fail until it rests. */
const FAILURES = 3;
const FIRST_REST_MS = 1_000;
const MOST_REST_MS = 30_000;

/** Whether writes go through (`closed`), rest (`open`), or one of them tries whether they may go on (`half_open`). */
export type CircuitPhase = "closed" | "open" | "half_open";

/**
 * Keeps a project that is away from being asked all the time: it rests for a second, then twice as long each time, up to
 * half a minute, and a random part less, so that many servers do not come back at once. What refuses data is not away.
 *
 * @param random 0..1
 */
export function createCircuit({ nowMs, random }: { readonly nowMs: () => number; readonly random: () => number }) {
  let restUntilMs = 0;
  const policy = circuitBreaker(
    handleWhen((error) => !isRefusedData(error)),
    {
      breaker: new ConsecutiveBreaker(FAILURES),
      halfOpenAfter: new DelegateBackoff(({ attempt }) => {
        const restMs = Math.min(MOST_REST_MS, FIRST_REST_MS * 2 ** (attempt - 1)) * (1 - random() / 2);
        restUntilMs = nowMs() + restMs;
        return restMs;
      }),
    },
  );
  return {
    /** @returns whether it was run; it throws what the work throws */
    async run(work: () => Promise<void>): Promise<boolean> {
      try {
        await policy.execute(work);
        return true;
      } catch (error) {
        if (error instanceof BrokenCircuitError) return false;
        throw error;
      }
    },
    /** Whether there is nothing to be tried for now. Then it stays open until somebody tries. */
    isResting: (): boolean => policy.state === CircuitState.Open && nowMs() < restUntilMs,
    phase(): CircuitPhase {
      if (policy.state === CircuitState.Closed) return "closed";
      return policy.state === CircuitState.HalfOpen ? "half_open" : "open";
    },
  };
}
