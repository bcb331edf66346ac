import type { Config } from "./config/config.ts";

/** What a node of a cluster goes by. */
export interface ClusterConfig extends Config {
  readonly database_url: string;
  readonly redis_url: string;
  readonly admin_key: string;
  readonly secret: string;
}

/** Whether this configuration is that of a node of a cluster. */
export function isClustered(config: Config): config is ClusterConfig {
  return config.redis_url !== undefined;
}

/** What is missing in a configuration of a node: what each node would make up for itself has to be the same on all. */
export function clusterFaults(config: Config) {
  if (!isClustered(config)) return [];
  const needed = {
    database_url:
      "expected it to be set, since redis_url is: what nodes share is kept in PostgreSQL, and Redis carries news",
    admin_key: "expected it to be set, since redis_url is: the same on all nodes",
    secret:
      "expected it to be set, since redis_url is: the same on all nodes, which check each other's sessions and tokens",
  } as const;
  return Object.entries(needed)
    .filter(([key]) => config[key as keyof typeof needed] === undefined)
    .map(([key, message]) => ({ path: [key], message }));
}
