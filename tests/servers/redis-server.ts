import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A real Redis, on a socket in a folder of its own. */
export interface RedisServer {
  /** The path of its socket. */
  readonly socket: string;
  /** Of the process that runs; null while none does. */
  pid(): number | null;
  /** Ends it within a moment, as a machine that loses its power would. */
  kill(): Promise<void>;
  /** Starts it again after {@link RedisServer.kill}: with what it wrote down, if it writes anything down. */
  start(): Promise<void>;
}

export interface RedisOptions {
  /** Whether it writes down each command, and has it all when it is started again. @defaultValue false */
  readonly isPersistent?: boolean;
  /** Where it also listens on TCP. @defaultValue nowhere */
  readonly port?: number;
  /** On which address that is. @defaultValue 127.0.0.1 */
  readonly host?: string;
  /** Settings of `redis.conf`, such as `maxmemory`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Starts its program, such as in another network namespace. @defaultValue Node's own */
  readonly spawn?: typeof spawn;
}

/**
 * Starts one that trusts whoever reaches it.
 *
 * @param whenOver is given what ends it, such as `onTestFinished`
 */
export async function startRedisServer(
  whenOver: (stop: () => Promise<void>) => void,
  { isPersistent = false, port = 0, host = "127.0.0.1", settings = {}, spawn: spawnServer = spawn }: RedisOptions = {},
): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-redis-"));
  const socket = join(folder, "redis.sock");
  let server: ChildProcess | null = null;

  async function start(): Promise<void> {
    const all = {
      ...{ port: String(port), bind: host, "protected-mode": "no", unixsocket: socket, dir: folder, save: "" },
      ...{ appendonly: isPersistent ? "yes" : "no", appendfsync: "always", ...settings },
    };
    const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawnServer(process.env.PLAYHEAD_REDIS_SERVER ?? "redis-server", args, {
      stdio: ["ignore", "pipe", "inherit"],
    });
    server = child;
    let said = "";
    for await (const line of createInterface(child.stdout)) {
      said += `${line}\n`;
      if (!/ready to accept connections/i.test(line)) continue;
      child.stdout.resume();
      return;
    }
    throw new Error(`expected Redis to start, got: ${said}`);
  }

  async function end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill(signal);
    await ended;
  }

  whenOver(async () => {
    await end("SIGTERM");
    await rm(folder, { recursive: true });
  });
  await start();
  return {
    socket,
    pid: () => (server === null || server.signalCode !== null ? null : (server.pid ?? null)),
    kill: () => end("SIGKILL"),
    start,
  };
}

/**
 * Starts one that keeps nothing.
 *
 * @returns the path of its socket, once it takes connections
 */
export async function startRedis(whenOver: (stop: () => Promise<void>) => void): Promise<string> {
  return (await startRedisServer(whenOver)).socket;
}
