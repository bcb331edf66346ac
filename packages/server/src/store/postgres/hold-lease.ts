import type { Writing } from "../writing.ts";
import type { Lease } from "./lease.ts";

export interface HoldLeaseOptions {
  readonly lease: Pick<Lease, "renew">;
  /** @defaultValue 2000 */
  readonly everyMs?: number;
  /** For how long it is held without being renewed. @defaultValue 6000 */
  readonly lastsMs?: number;
  /** Told once, when it is another's; nothing is renewed from then on. */
  readonly onLost: () => void;
  /** Told when the database did not answer; it is asked again in time. @defaultValue nothing happens */
  readonly onError?: (error: unknown) => void;
}

/** So that two may fail before it is lost. */
const EVERY_MS = 2_000;
const LASTS_MS = 6_000;

/** Renews a lease until it is lost, or `stop`. */
export function holdLease({ lease, everyMs = EVERY_MS, lastsMs = LASTS_MS, ...told }: HoldLeaseOptions) {
  const { onLost, onError = () => {} } = told;
  const lost = new AbortController();
  let isOver = false;
  let renewing: Promise<void> | null = null;
  let renewedMs = performance.now();
  const timer = setInterval(() => {
    renewing ??= renew().finally(() => {
      renewing = null;
    });
  }, everyMs);
  timer.unref();

  async function renew(): Promise<void> {
    const askedMs = performance.now();
    try {
      const isOurs = await lease.renew();
      if (isOurs) renewedMs = askedMs;
      if (isOurs || isOver) return;
      isOver = true;
      clearInterval(timer);
      lost.abort();
      onLost();
    } catch (error) {
      onError(error);
    }
  }

  const writing: Writing = {
    lost: lost.signal,
    whyNot() {
      if (lost.signal.aborted) return "another server writes the database";
      const silentMs = performance.now() - renewedMs;
      return silentMs > lastsMs ? `PostgreSQL has not answered for ${Math.round(silentMs / 1_000)} s` : null;
    },
  };
  return {
    writing,
    async stop(): Promise<void> {
      isOver = true;
      clearInterval(timer);
      await renewing;
    },
  };
}
