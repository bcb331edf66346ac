import { setTimeout as delay } from "node:timers/promises";
import type { PlayheadError } from "@playhead/sdk";
import { s3Error } from "./s3-failure.ts";

/** How patient requests are. */
export interface Patience {
  /** How often one is made, at most. */
  readonly attempts: number;
  /** Before the second attempt, at most; doubled before each that follows. */
  readonly firstWaitMs: number;
  /** One on which nothing moves for longer is given up. */
  readonly stallMs: number;
  /** 0 to under 1. */
  readonly random: () => number;
}

export const PATIENCE: Patience = { attempts: 4, firstWaitMs: 400, stallMs: 60_000, random: Math.random };

const LONGEST_WAIT_MS = 8_000;

/** What one attempt gets: the signal that ends it, and what to call when something moves. */
export interface Attempt {
  readonly abortSignal: AbortSignal;
  readonly moved: () => void;
}

/** Makes a request, again where its error may pass. @throws PlayheadError, or the signal's reason */
export type Request = <Answer>(
  doing: string,
  signal: AbortSignal,
  make: (attempt: Attempt) => Promise<Answer>,
) => Promise<Answer>;

/** @param storage for people: `bucket media` */
export function createRequest(storage: string, { attempts, firstWaitMs, stallMs, random }: Patience): Request {
  return async (doing, signal, make) => {
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      const failure = await attemptOnce(doing, signal, make);
      if ("answer" in failure) return failure.answer;
      if (!failure.error.retryable || attempt >= attempts) throw failure.error;
      // Somewhere between half of it and all: many that were refused together do not come back together.
      const waitMs = Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** (attempt - 1)) * (0.5 + random() / 2);
      await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  };

  async function attemptOnce<Answer>(
    doing: string,
    signal: AbortSignal,
    make: (attempt: Attempt) => Promise<Answer>,
  ): Promise<{ readonly answer: Answer } | { readonly error: PlayheadError }> {
    const stalled = new AbortController();
    const timer = setTimeout(() => stalled.abort(), stallMs);
    try {
      const abortSignal = AbortSignal.any([signal, stalled.signal]);
      return { answer: await make({ abortSignal, moved: () => timer.refresh() }) };
    } catch (thrown) {
      signal.throwIfAborted();
      const cause = stalled.signal.aborted ? new StallError(`nothing moved for ${stallMs} ms`) : thrown;
      return { error: s3Error(cause, storage, doing) };
    } finally {
      clearTimeout(timer);
    }
  }
}

class StallError extends Error {
  override readonly name = "Timeout";
}
