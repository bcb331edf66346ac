import { setTimeout as delay } from "node:timers/promises";

/** How long things are kept, in milliseconds after they ended or were noted. */
export interface RetentionPolicy {
  /** Events and tasks of jobs, log entries, samples, and everything else that tells how something went. */
  readonly detailsMs: number;
  /** What it came to: jobs as they ended, rollups. At least as long as details. */
  readonly summariesMs: number;
}

/** What is before these moments is too old. */
export interface RetentionLimits {
  readonly detailsBeforeMs: number;
  readonly summariesBeforeMs: number;
}

/** What a step removed, by what it is; and whether there may be more that is too old. */
export interface RetentionStep {
  readonly removed: Readonly<Record<string, number>>;
  readonly hasMore: boolean;
}

/** Something that keeps things, and lets go of old ones in small steps that hold nobody up. */
export interface Keeper {
  /** For messages, such as `jobs`. */
  readonly name: string;
  step(limits: RetentionLimits): Promise<RetentionStep>;
}

export interface RetentionDeps {
  readonly keepers: readonly Keeper[];
  readonly policy: RetentionPolicy;
  /** One small step of housekeeping. @returns whether there is more to do */
  readonly maintain: () => Promise<boolean>;
  /** Whether nobody waits for the store right now: housekeeping has time. */
  readonly isQuiet: () => boolean;
  readonly nowMs: () => number;
  readonly onError: (error: unknown, keeper: string) => void;
  /** @defaultValue a minute */
  readonly firstAfterMs?: number;
  /** @defaultValue an hour */
  readonly everyMs?: number;
}

/** What a run of cleaning up came to. */
export interface CleanupReport {
  readonly limits: RetentionLimits;
  /** All keepers' together. */
  readonly removed: Readonly<Record<string, number>>;
  /** Whether all that is too old is gone; else the rest goes by itself. */
  readonly isComplete: boolean;
}

const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 3_600_000;
/** Between two steps: so many times as long as the step took, so that others have the store for most of the time. */
const PAUSE_FACTOR = 4;
const PAUSE_MOST_MS = 1_000;

/**
 * Lets go of what is too old, by itself every hour: step after step, with pauses in between, so that nobody waits for it.
 * Then it keeps house, while nobody wants anything.
 */
export function createRetention(deps: RetentionDeps) {
  const { maintain, isQuiet, nowMs, onError } = deps;
  const keepers = [...deps.keepers];
  let { policy } = deps;
  const { firstAfterMs = FIRST_AFTER_MS, everyMs = EVERY_MS } = deps;
  const closing = new AbortController();
  const { signal } = closing;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<unknown> = Promise.resolve();

  function limitsNow(): RetentionLimits {
    const now = nowMs();
    const { detailsMs, summariesMs } = policy;
    return { detailsBeforeMs: now - detailsMs, summariesBeforeMs: now - Math.max(detailsMs, summariesMs) };
  }

  /** After each other, also where several runs are under way. */
  function inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = underWay.then(step);
    underWay = result.catch(() => undefined);
    return result;
  }

  /** Waits after a step as its length asks for; not at all when this ends meanwhile. */
  async function pause(startedMs: number): Promise<void> {
    const pauseMs = Math.min(PAUSE_MOST_MS, Math.ceil((performance.now() - startedMs) * PAUSE_FACTOR));
    await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
  }

  /** @returns whether it was asked to the end */
  async function cleanOne(keeper: Keeper, limits: RetentionLimits, report: Tally, mayGoOn: () => boolean) {
    for (;;) {
      if (signal.aborted || !mayGoOn()) return false;
      const startedMs = performance.now();
      const { removed, hasMore } = await inTurn(() => keeper.step(limits));
      for (const [name, count] of Object.entries(removed)) report[name] = (report[name] ?? 0) + count;
      if (!hasMore) return true;
      await pause(startedMs);
    }
  }

  async function clean(mayGoOn: () => boolean): Promise<CleanupReport> {
    const limits = limitsNow();
    const removed: Tally = {};
    let isComplete = true;
    for (const keeper of keepers) {
      try {
        isComplete = (await cleanOne(keeper, limits, removed, mayGoOn)) && isComplete;
      } catch (error) {
        isComplete = false;
        // What fails because this ends is no fault.
        if (!signal.aborted) onError(error, keeper.name);
      }
    }
    return { limits, removed, isComplete };
  }

  async function keepHouse(): Promise<void> {
    try {
      while (!signal.aborted && isQuiet()) {
        const startedMs = performance.now();
        if (!(await inTurn(maintain))) return;
        await pause(startedMs);
      }
    } catch (error) {
      if (!signal.aborted) onError(error, "housekeeping");
    }
  }

  async function run(): Promise<void> {
    await clean(() => true);
    await keepHouse();
    if (!signal.aborted) schedule(everyMs);
  }

  function schedule(afterMs: number): void {
    timer = setTimeout(() => void run(), afterMs);
    timer.unref();
  }

  return {
    /** From now on it runs by itself. */
    start(): void {
      schedule(firstAfterMs);
    },
    /** Has something else let go of what is too old. */
    add(keeper: Keeper): void {
      keepers.push(keeper);
    },
    /** The next run goes by it. */
    setPolicy(next: RetentionPolicy): void {
      policy = next;
    },
    /** Cleans up now, for so long at most; what is left goes by itself. */
    runNow(forMs = Number.POSITIVE_INFINITY): Promise<CleanupReport> {
      const untilMs = performance.now() + forMs;
      return clean(() => performance.now() < untilMs);
    },
    /** Ends after the step that is under way. */
    async close(): Promise<void> {
      clearTimeout(timer);
      closing.abort();
      await underWay;
    },
  };
}

export type Retention = ReturnType<typeof createRetention>;

type Tally = Record<string, number>;
