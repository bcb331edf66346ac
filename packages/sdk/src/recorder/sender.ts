import { type BatchAck, PlayheadError, type RecordBatch } from "@playhead/core";
import type { SetTimer } from "../timer.ts";
import type { Transport } from "../transport/transport.ts";
import { backoffMs } from "./backoff.ts";

/** How a batch ended: stored, refused as a whole, or given up because the recorder was closed. */
export type Delivery =
  | { readonly outcome: "acknowledged"; readonly ack: BatchAck }
  | { readonly outcome: "rejected"; readonly error: unknown }
  | { readonly outcome: "abandoned" };

export interface Sender {
  /** Delivers a batch, trying as often as it takes while trying may help. Never rejects. */
  deliver(batch: RecordBatch): Promise<Delivery>;
  /** Whether the last try failed. */
  isFailing(): boolean;
  /** Ends the wait before the next try. */
  hurry(): void;
  /** Tries no more, now and later. */
  abandon(): void;
}

export interface SenderOptions {
  readonly transport: Transport;
  readonly setTimer: SetTimer;
  readonly random: () => number;
  /** Called when a try fails that will be repeated. */
  readonly onFailing: () => void;
  /**
   * Called, after that, when it fails because of the key: someone has to repair that, so that it is tried again slowly.
   * Without it such a batch is refused.
   */
  readonly onKeyRefused?: (error: PlayheadError) => void;
  /**
   * So many tries keep the process alive; then it may end though something is unsent.
   * @defaultValue 6: as many seconds, more or less
   */
  readonly patientTries?: number;
}

/** The longest time between two tries with a key that is not accepted. */
const KEY_RETRY_MS = 30_000;

/** How long to wait before a key that was not accepted is tried again. @param random 0 ≤ random < 1 */
export const keyRetryMs = (random: number): number => (KEY_RETRY_MS * (1 + random)) / 2;

/** Whether the server does not accept who sends, whatever that is. */
export function isKeyRefused(error: unknown): error is PlayheadError {
  return error instanceof PlayheadError && (error.code === "unauthorized" || error.code === "forbidden");
}

interface TryAgain {
  readonly afterMs: number;
  /** Whether that is worth keeping the process alive for a while. */
  readonly isHopeful: boolean;
  /** Set when it is because of the key. */
  readonly keyRefused?: PlayheadError;
}

export function createSender(options: SenderOptions): Sender {
  const { transport, setTimer, random, onFailing, onKeyRefused, patientTries = 6 } = options;
  let failing = false;
  let abandoned = false;
  let endWait: (() => void) | null = null;

  function wait(delayMs: number, keepsAlive: boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        endWait = null;
        cancelTimer();
        resolve();
      };
      const cancelTimer = setTimer(done, delayMs, keepsAlive);
      endWait = done;
    });
  }

  async function tryOnce(batch: RecordBatch, attempt: number): Promise<Delivery | TryAgain> {
    try {
      return { outcome: "acknowledged", ack: await transport.send(batch) };
    } catch (error) {
      if (onKeyRefused !== undefined && isKeyRefused(error)) {
        return { afterMs: keyRetryMs(random()), isHopeful: false, keyRefused: error };
      }
      if (!(error instanceof PlayheadError && error.retryable)) return { outcome: "rejected", error };
      const { retry_after_ms } = error.detail;
      const askedMs = typeof retry_after_ms === "number" ? retry_after_ms : 0;
      return { afterMs: Math.max(askedMs, backoffMs(attempt, random())), isHopeful: attempt <= patientTries };
    }
  }

  return {
    async deliver(batch) {
      for (let attempt = 1; ; attempt += 1) {
        if (abandoned) return { outcome: "abandoned" };
        const result = await tryOnce(batch, attempt);
        failing = !("outcome" in result);
        if ("outcome" in result) return result;
        onFailing();
        if (result.keyRefused !== undefined) onKeyRefused?.(result.keyRefused);
        if (!abandoned) await wait(result.afterMs, result.isHopeful);
      }
    },
    isFailing: () => failing,
    hurry: () => endWait?.(),
    abandon() {
      abandoned = true;
      endWait?.();
    },
  };
}
