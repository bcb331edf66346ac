import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Place } from "./network.ts";

export interface ClusterNodeOptions {
  readonly name: string;
  readonly data: string;
  readonly key: string;
  readonly place: Place;
  readonly port: number;
  /** Where its engine listens for other nodes, and where those call it. */
  readonly doorPort: number;
  readonly doorUrl: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly leaseMs: number;
  /** Told of each line that it says, one of JSON on stdout or words on stderr. */
  readonly onLine: (line: string) => void;
}

/** A node in a process of its own, which comes back with the same name, ports and folder. */
export interface ClusterNode {
  readonly name: string;
  readonly url: string;
  /** Starts it, and again whenever it ends by itself: as a supervisor does. @returns when it serves */
  start(): Promise<void>;
  /** As a machine that loses its power would. */
  kill(): Promise<void>;
  /** Asks it to end. */
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const RESTART_AFTER_MS = 500;
const SECRET = "the secret that all nodes of a cluster share";

/** `playhead serve`, configured as a node. */
export function createClusterNode(options: ClusterNodeOptions): ClusterNode {
  const { name, data, key, place, port, doorPort, doorUrl, databaseUrl, redisUrl, leaseMs, onLine } = options;
  const args = [
    "serve",
    "--json",
    "--verbose",
    "--no-worker",
    "--host",
    place.host,
    "--port",
    String(port),
    "--data",
    data,
  ];
  const environment = {
    PLAYHEAD_ADMIN_KEY: key,
    PLAYHEAD_SECRET: SECRET,
    PLAYHEAD_DATABASE_URL: databaseUrl,
    PLAYHEAD_REDIS_URL: redisUrl,
    PLAYHEAD_CLUSTER_NAME: name,
    PLAYHEAD_CLUSTER_LISTEN: `${place.host}:${doorPort}`,
    PLAYHEAD_CLUSTER_ADDRESS: doorUrl,
    PLAYHEAD_CLUSTER_LEASE_MS: String(leaseMs),
  };
  let end: (signal: NodeJS.Signals) => Promise<void> = async () => undefined;

  function start(): Promise<void> {
    const { promise: serves, resolve } = Promise.withResolvers<void>();
    let isWanted = true;
    const run = async (): Promise<void> => {
      while (isWanted) {
        const child = place.spawn(process.execPath, ["--conditions=playhead-src", MAIN, ...args], {
          env: { ...process.env, ...environment },
          stdio: ["ignore", "pipe", "pipe"],
        });
        const closed = once(child, "close");
        end = async (signal) => {
          isWanted = false;
          child.kill(signal);
          await running;
        };
        createInterface({ input: child.stderr }).on("line", onLine);
        createInterface({ input: child.stdout }).on("line", (line) => {
          onLine(line);
          if (line.includes('"type":"serving"')) resolve();
        });
        await closed;
        if (isWanted) await delay(RESTART_AFTER_MS);
      }
    };
    const running = run();
    return serves;
  }

  return {
    name,
    url: `http://${place.host}:${port}`,
    start,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}
