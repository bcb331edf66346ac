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
   * So many tries keep the process alive; then it may end though something is unsent.
   * @defaultValue 6: as many seconds, more or less
   */
  readonly patientTries?: number;
}

export function createSender({ transport, setTimer, random, onFailing, patientTries = 6 }: SenderOptions): Sender {
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

  async function tryOnce(batch: RecordBatch): Promise<Delivery | { readonly retryAfterMs: number }> {
    try {
      return { outcome: "acknowledged", ack: await transport.send(batch) };
    } catch (error) {
      if (!(error instanceof PlayheadError && error.retryable)) return { outcome: "rejected", error };
      const { retry_after_ms } = error.detail;
      return { retryAfterMs: typeof retry_after_ms === "number" ? retry_after_ms : 0 };
    }
  }

  return {
    async deliver(batch) {
      for (let attempt = 1; ; attempt += 1) {
        if (abandoned) return { outcome: "abandoned" };
        const result = await tryOnce(batch);
        failing = !("outcome" in result);
        if ("outcome" in result) return result;
        onFailing();
        if (!abandoned)
          await wait(Math.max(result.retryAfterMs, backoffMs(attempt, random())), attempt <= patientTries);
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
