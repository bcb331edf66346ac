import { randomBytes } from "node:crypto";
import type { JobSummary } from "@playhead/core";
import type { ClusterConfig } from "./app-cluster-config.ts";
import { createRedisBus, type RedisBus } from "./bus/redis/redis-bus.ts";
import { createRedisSignals, type RedisSignals } from "./bus/redis/redis-signals.ts";
import { textOf } from "./error-text.ts";
import type { ServerLog } from "./server-log.ts";
import { createJobLogs, type JobLogs } from "./store/job-logs.ts";
import { connectPostgres } from "./store/postgres/connect-postgres.ts";
import { createLease, type Lease } from "./store/postgres/lease.ts";
import { openPostgres } from "./store/postgres/open-postgres.ts";
import { createPostgresStore } from "./store/postgres/open-store.ts";
import type { PostgresDatabase, Statement } from "./store/postgres/postgres-database.ts";
import { createTailReader } from "./store/postgres/telemetry/open-telemetry.ts";
import { createViewerReads } from "./store/postgres/viewer-reads.ts";
import type { Store } from "./store/store.ts";

/** What all nodes of a cluster share, as each of them has it at hand; a node itself writes nothing but the lease. */
export interface NodeShared {
  readonly database: PostgresDatabase;
  readonly store: Store;
  readonly logs: JobLogs;
  readonly readSummaries: (jobIds: readonly string[]) => Promise<readonly JobSummary[]>;
  readonly bus: RedisBus;
  readonly signals: RedisSignals;
  readonly leaseFor: (holder: string, url: string) => Lease;
  /** Whether PostgreSQL is there: rejects within a part of the lease's time where it is not. */
  readonly askDatabase: () => Promise<unknown>;
  close(): Promise<void>;
}

/** One that does not answer any more, the one in its place, and the one that asks whether PostgreSQL is there. */
const LEASE_CONNECTIONS = 3;
const LEASE_TRIES = 3;
const NO_TERM = () => null;
const ASK: Statement = { name: "presence", text: "SELECT 1" };

/**
 * Reaches PostgreSQL and Redis. Redis may be away: then it is found later.
 *
 * @throws PlayheadError see `openPostgres`
 */
export async function openShared(config: ClusterConfig, log: ServerLog): Promise<NodeShared> {
  const { database_url: url, database_pool: poolSize, redis_url: redisUrl, cluster } = config;
  const onError = (what: string) => (error: unknown) => log("warning", what, { error: textOf(error) });
  const lost = onError("a connection to PostgreSQL was lost");
  const database = await openPostgres({ url, poolSize, onError: lost });
  const ends: (() => Promise<void> | void)[] = [database.close];
  const close = async () => {
    // The last one first.
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  };
  try {
    const newEpoch = () => randomBytes(6).toString("hex");
    const store = await createPostgresStore({ database, nowMs: Date.now, newEpoch, term: NO_TERM });
    ends.push(store.close);
    const logs = createJobLogs(createTailReader(database));
    const { readHeads, readSummaries } = createViewerReads(database);
    const redisLost = onError("Redis, or the database behind it, is away; viewers get their news when both are back");
    const busStore = { readHeads, readFacts: store.readFacts, readLogs: logs.readLogs };
    const bus = await createRedisBus({ url: redisUrl, store: busStore, onError: redisLost });
    ends.push(bus.close);
    const signals = await createRedisSignals({ url: redisUrl, onError: redisLost });
    ends.push(signals.close);
    // However busy the others are, and though one may have died without a word: who cannot renew it in time ends the engine.
    const answerLimitMs = cluster.lease_ms / LEASE_TRIES;
    const ofLease = connectPostgres({ url, poolSize: LEASE_CONNECTIONS, answerLimitMs, onError: lost });
    ends.push(ofLease.close);
    const leaseFor = (holder: string, address: string) =>
      createLease({ database: ofLease, holder, url: address, lastsMs: cluster.lease_ms });
    const askDatabase = () => ofLease.query(ASK);
    return { database, store, logs, readSummaries, bus, signals, leaseFor, askDatabase, close };
  } catch (error) {
    await close();
    throw error;
  }
}
