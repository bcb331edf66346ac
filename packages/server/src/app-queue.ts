import { queueRedisUrl } from "./app-queue-config.ts";
import { connectRedis, parseRedisUrl } from "./bus/redis/connect.ts";
import type { Config } from "./config/config.ts";
import type { EngineOptions } from "./engine.ts";
import { textOf } from "./error-text.ts";
import type { ServerLog } from "./server-log.ts";

/** The queue that a configuration asks for; nothing where the built-in one does. */
export async function queueOf(config: Config, log: ServerLog): Promise<Pick<EngineOptions, "openQueue">> {
  const url = queueRedisUrl(config);
  if (url === null) return {};
  // Whoever does without does not wait for it to be loaded.
  const { createBullMQQueue } = await import("./queue/bullmq/bullmq-queue.ts");
  const onError = (error: unknown) =>
    log("warning", "the queue's Redis is away, or refuses; what waits is put there later", { error: textOf(error) });
  return {
    openQueue: (parts) =>
      createBullMQQueue({ ...parts, redis: connectRedis(parseRedisUrl(url), "queue", onError), onError }),
  };
}
