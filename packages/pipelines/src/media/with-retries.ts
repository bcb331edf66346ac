import { setTimeout as delay } from "node:timers/promises";
import { PlayheadError, type TaskHandle } from "@playhead/sdk";

const MAX_ATTEMPTS = 3;
/** Before the second attempt; twice as long before the third. */
const FIRST_WAIT_MS = 500;

/**
 * Tries something again whose error may pass, and says so. Each attempt waits at a checkpoint first. What the task has
 * tried again before does not count here.
 *
 * @param signal ends the waiting in between
 * @throws what the last attempt threw
 */
export async function withRetries<Value>(
  task: TaskHandle,
  signal: AbortSignal,
  attempt: () => Promise<Value>,
): Promise<Value> {
  const before = task.attempt - 1;
  for (;;) {
    await task.checkpoint();
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      const tried = task.attempt - before;
      if (!(error instanceof PlayheadError) || !error.retryable || tried >= MAX_ATTEMPTS) throw error;
      task.warn(`attempt ${tried} of ${MAX_ATTEMPTS} failed: ${error.message}`, { error_code: error.code });
      const waitMs = FIRST_WAIT_MS * 2 ** (tried - 1);
      task.retry(error);
      await waitQuietly(task, waitMs, signal);
    }
  }
}

/** There is nothing to stop while nothing is done: a job that is paused meanwhile is so at once. */
async function waitQuietly(task: TaskHandle, waitMs: number, signal: AbortSignal): Promise<void> {
  const release = task.pauseGate.hold({ stop: () => undefined, resume: () => undefined });
  try {
    await delay(waitMs, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  } finally {
    release();
  }
}
