import type { Redis } from "ioredis";
import type { JobChanges } from "../bus.ts";
import { Listeners } from "../listeners.ts";
import { CHANGES_TTL_MS, type Keys, MAX_CHANGES } from "./keys.ts";

/** A change may be noted a moment before it is said. */
const OVERLAP_MS = 1_000;

export interface ChangesListenerDeps {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly onError: (error: unknown) => void;
  readonly subscribe: (channel: string) => void;
  readonly unsubscribe: (channel: string) => void;
}

/**
 * Hears which jobs changed, while somebody listens. What was missed while there was no connection is read from the list
 * of those that changed lately; what that does not reach back to is told as not known.
 */
export function createChangesListener({ redis, keys, onError, subscribe, unsubscribe }: ChangesListenerDeps) {
  const listeners = new Listeners<JobChanges | null>();
  /** Up to when all was heard, by the time of Redis; null before the first word of it, then since when it is wanted. */
  let heardMs: number | null = null;
  let startedAt = 0;
  let isUnknown = false;

  /** Reads what was missed before the subscription, which begins now. */
  async function catchUp(): Promise<void> {
    try {
      const [seconds, micros] = await redis.time();
      const nowMs = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
      const sinceMs = (heardMs ?? nowMs - (performance.now() - startedAt)) - OVERLAP_MS;
      const jobIds = await redis.zrange(keys.changes, sinceMs, "+inf", "BYSCORE");
      const isKnown = !isUnknown && sinceMs > nowMs - CHANGES_TTL_MS && jobIds.length < MAX_CHANGES;
      heardMs = Math.max(heardMs ?? 0, nowMs);
      isUnknown = false;
      if (!isKnown) listeners.tell(null, onError);
      else if (jobIds.length > 0) listeners.tell({ changed: new Set(jobIds), moved: new Set() }, onError);
    } catch (error) {
      // The connection for questions is away: it asks when it is back.
      isUnknown = true;
      if (redis.status === "ready") onError(error);
    }
  }

  redis.on("ready", () => {
    if (isUnknown && listeners.size > 0) void catchUp();
  });

  return {
    add(listener: (changes: JobChanges | null) => void): () => void {
      const end = listeners.add(listener);
      if (listeners.size === 1) {
        heardMs = null;
        startedAt = performance.now();
        subscribe(keys.changesChannel);
      }
      return () => {
        if (end() && listeners.size === 0) unsubscribe(keys.changesChannel);
      };
    },
    /** The channel is subscribed to, for the first time or again. */
    subscribed: () => void catchUp(),
    hear(message: string): void {
      const [atMs, changed = "", moved = ""] = message.split("\n");
      heardMs = Math.max(heardMs ?? 0, Number(atMs));
      listeners.tell({ changed: idsOf(changed), moved: idsOf(moved) }, onError);
    },
    /** Jobs may have changed of which nobody was told. */
    lost(): void {
      if (listeners.size > 0) listeners.tell(null, onError);
    },
  };
}

function idsOf(line: string): ReadonlySet<string> {
  return new Set(line === "" ? [] : line.split(" "));
}
