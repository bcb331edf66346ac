import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Cluster, Member } from "./cluster.ts";
import type { Party } from "./network.ts";
import { untilStatus } from "./node-standing.ts";

/** Something that fails. */
export interface ClusterFault {
  readonly name: string;
  /**
   * Has it fail, for as long as it is to.
   * @param begun is called at the moment at which it has
   */
  befall(begun: () => void): Promise<Befallen>;
}

/** A fault that is over, but for what has to be mended. */
export interface Befallen {
  /** Makes whole what is not so by itself. */
  readonly mend: () => Promise<void>;
  /**
   * Where a node had lost PostgreSQL: how long it took until that node said that it takes no work, and, once it is mended,
   * that it does; null where it did not say so in time.
   */
  readonly told?: { readonly unreadyMs: number | null; readonly readyAgain: () => Promise<number | null> };
}

type Befall = ClusterFault["befall"];
type Which = () => Promise<Member>;

/** An outage that is borne. */
const SHORT_MS = 300;
/** A cut that packets are sent again for. */
const BRIEF_MS = 1_000;
/** A lease is over, and what goes by it has been seen. */
const LEASES = 1.75;
/** In which a node has to say that it lost PostgreSQL: it does when one is over, however busy the machine is. */
const UNREADY_LEASES = 4;
/** From the end of an outage a node has to take work again within this time. */
const READY_AGAIN_MS = 15_000;

/** Each part of a cluster fails, each kind of failure at least once, in an order of chance. */
export function clusterFaults(cluster: Cluster, leaseMs: number, random: () => number): readonly ClusterFault[] {
  const longMs = leaseMs * LEASES;
  const { network, members, postgres, redis, engine } = cluster;

  async function gateway(): Promise<Member> {
    const leading = await engine();
    const others = members.filter((member) => member !== leading);
    return others[Math.floor(random() * others.length)] as Member;
  }
  const killed = (which: Which): Befall => {
    return async (begun) => {
      const { node } = await which();
      await delay(random() * SHORT_MS);
      await node.kill();
      begun();
      return { mend: node.start };
    };
  };
  const stopped: Befall = async (begun) => {
    const { node } = await engine();
    begun();
    await node.stop();
    return { mend: node.start };
  };
  const database = (awayMs: number): Befall => {
    return async (begun) => {
      await postgres.kill();
      begun();
      await delay(awayMs);
      return { mend: postgres.start };
    };
  };
  const news = (isEmptied: boolean): Befall => {
    return async (begun) => {
      await redis.kill();
      begun();
      if (isEmptied) await rm(path.join(path.dirname(redis.socket), "appendonlydir"), { recursive: true });
      await delay(SHORT_MS);
      return { mend: redis.start };
    };
  };
  type How = "cut" | "freeze" | "mute";
  const line = (which: Which, of: "toRedis" | "toEngine", how: How, lastsMs: number): Befall => {
    return async (begun) => {
      const broken = (await which())[of];
      await broken[how]();
      begun();
      await delay(lastsMs);
      return { mend: broken.mend };
    };
  };
  /** For as long as it takes until the node has said what it lacks. */
  const withoutDatabase = (which: Which, how: How): Befall => {
    return async (begun) => {
      const { node, toPostgres } = await which();
      // It may have just come back from the fault before.
      await untilStatus(node.url, "pass", READY_AGAIN_MS);
      await toPostgres[how]();
      begun();
      const unreadyMs = await untilStatus(node.url, "fail", leaseMs * UNREADY_LEASES);
      const readyAgain = () => untilStatus(node.url, "pass", READY_AGAIN_MS);
      return { mend: toPostgres.mend, told: { unreadyMs, readyAgain } };
    };
  };
  const unplugged = (which: () => Promise<Party>, lastsMs: number): Befall => {
    return async (begun) => {
      const party = await which();
      await network.unplug(party);
      begun();
      await delay(lastsMs);
      return { mend: () => network.plugIn(party) };
    };
  };
  const partyOf = (which: Which) => async () => (await which()).party;

  const faults: readonly ClusterFault[] = [
    { name: "the engine's node is killed", befall: killed(engine) },
    { name: "the engine's node is stopped", befall: stopped },
    { name: "another node is killed", befall: killed(gateway) },
    { name: "PostgreSQL is killed", befall: database(SHORT_MS) },
    { name: "PostgreSQL is away for longer than the lease", befall: database(longMs) },
    { name: "Redis is killed, and keeps its data", befall: news(false) },
    { name: "Redis is killed, and loses its data", befall: news(true) },
    { name: "the engine's node is cut off from PostgreSQL", befall: withoutDatabase(engine, "cut") },
    { name: "the engine's node hears nothing of PostgreSQL, which hears it", befall: withoutDatabase(engine, "mute") },
    { name: "another node loses PostgreSQL without a word", befall: withoutDatabase(gateway, "freeze") },
    { name: "the engine's node is cut off from Redis", befall: line(engine, "toRedis", "cut", SHORT_MS) },
    { name: "another node loses Redis without a word", befall: line(gateway, "toRedis", "freeze", BRIEF_MS) },
    { name: "the engine cannot be reached by other nodes", befall: line(engine, "toEngine", "freeze", BRIEF_MS) },
    { name: "the engine's node loses all connections", befall: unplugged(partyOf(engine), longMs) },
    { name: "another node loses all connections", befall: unplugged(partyOf(gateway), BRIEF_MS) },
    { name: "all nodes lose PostgreSQL without a word", befall: unplugged(async () => "postgres", BRIEF_MS) },
    { name: "all nodes lose Redis without a word", befall: unplugged(async () => "redis", BRIEF_MS) },
  ];
  return faults
    .map((fault) => ({ fault, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ fault }) => fault);
}
