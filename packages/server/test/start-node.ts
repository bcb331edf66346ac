import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ClusterConfig } from "../src/app-cluster-config.ts";
import { readConfig } from "../src/app-config.ts";
import { type NodeOptions, startNode } from "../src/app-node.ts";
import { type Config, configSchema } from "../src/config/config.ts";
import { makeDashboard } from "./start-server.ts";
import { tempFolder } from "./temp-folder.ts";

/** The owner's key of a cluster under test. */
export const CLUSTER_KEY = "the key of all nodes";

export interface TestNodeOptions extends Pick<NodeOptions, "onEngine"> {
  readonly name: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly config?: Partial<Config>;
  /** What its configuration file holds; it is followed. @defaultValue there is none */
  readonly file?: object;
}

/** A real node on free ports, with a data folder of its own; it ends with the test. */
export async function startTestNode({ name, databaseUrl, redisUrl, config = {}, file, onEngine }: TestNodeOptions) {
  const folder = tempFolder();
  const complaints: string[] = [];
  const flags = {
    ...{ port: 0, data: join(folder, "data"), database_url: databaseUrl, redis_url: redisUrl },
    ...{
      admin_key: CLUSTER_KEY,
      secret: "s".repeat(40),
      cluster: { name, listen: "127.0.0.1:0", lease_ms: 2_000 },
      ...config,
    },
  };
  const configFile = join(folder, "playhead.config.json");
  if (file !== undefined) writeFileSync(configFile, JSON.stringify(file));
  const loaded = file === undefined ? undefined : readConfig({ file: configFile, environment: {}, flags });
  const node = await startNode({
    config: (loaded?.config ?? configSchema.parse(flags)) as ClusterConfig,
    ...(loaded !== undefined && { loaded }),
    dashboardFolder: makeDashboard(folder),
    version: "1.2.3",
    log(level, message, fields) {
      if (level !== "info") complaints.push(`${level}: ${message} ${JSON.stringify(fields ?? {})}`);
    },
    ...(onEngine !== undefined && { onEngine }),
  });
  onTestFinished(node.close);
  return {
    ...node,
    complaints,
    configFile,
    ask: (path: string, init: RequestInit = {}) =>
      fetch(`${node.url}${path}`, { ...init, headers: { authorization: `Bearer ${CLUSTER_KEY}`, ...init.headers } }),
    /** Reports facts of a worker. */
    report: (source: string, records: readonly object[]) =>
      fetch(`${node.url}/api/v1/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${CLUSTER_KEY}`, "content-type": "application/x-ndjson" },
        body: records.map((record) => JSON.stringify({ source, ...record })).join("\n"),
      }),
  };
}

export type TestNode = Awaited<ReturnType<typeof startTestNode>>;
