import type { Lease } from "./lease.ts";

export interface HoldLeaseOptions {
  readonly lease: Pick<Lease, "renew">;
  /** @defaultValue 2000 */
  readonly everyMs?: number;
  /** Told once, when it is another's; nothing is renewed from then on. */
  readonly onLost: () => void;
  /** Told when the database did not answer; it is asked again in time. @defaultValue nothing happens */
  readonly onError?: (error: unknown) => void;
}

/** So that two may fail before it is lost. */
const EVERY_MS = 2_000;

/** Renews a lease until it is lost, or `stop`. */
export function holdLease({ lease, everyMs = EVERY_MS, onLost, onError = () => {} }: HoldLeaseOptions) {
  let isOver = false;
  let renewing: Promise<void> | null = null;
  const timer = setInterval(() => {
    renewing ??= renew().finally(() => {
      renewing = null;
    });
  }, everyMs);
  timer.unref();

  async function renew(): Promise<void> {
    try {
      if ((await lease.renew()) || isOver) return;
      isOver = true;
      clearInterval(timer);
      onLost();
    } catch (error) {
      onError(error);
    }
  }

  return {
    async stop(): Promise<void> {
      isOver = true;
      clearInterval(timer);
      await renewing;
    },
  };
}
