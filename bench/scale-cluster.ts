import { openPostgres } from "@playhead/server";
import { Redis } from "ioredis";
import { startPostgres } from "../tests/servers/postgres-server.ts";
import { startRedisServer } from "../tests/servers/redis-server.ts";
import { startFile } from "./child.ts";
import { childPids } from "./scale-processes.ts";

/** What a node holds at rest. */
export interface NodeMemory {
  readonly rss: number;
  /** On V8's heap and beside it, without what is free. */
  readonly used: number;
}

/** What PostgreSQL and Redis hold and have written so far. */
export interface StoreBytes {
  readonly wal: number;
  readonly database: number;
  readonly redis: number;
  readonly redisSent: number;
}

export type RunningNode = Awaited<ReturnType<typeof startNode>>;

const READY_WITHIN_MS = 120_000;

/** A real PostgreSQL that waits for the disk, a real Redis, and nodes that come and go. */
export async function startCluster(key: string) {
  const stops: (() => Promise<void>)[] = [];
  const whenOver = (stop: () => Promise<void>) => void stops.unshift(stop);
  const before = await childPids();
  const settings = { fsync: "on", full_page_writes: "on", max_wal_size: "4GB" };
  const postgres = await startPostgres(whenOver, { settings });
  const [postgresPid = 0] = (await childPids()).difference(before);
  const redis = await startRedisServer(whenOver);
  const databaseUrl = await postgres.createDatabase();
  const redisUrl = `unix://${redis.socket}`;
  const database = await openPostgres({
    url: databaseUrl,
    poolSize: 2,
    onError: (error) => console.error(error),
  });
  const redisClient = new Redis(redis.socket);
  whenOver(() => database.close());
  whenOver(async () => redisClient.disconnect());
  const nodes: RunningNode[] = [];

  return {
    nodes,
    /** One node more; the first runs the engine. @returns how long until it took work */
    async addNode(): Promise<number> {
      const beforeMs = performance.now();
      const node = await startNode({ name: `node-${nodes.length + 1}`, key, databaseUrl, redisUrl });
      nodes.push(node);
      return performance.now() - beforeMs;
    },
    async removeNode(): Promise<void> {
      await nodes.pop()?.end();
    },
    /** Process ids of those that serve. */
    pids: () => ({
      postgres: postgresPid,
      redis: redis.pid() ?? 0,
      ...Object.fromEntries(nodes.map(({ pid }, index) => [index === 0 ? "engine's node" : `node ${index + 1}`, pid])),
    }),
    async bytes(): Promise<StoreBytes> {
      const { rows } = await database.query<{ wal: string; size: string }>(
        "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS wal, pg_database_size(current_database()) AS size",
      );
      const info = await redisClient.info();
      const figure = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1]);
      return {
        ...{ wal: Number(rows[0]?.wal), database: Number(rows[0]?.size) },
        ...{ redis: figure("used_memory"), redisSent: figure("total_net_output_bytes") },
      };
    },
    async stop(): Promise<void> {
      while (nodes.length > 0) await nodes.pop()?.end();
      for (const stop of stops) await stop();
    },
  };
}

async function startNode(settings: {
  readonly name: string;
  readonly key: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}) {
  const file = startFile("./scale-node.ts", settings, ["--expose-gc"]);
  const { port } = await file.answer<{ port: number }>();
  await untilReady(port);
  return {
    port,
    pid: file.child.pid ?? 0,
    end: file.end,
    async memory(): Promise<NodeMemory> {
      file.say("memory");
      return await file.answer<NodeMemory>();
    },
  };
}

async function untilReady(port: number): Promise<void> {
  const untilMs = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/monitoring/health/ready`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    if (performance.now() > untilMs)
      throw new Error(`expected a node to be ready, got ${answer?.status ?? "no answer"}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
