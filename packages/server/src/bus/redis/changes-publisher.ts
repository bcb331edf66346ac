import type { Redis } from "ioredis";
import type { Publication } from "../bus.ts";
import { createChangeNotes } from "../job-changes.ts";
import { CHANGES_TTL_MS, type Keys, MAX_CHANGES } from "./keys.ts";

/** Lists are brought up to date four times a second; what tells them gathers for less than half of that. */
const EVERY_MS = 100;

/**
 * Remembers which jobs changed, by the time of Redis, and says so. The message: that time in milliseconds, a line; then the
 * ids of those that changed themselves, and of those on which something moved, a line each.
 *
 * ```
 * KEYS  sorted set        ARGV  channel, the two lines, then the ids
 * ```
 */
const SCRIPT = `
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
for at = 4, #ARGV do redis.call('ZADD', KEYS[1], nowMs, ARGV[at]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', nowMs - ${CHANGES_TTL_MS})
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -${MAX_CHANGES + 1})
redis.call('PEXPIRE', KEYS[1], ${CHANGES_TTL_MS})
redis.call('PUBLISH', ARGV[1], string.format('%.0f', nowMs) .. '\\n' .. ARGV[2] .. '\\n' .. ARGV[3])
`;

/**
 * Tells lists in all processes which jobs changed.
 *
 * @param onForgotten told when more changed than is remembered while Redis was away
 */
export function createChangesPublisher(
  redis: Redis,
  keys: Keys,
  onForgotten: () => void,
  onError: (error: unknown) => void,
) {
  const notes = createChangeNotes();
  let timer: NodeJS.Timeout | null = null;

  async function flush(): Promise<void> {
    if (notes.size() > MAX_CHANGES) {
      notes.take();
      onForgotten();
    }
    if (redis.status !== "ready" || notes.size() === 0) return;
    const changes = notes.take();
    const lines = [changes.changed, changes.moved].map((jobIds) => [...jobIds]);
    const args = [...lines.map((jobIds) => jobIds.join(" ")), ...lines.flat()];
    try {
      await redis.eval(SCRIPT, 1, keys.changes, keys.changesChannel, ...args);
    } catch (error) {
      // It may have been said; said again it harms nobody.
      notes.putBack(changes);
      arm();
      if (redis.status === "ready") onError(error);
    }
  }

  function arm(): void {
    timer ??= setTimeout(() => {
      timer = null;
      void flush();
    }, EVERY_MS);
  }

  redis.on("ready", arm);

  return {
    note(publication: Publication): void {
      notes.note(publication);
      arm();
    },
    flush,
    close(): void {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
