// A node of bench/scale.ts: a server of a cluster, which says on request what it holds in memory at rest.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { type ClusterConfig, configSchema, startNode } from "@playhead/server";

export interface NodeSettings {
  readonly name: string;
  readonly key: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** Longer than any round: that a worker of one says nothing in the next is no fault of its jobs. */
const LONG_MS = 3_600_000;
/** The longest: a bench that fills all cores is no failure of the node that runs the engine. */
const LEASE_MS = 60_000;

const { name, key, databaseUrl, redisUrl }: NodeSettings = JSON.parse(process.argv[2] ?? "{}");
const data = await mkdtemp(path.join(os.tmpdir(), "playhead-scale-"));
const node = await startNode({
  config: configSchema.parse({
    ...{ data, port: 0, database_url: databaseUrl, redis_url: redisUrl, cluster: { name, lease_ms: LEASE_MS } },
    ...{ admin_key: key, secret: key.repeat(2), requests_per_second: 1_000_000, connections_per_tenant: 100_000 },
    ...{ worker_lost_after_ms: LONG_MS, worker_lease_ms: LONG_MS, stall_after_ms: LONG_MS },
  }) as ClusterConfig,
  dashboardFolder: data,
  version: "bench",
  log(level, message, fields) {
    if (level !== "info" && !message.startsWith("health: ")) console.error(`${name}: ${message}`, fields ?? "");
  },
});
console.log(JSON.stringify({ port: Number(new URL(node.url).port) }));
for await (const word of createInterface({ input: process.stdin })) {
  if (word !== "memory") continue;
  for (let time = 0; time < 3; time++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  console.log(JSON.stringify({ rss, used: heapUsed + external }));
}
await node.close();
await rm(data, { recursive: true });
process.exit();
