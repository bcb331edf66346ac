import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { listen, type PlayheadServer, type ServerOptions, startServer } from "./app.ts";
import type { ClusterConfig } from "./app-cluster-config.ts";
import { openNodeAuth } from "./app-node-auth.ts";
import { openNodeGateway } from "./app-node-gateway.ts";
import { openNodeHttp } from "./app-node-http.ts";
import { followLimits } from "./app-node-limits.ts";
import { openShared } from "./app-node-shared.ts";
import { createRedisPublisher } from "./bus/redis/publisher.ts";
import { noEngine, openEngineDoor } from "./cluster/engine-door.ts";
import { createLeadership, type LeaseHolder, type Standing } from "./cluster/leadership.ts";
import { createNodeProof } from "./cluster/node-proof.ts";
import { watchSurroundings } from "./cluster/surroundings.ts";
import { textOf } from "./error-text.ts";
import { clusterCheck } from "./health/checks/cluster.ts";
import { createProcessMetrics } from "./metrics/process-metrics.ts";
import { lockData } from "./store/sqlite/data-lock.ts";

export interface NodeOptions extends ServerOptions {
  readonly config: ClusterConfig;
  /**
   * Told of the server that this node runs while it holds the lease.
   * @returns ends what was begun with it, before it ends
   */
  readonly onEngine?: (server: PlayheadServer) => Promise<() => Promise<void>>;
}

/** A node of a cluster that runs. */
export interface PlayheadNode {
  readonly name: string;
  /** Where the public reaches it. */
  readonly url: string;
  /** The address that signs a browser in. */
  readonly signInUrl: string;
  readonly accessKey: string;
  /** What it does about the engine. */
  readonly standing: () => Standing;
  /** Ends the engine where it runs here, lets others know, says goodbye to viewers, and lets everything go. */
  close(): Promise<void>;
}

/** How long requests under way have to be answered when the node ends. */
const LAST_ANSWERS_MS = 3_000;
const CREDENTIALS = "credentials";

/**
 * Starts a node: it serves viewers and pages, hands everything else on to the node that runs the engine, and is that node
 * itself while it holds the lease.
 *
 * @throws PlayheadError `port_in_use`, `data_in_use` when another process has the data folder, and what PostgreSQL's
 * absence throws
 */
export async function startNode(options: NodeOptions): Promise<PlayheadNode> {
  const { config, version, dashboardFolder, log } = options;
  const { cluster } = config;
  const name = cluster.name ?? `${hostname()}-${randomBytes(2).toString("hex")}`;
  const proof = createNodeProof(config.secret);
  const ends: (() => Promise<void> | void)[] = [];
  const endAll = async () => {
    // The last one first.
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  };
  let standing: Standing = { role: "follower" };
  let holder: LeaseHolder | null = null;

  try {
    // Also while another node has the engine: two nodes on one folder would be found when one takes over.
    ends.push(lockData(config.data).release);
    const shared = await openShared(config, log);
    ends.push(shared.close);
    const door = await openEngineDoor({ ...placeOf(cluster.listen), proof });
    ends.push(door.close);
    const internalUrl = cluster.address ?? door.url;
    const { auth, tellRevoked, close: endAuth } = await openNodeAuth(shared, config, log);
    ends.push(endAuth);
    ends.push(shared.signals.on(CREDENTIALS, (body) => tellRevoked(JSON.parse(body))));
    ends.push(shared.signals.onMissed(() => tellRevoked([])));
    const gateway = openNodeGateway(shared, auth, config, log);
    let isReady = false;
    const metrics = createProcessMetrics({ version, viewers: gateway.load });
    ends.push(metrics.close);
    let led: PlayheadServer | null = null;
    const surroundings = watchSurroundings({
      askDatabase: shared.askDatabase,
      isRedisConnected: shared.bus.isConnected,
      engineAddress: () => holder?.url ?? (standing.role === "follower" ? null : internalUrl),
      onEngineGone: () => cutForwarded(),
      ...{ proof, leaseMs: cluster.lease_ms, nowMs: () => performance.now() },
    });
    ends.push(surroundings.close);
    const { http, requestLimit, cutForwarded } = await openNodeHttp({
      ...{ config, version, dashboardFolder, authenticate: auth.ofRequest, gateway, proof, log },
      // Those of the engine have those of its process in them.
      metrics: { ...metrics, text: () => (led === null ? metrics.text() : led.metricsText()) },
      engineUrl() {
        // Its own is ending because it lost the lease, and another runs already.
        if (standing.role === "ending" && holder !== null) return holder.url;
        if (standing.role !== "follower") return door.url;
        if (holder === null) throw noEngine();
        return holder.url;
      },
      node: () => ({ name, role: standing.role === "follower" ? "gateway" : standing.role }),
      engine: () => {
        if (standing.role === "leading") return { holder: name, term: standing.term };
        return holder === null ? null : { holder: holder.holder, term: holder.term };
      },
      reaches: surroundings.reaches,
      whyNotReady: () => (isReady ? surroundings.whyNotReady() : "it starts, or ends"),
    });
    const url = await listen(http, gateway, config);
    isReady = true;
    ends.push(followLimits(options, { requestLimit, gateway }));
    ends.push(async () => {
      isReady = false;
      await gateway.close();
      const cutOff = setTimeout(() => http.server.closeAllConnections(), LAST_ANSWERS_MS);
      cutForwarded();
      await http.close();
      clearTimeout(cutOff);
    });

    const lease = shared.leaseFor(name, internalUrl);
    const leadership = createLeadership({
      lease,
      leaseMs: cluster.lease_ms,
      nowMs: () => performance.now(),
      random: Math.random,
      lead: (term, lost) => lead(term, lost),
      onStanding(next) {
        if (next.role === "ending" || next.role === "follower") cutForwarded();
        log("info", `this node is ${SAID[next.role]}`, { node: name, ...("term" in next && { term: next.term }) });
        standing = next;
        if (next.role === "starting") holder = null;
      },
      onHolder(next) {
        // Who waits for the one before waits in vain.
        if (holder !== null && next !== null && next.term !== holder.term) cutForwarded();
        holder = next;
      },
      onError: (what, error) => log("warning", what, { node: name, ...(error !== null && { error: textOf(error) }) }),
    });
    ends.push(leadership.close);

    async function lead(term: number, lost: AbortSignal) {
      const server = await startServer({
        ...options,
        seat: {
          database: { opened: shared.database, term: () => (lease.term() === term && !lost.aborted ? term : null) },
          url: internalUrl,
          serve: door.open,
          viewers: gateway.load,
          openPublisher: (parts) =>
            createRedisPublisher({
              ...parts,
              url: config.redis_url,
              onError: (error) => log("warning", "Redis is away; what happens is said later", { error: textOf(error) }),
            }),
          onRevoked(ids) {
            tellRevoked(ids);
            // Who does not hear of it looks for it.
            shared.signals.send(CREDENTIALS, JSON.stringify(ids)).catch(() => undefined);
          },
        },
      });
      server.health.register(
        clusterCheck(() => ({
          ...{ node: name, role: standing.role, term, leaseMs: cluster.lease_ms, reaches: surroundings.reaches() },
          leaseAgeMs: leadership.leaseAgeMs(),
          databaseSilentMs: surroundings.databaseSilentMs(),
        })),
      );
      const endAround = await options.onEngine?.(server).catch(async (error: unknown) => {
        await server.close();
        throw error;
      });
      led = server;
      return {
        async close() {
          led = null;
          await endAround?.();
          await server.close();
        },
      };
    }

    return {
      name,
      url,
      signInUrl: `${url}/?key=${encodeURIComponent(auth.accessKey)}`,
      accessKey: auth.accessKey,
      standing: () => standing,
      close: endAll,
    };
  } catch (error) {
    await endAll();
    throw error;
  }
}

const SAID: Readonly<Record<Standing["role"], string>> = {
  follower: "a gateway",
  starting: "starting the engine",
  leading: "the engine's",
  ending: "ending the engine",
};

function placeOf(listenAt: string): { readonly host: string; readonly port: number } {
  const at = listenAt.lastIndexOf(":");
  return { host: listenAt.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(listenAt.slice(at + 1)) };
}
