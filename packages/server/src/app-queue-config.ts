import type { Config } from "./config/config.ts";

/** Where the queue's Redis is, as a worker and a server with the same configuration understand it; null for none. */
export function queueRedisUrl({ queue, redis_url }: Pick<Config, "queue" | "redis_url">): string | null {
  return queue.engine === "bullmq" ? (queue.redis_url ?? redis_url ?? null) : null;
}

/** What is missing in a configuration of a queue. */
export function queueFaults(config: Config) {
  if (config.queue.engine === "built_in" || queueRedisUrl(config) !== null) return [];
  const message =
    "expected it or redis_url to be set, since queue.engine is bullmq: jobs that wait are handed out there";
  return [{ path: ["queue", "redis_url"], message }];
}
