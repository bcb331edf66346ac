import * as z from "zod";
import { section, text, whole } from "./setting.ts";

const cluster = section("Cluster");

/** Where a Redis is. */
export const redisAddress = z
  .string()
  .regex(/^(rediss?|unix):\/\/./, "Invalid input: expected redis://HOST:PORT/DB, rediss://… or unix:///PATH");

/** Where the servers of a cluster hear of each other. */
export const redisUrl = redisAddress.optional().meta({
  ...cluster.atStart(
    "Redis that several servers on one `database_url` share: with it this one is a node of a cluster.",
    "PLAYHEAD_REDIS_URL",
  ),
  secret: true,
});

/** A server as one of several. */
export const clusterSettings = z
  .strictObject({
    name: text
      .optional()
      .meta(
        cluster.atStart("What this node is called; else its machine's name and a number.", "PLAYHEAD_CLUSTER_NAME"),
      ),
    listen: text
      .regex(/^(\[[\da-f:.]+\]|[^\s:/]+):\d{1,5}$/i, "Invalid input: expected ADDRESS:PORT")
      .default("127.0.0.1:0")
      .meta(
        cluster.atStart(
          "Where other nodes reach this one's engine, while it runs it; port 0 takes a free one.",
          "PLAYHEAD_CLUSTER_LISTEN",
        ),
      ),
    address: z
      .url({ protocol: /^http$/, error: "Invalid input: expected an http address" })
      .optional()
      .meta(
        cluster.atStart("The same as others have to call it; else `http://` and `listen`.", "PLAYHEAD_CLUSTER_ADDRESS"),
      ),
    lease_ms: whole(2_000, 60_000)
      .default(6_000)
      .meta(
        cluster.atStart(
          "After this long without a word of the node that runs the engine another takes over; the same on all nodes.",
          "PLAYHEAD_CLUSTER_LEASE_MS",
        ),
      ),
  })
  .prefault({});
