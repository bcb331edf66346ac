import { setTimeout as delay } from "node:timers/promises";
import { cleanedText, PlayheadError, type TaskHandle } from "@playhead/sdk";
import { decideRetry } from "./retry-policy.ts";

export interface RetryOptions {
  /** For the jitter, 0..1. @defaultValue `Math.random` */
  readonly random?: () => number;
  /** Told before a wait. @returns called after it */
  readonly onWait?: (error: PlayheadError, waitMs: number) => () => void;
}

/**
 * Tries something again whose error may pass, as often as the policy for the error has it, and says so. Each attempt
 * waits at a checkpoint first. What the task has tried again before does not count here.
 *
 * @param signal ends the waiting in between
 * @throws what the last attempt threw
 */
export async function withRetries<Value>(
  task: TaskHandle,
  signal: AbortSignal,
  attempt: () => Promise<Value>,
  { random = Math.random, onWait }: RetryOptions = {},
): Promise<Value> {
  const before = task.attempt - 1;
  for (;;) {
    await task.checkpoint();
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      const tried = task.attempt - before;
      const decision = error instanceof PlayheadError && !signal.aborted ? decideRetry(error, tried, random) : null;
      if (!(error instanceof PlayheadError) || !decision?.isRetried) throw error;
      const { attempts, waitMs } = decision;
      const why = cleanedText(error.message);
      task.warn(`attempt ${tried} of ${attempts} failed: ${why}`, { error_code: error.code, wait_ms: waitMs });
      task.retry(error);
      const endWait = onWait?.(error, waitMs);
      await waitQuietly(task, waitMs, signal).finally(endWait);
    }
  }
}

/** There is nothing to stop while nothing is done: a job that is paused meanwhile is so at once. */
export async function waitQuietly(task: TaskHandle, waitMs: number, signal: AbortSignal): Promise<void> {
  const release = task.pauseGate.hold({ stop: () => undefined, resume: () => undefined });
  try {
    await delay(waitMs, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  } finally {
    release();
  }
}
