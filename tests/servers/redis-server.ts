import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * A real Redis, on a socket in a folder of its own, keeping nothing.
 *
 * @param whenOver is given what ends it, such as `onTestFinished`
 * @returns the path of its socket, once it takes connections
 */
export async function startRedis(whenOver: (stop: () => Promise<void>) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-redis-"));
  const socket = join(folder, "redis.sock");
  const args = ["--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "", "--appendonly", "no"];
  const redis = spawn(process.env.PLAYHEAD_REDIS_SERVER ?? "redis-server", args, {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(redis, "exit");
  whenOver(async () => {
    redis.kill();
    await ended;
    await rm(folder, { recursive: true });
  });
  for await (const line of createInterface(redis.stdout)) if (/ready to accept connections/i.test(line)) return socket;
  throw new Error("expected Redis to start, got no word of it");
}
