import { setTimeout as delay } from "node:timers/promises";
import { PlayheadError } from "@playhead/core";
import { checkServer, type ServerAddress } from "../server-check.ts";

const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 30_000;
/** Of a wait, by chance: workers that lost their server together do not all come back at once. */
const LEAST_PART = 0.5;

export interface WaitForServerOptions {
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Longest time that is waited; null for as long as it takes. */
  readonly limitMs: number | null;
  readonly nowMs: () => number;
  /** Told before each wait. */
  readonly onWait: (error: PlayheadError, waitMs: number) => void;
  /** @defaultValue asks it for who the key is */
  readonly check?: (server: ServerAddress) => Promise<void>;
  /** For the jitter, 0..1. @defaultValue `Math.random` */
  readonly random?: () => number;
}

/**
 * Waits until a server is there and takes the key: 1 s, then twice as long each time, 30 s at most.
 *
 * @throws PlayheadError what will not pass, such as a key that is not accepted, at once; `server_unreachable` when the
 * time is up; `canceled`
 */
export async function waitForServer(server: ServerAddress, options: WaitForServerOptions): Promise<void> {
  const { signal, limitMs, nowMs, onWait, check = checkServer, random = Math.random } = options;
  const untilMs = limitMs === null ? Number.POSITIVE_INFINITY : nowMs() + limitMs;
  for (let backoffMs = FIRST_WAIT_MS; ; backoffMs = Math.min(MOST_WAIT_MS, 2 * backoffMs)) {
    signal.throwIfAborted();
    try {
      return await check(server);
    } catch (error) {
      if (!mayPass(error)) throw error;
      // When the time is up it is tried once more, however soon that is after the last try.
      const leftMs = untilMs - nowMs();
      if (leftMs <= 0) throw error;
      const waitMs = Math.min(leftMs, Math.round(backoffMs * (LEAST_PART + (1 - LEAST_PART) * random())));
      onWait(error, waitMs);
      await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** What is an answer about us stays as it is, however often we ask. */
function mayPass(error: unknown): error is PlayheadError {
  return error instanceof PlayheadError && (error.code === "server_unreachable" || error.retryable);
}
