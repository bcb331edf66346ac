/** The right to run the engine: one row in the database that all nodes share. */
export interface Lease {
  /** @returns the term in which we hold it from now on; null while another does */
  acquire(): Promise<number | null>;
  /** Holds it for as long again. @returns false when it is another's by now */
  renew(): Promise<boolean>;
  /** Gives it back, so that nobody has to wait until it runs out. */
  release(): Promise<void>;
  /** Who has it, or had it last; null when nobody ever had. */
  read(): Promise<LeaseHolder | null>;
}

/** Who has the lease. */
export interface LeaseHolder {
  /** Only grows. */
  readonly term: number;
  readonly holder: string;
  /** Where other nodes reach the engine. */
  readonly url: string;
  readonly expiresMs: number;
}

/** The engine of a term. */
export interface Led {
  /** Ends all of it. */
  close(): Promise<void>;
}

/** What a node does about the engine. */
export type Standing =
  | { readonly role: "follower" }
  /** It holds the lease, and its engine is being started, runs, or is being ended. */
  | { readonly role: "starting" | "leading" | "ending"; readonly term: number };

export interface LeadershipDeps {
  readonly lease: Lease;
  /** How long the lease holds after it was acquired or renewed. */
  readonly leaseMs: number;
  /** Of a clock that nobody sets. */
  readonly nowMs: () => number;
  /** 0..1 */
  readonly random: () => number;
  /** Starts the engine of a term. The signal aborts when the lease is lost: nothing can be stored any more. */
  readonly lead: (term: number, lost: AbortSignal) => Promise<Led>;
  readonly onStanding: (standing: Standing) => void;
  /** Told of who has the lease, while it is not this node. */
  readonly onHolder: (holder: LeaseHolder | null) => void;
  readonly onError: (what: string, error: unknown) => void;
}

/** All times are parts of the lease's: it is renewed so many times before it would run out. */
const RENEWALS = 3;
/** A renewal that failed is tried again sooner. */
const TRIES = 24;
/** How often a follower asks for it. */
const ASKS = 6;
/** So much of it is left when a holder that cannot renew gives up: its engine is to be at its end when another begins. */
const LEFT_AT_END = 1 / 6;
/** A node that could not start the engine leaves the next tries to others. */
const BACK_OFF = 2;

/**
 * Sees to it that one node at a time runs the engine.
 *
 * ```
 *              acquired                started
 *   follower ───────────► starting ─────────────► leading
 *      ▲                      │ failed, or lost       │ lost: not renewed in time, or another's by now
 *      │       ended          ▼                       │
 *      └─────────────────── ending ◄──────────────────┘
 * ```
 *
 * A holder counts the time from before it asked, on its own clock, and gives up before the lease is over. One that was
 * stopped meanwhile (a machine that slept) may run on for a moment all the same: its writes are refused by their term.
 */
export function createLeadership(deps: LeadershipDeps) {
  const { lease, leaseMs, nowMs, random, lead, onStanding, onHolder, onError } = deps;
  const closing = new AbortController();
  const { signal } = closing;
  /** From when on the lease that is held is counted; null while none is. */
  let countedMs: number | null = null;

  /** Asks for the lease until it is ours, or the node ends. */
  async function run(): Promise<void> {
    while (!signal.aborted) {
      let waitMs = (leaseMs / ASKS) * (0.5 + random());
      try {
        const askedMs = nowMs();
        const term = await lease.acquire();
        if (term !== null) {
          const hasLed = await hold(term, askedMs);
          if (!hasLed) waitMs = leaseMs * BACK_OFF * (0.5 + random());
        } else onHolder(await lease.read());
      } catch (error) {
        onError("the lease of the engine could not be asked for", error);
      }
      await sleep(waitMs, signal);
    }
  }

  /** @returns whether the engine ran */
  async function hold(term: number, askedMs: number): Promise<boolean> {
    const over = new AbortController();
    const lost = new AbortController();
    countedMs = askedMs;
    // Also while the engine ends by itself: what is at hand then is to be stored.
    const renewing = renewUntil(over.signal, askedMs).then(() => lost.abort());
    onStanding({ role: "starting", term });
    let led: Led | null = null;
    try {
      led = await lead(term, lost.signal);
      if (!lost.signal.aborted) onStanding({ role: "leading", term });
      await untilAborted(AbortSignal.any([lost.signal, signal]));
    } catch (error) {
      onError("the engine could not be started", error);
    }
    onStanding({ role: "ending", term });
    const ended = new AbortController();
    // An engine that lost it may take long to end, and meanwhile another runs.
    if (lost.signal.aborted) void followUntil(ended.signal);
    await led?.close().catch((error: unknown) => onError("the engine did not end as it should", error));
    ended.abort();
    over.abort();
    await renewing;
    countedMs = null;
    // Does nothing where it is another's.
    await lease.release().catch((error: unknown) => onError("the lease could not be given back", error));
    onStanding({ role: "follower" });
    return led !== null;
  }

  /** Tells who has the lease, without asking for it. */
  async function followUntil(isOver: AbortSignal): Promise<void> {
    while (!isOver.aborted) {
      try {
        const holder = await lease.read();
        if (!isOver.aborted) onHolder(holder);
      } catch (error) {
        onError("who has the lease is not known", error);
      }
      await sleep(leaseMs / ASKS, isOver);
    }
  }

  /** Ends when the lease can no longer be counted on, or the signal aborts. */
  async function renewUntil(isOver: AbortSignal, askedMs: number): Promise<void> {
    let renewedMs = askedMs;
    let waitMs = leaseMs / RENEWALS;
    const leftMs = () => renewedMs + leaseMs * (1 - LEFT_AT_END) - nowMs();
    for (;;) {
      await sleep(Math.min(waitMs, Math.max(0, leftMs())), isOver);
      if (isOver.aborted) return;
      const beforeMs = nowMs();
      // One that hangs is given up with the lease.
      const answer = leftMs() <= 0 ? "late" : await within(leftMs(), lease.renew());
      if (answer === "late" || answer === false) {
        onError(answer === false ? "the lease is another node's" : "the lease could not be renewed in time", null);
        return;
      }
      if (answer === true) countedMs = renewedMs = beforeMs;
      else onError("the lease could not be renewed; trying again", answer.error);
      waitMs = leaseMs / (answer === true ? RENEWALS : TRIES);
    }
  }

  const running = run();
  return {
    /** How long ago it was asked for the lease that it has; null while it has none. */
    leaseAgeMs: (): number | null => (countedMs === null ? null : nowMs() - countedMs),
    /** Ends the engine where it runs, and gives the lease back. */
    async close(): Promise<void> {
      closing.abort();
      await running;
    },
  };
}

async function within(
  limitMs: number,
  work: Promise<boolean>,
): Promise<boolean | "late" | { readonly error: unknown }> {
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), limitMs);
  try {
    return await Promise.race([work.catch((error: unknown) => ({ error })), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const timer = setTimeout(wake, ms);
  signal.addEventListener("abort", wake, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", wake);
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
}
