import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type PostgresServer, startPostgres } from "../../tests/servers/postgres-server.ts";
import { type RedisServer, startRedisServer } from "../../tests/servers/redis-server.ts";
import { type ClusterNode, createClusterNode } from "./cluster-node.ts";
import type { Line, Network, Party, WhenOver } from "./network.ts";
import { readStanding } from "./node-standing.ts";

export interface ClusterOptions {
  readonly network: Network;
  readonly folder: string;
  readonly key: string;
  readonly nodes: number;
  readonly leaseMs: number;
  readonly onLine: (node: string, line: string) => void;
  readonly whenOver: WhenOver;
}

/** One of the nodes, and the lines between it and the rest. */
export interface Member {
  readonly party: Party;
  readonly node: ClusterNode;
  readonly toPostgres: Line;
  readonly toRedis: Line;
  /** From the other nodes to its engine. */
  readonly toEngine: Line;
  /** From viewers and workers. */
  readonly fromClients: Line;
}

/** Real nodes on a real PostgreSQL and a real Redis. */
export interface Cluster {
  readonly network: Network;
  readonly members: readonly Member[];
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  /** The node that runs the engine, once one does. */
  engine(): Promise<Member>;
}

/** Starts all of it; the lines are laid one for each node, so that each can be cut alone. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { network, folder, key, nodes, leaseMs, onLine, whenOver } = options;
  const [forPostgres, forRedis] = [await network.place("postgres"), await network.place("redis")];
  const [postgresPort, redisPort] = [await forPostgres.freePort(), await forRedis.freePort()];
  const postgres = await startPostgres(whenOver, {
    address: { host: forPostgres.host, port: postgresPort },
    spawn: forPostgres.spawn,
  });
  const redis = await startRedisServer(whenOver, {
    ...{ isPersistent: true, host: forRedis.host, port: redisPort, spawn: forRedis.spawn },
  });
  const database = await postgres.createTcpDatabase();

  const members: Member[] = [];
  for (let at = 0; at < nodes; at += 1) {
    const party = `node-${at}` as const;
    const place = await network.place(party);
    const [port, doorPort] = [await place.freePort(), await place.freePort()];
    const toPostgres = await network.line(party, "postgres", postgresPort);
    const toRedis = await network.line(party, "redis", redisPort);
    const toEngine = await network.line("nodes", party, doorPort);
    const fromClients = await network.line("clients", party, port);
    const node = createClusterNode({
      ...{ name: party, key, leaseMs, place, port, doorPort, data: path.join(folder, party) },
      doorUrl: `http://${toEngine.address}`,
      databaseUrl: database.replace(`${forPostgres.host}:${postgresPort}`, toPostgres.address),
      redisUrl: `redis://${toRedis.address}`,
      onLine: (line) => onLine(party, line),
    });
    whenOver(node.kill);
    members.push({ party, node, toPostgres, toRedis, toEngine, fromClients });
  }
  await Promise.all(members.map(({ node }) => node.start()));

  async function engine(): Promise<Member> {
    for (;;) {
      const standings = await Promise.all(members.map(({ node }) => readStanding(node.url)));
      const leading = members.find((_member, at) => standings[at]?.node.role === "leading");
      if (leading !== undefined) return leading;
      await delay(50);
    }
  }

  return { network, members, postgres, redis, engine };
}
