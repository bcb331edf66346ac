import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Cluster, Member } from "./cluster.ts";

/** Something that fails. */
export interface ClusterFault {
  readonly name: string;
  /**
   * Has it fail, for as long as it is to.
   * @param begun is called at the moment at which it has
   * @returns mends what is not whole again by itself
   */
  befall(begun: () => void): Promise<() => Promise<void>>;
}

/** An outage that is borne. */
const SHORT_MS = 300;

/** Each part of a cluster fails, each kind of failure at least once, in an order of chance. */
export function clusterFaults(cluster: Cluster, leaseMs: number, random: () => number): readonly ClusterFault[] {
  /** The lease is over meanwhile. */
  const longMs = leaseMs * 2;
  const { members, postgres, redis, engine } = cluster;

  async function gateway(): Promise<Member> {
    const leading = await engine();
    const others = members.filter((member) => member !== leading);
    return others[Math.floor(random() * others.length)] as Member;
  }
  const killed = (which: () => Promise<Member>) => async (begun: () => void) => {
    const { node } = await which();
    await delay(random() * SHORT_MS);
    await node.kill();
    begun();
    return node.start;
  };
  const line = (which: () => Promise<Member>, of: "toPostgres" | "toRedis" | "toEngine", how: "unplug" | "freeze") => {
    return async (begun: () => void) => {
      const cable = (await which())[of];
      cable[how]();
      begun();
      await delay(longMs);
      return async () => cable.plug();
    };
  };
  async function stopped(begun: () => void) {
    const { node } = await engine();
    begun();
    await node.stop();
    return node.start;
  }
  const database = (awayMs: number) => async (begun: () => void) => {
    await postgres.kill();
    begun();
    await delay(awayMs);
    return postgres.start;
  };
  const news = (isEmptied: boolean) => async (begun: () => void) => {
    await redis.kill();
    begun();
    if (isEmptied) await rm(path.join(path.dirname(redis.socket), "appendonlydir"), { recursive: true });
    await delay(SHORT_MS);
    return redis.start;
  };

  const faults: readonly ClusterFault[] = [
    { name: "the engine's node is killed", befall: killed(engine) },
    { name: "the engine's node is killed again", befall: killed(engine) },
    { name: "the engine's node is stopped", befall: stopped },
    { name: "another node is killed", befall: killed(gateway) },
    { name: "PostgreSQL is killed", befall: database(SHORT_MS) },
    { name: "PostgreSQL is away for longer than the lease", befall: database(longMs) },
    { name: "Redis is killed, and keeps its data", befall: news(false) },
    { name: "Redis is killed, and loses its data", befall: news(true) },
    { name: "the engine's node is cut off from PostgreSQL", befall: line(engine, "toPostgres", "unplug") },
    { name: "the engine's node loses PostgreSQL without a word", befall: line(engine, "toPostgres", "freeze") },
    { name: "the engine's node is cut off from Redis", befall: line(engine, "toRedis", "unplug") },
    { name: "another node loses Redis without a word", befall: line(gateway, "toRedis", "freeze") },
    { name: "another node loses PostgreSQL without a word", befall: line(gateway, "toPostgres", "freeze") },
    { name: "the engine cannot be reached by other nodes", befall: line(engine, "toEngine", "unplug") },
  ];
  return faults
    .map((fault) => ({ fault, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ fault }) => fault);
}
