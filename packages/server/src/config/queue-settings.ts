import * as z from "zod";
import { redisAddress } from "./cluster-settings.ts";
import { section, whole } from "./setting.ts";

const jobs = section("Jobs and workers");

/** How jobs that wait come to workers. */
export const queueSettings = z
  .strictObject({
    engine: z
      .enum(["built_in", "bullmq"])
      .default("built_in")
      .meta(
        jobs.atStart(
          "What hands out jobs that wait: the server itself, or BullMQ in a Redis, for `playhead worker --queue`.",
          "PLAYHEAD_QUEUE",
        ),
      ),
    redis_url: redisAddress.optional().meta({
      ...jobs.atStart("The Redis of `bullmq`; else `redis_url`.", "PLAYHEAD_QUEUE_REDIS_URL"),
      secret: true,
    }),
    lock_ms: whole(1_000, 600_000)
      .default(30_000)
      .meta(
        jobs.atStart(
          "A worker that takes jobs from `bullmq` holds one for so long without a word; then another is asked to take it.",
          "PLAYHEAD_QUEUE_LOCK_MS",
        ),
      ),
  })
  .prefault({});
