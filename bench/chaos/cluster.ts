import path from "node:path";
import { type Cable, layCable } from "../../tests/fixtures/cable.ts";
import { type PostgresServer, startPostgres } from "../../tests/servers/postgres-server.ts";
import { type RedisServer, startRedisServer } from "../../tests/servers/redis-server.ts";
import { type ClusterNode, createClusterNode } from "./cluster-node.ts";
import { freePort } from "./free-port.ts";

export interface ClusterOptions {
  readonly folder: string;
  readonly key: string;
  readonly nodes: number;
  readonly leaseMs: number;
  readonly onLine: (node: string, line: string) => void;
  /** Is given what ends each part; the last one first. */
  readonly whenOver: (stop: () => Promise<void>) => void;
}

/** One of the nodes, and the lines between it and the rest. */
export interface Member {
  readonly node: ClusterNode;
  readonly toPostgres: Cable;
  readonly toRedis: Cable;
  /** From the other nodes to its engine. */
  readonly toEngine: Cable;
}

/** Real nodes on a real PostgreSQL and a real Redis. */
export interface Cluster {
  readonly members: readonly Member[];
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  /** The node that runs the engine, once one does. */
  engine(): Promise<Member>;
}

/** Starts all of it; the lines are laid one for each node, so that each can be cut alone. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder, key, nodes, leaseMs, onLine, whenOver } = options;
  const [postgresPort, redisPort] = [await freePort(), await freePort()];
  const postgres = await startPostgres(whenOver, { address: { host: "127.0.0.1", port: postgresPort } });
  const redis = await startRedisServer(whenOver, { isPersistent: true, port: redisPort });
  const database = await postgres.createTcpDatabase();

  const members = await Promise.all(
    Array.from({ length: nodes }, async (_, at): Promise<Member> => {
      const name = `node-${at}`;
      const doorPort = await freePort();
      const lay = async (port: number) => {
        const cable = await layCable(`http://127.0.0.1:${port}`);
        whenOver(cable.close);
        return cable;
      };
      const [toPostgres, toRedis, toEngine] = [await lay(postgresPort), await lay(redisPort), await lay(doorPort)];
      const node = createClusterNode({
        ...{ name, key, leaseMs, doorPort, data: path.join(folder, name), port: await freePort() },
        doorUrl: toEngine.url,
        databaseUrl: database.replace(`:${postgresPort}/`, `:${new URL(toPostgres.url).port}/`),
        redisUrl: toRedis.url.replace("http", "redis"),
        onLine: (line) => onLine(name, line),
      });
      whenOver(node.kill);
      return { node, toPostgres, toRedis, toEngine };
    }),
  );
  await Promise.all(members.map(({ node }) => node.start()));

  async function engine(): Promise<Member> {
    for (;;) {
      for (const member of members) {
        if ((await roleOf(member.node)) === "leading") return member;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  return { members, postgres, redis, engine };
}

async function roleOf({ url }: ClusterNode): Promise<string | null> {
  try {
    const answer = await fetch(`${url}/api/v1/monitoring/health/ready`, { signal: AbortSignal.timeout(2_000) });
    const { node } = (await answer.json()) as { readonly node: { readonly role: string } };
    return node.role;
  } catch {
    return null;
  }
}
