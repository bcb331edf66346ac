import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A real server in a process of its own, with data of its own. */
export interface DashboardServer {
  readonly origin: string;
  readonly key: string;
  /** Its data folder, in which it runs: its configuration file is there, too. */
  readonly data: string;
  /** The link that signs in, as the server prints it. */
  readonly signInUrl: string;
  /** Ends the process as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again, at the same address, on the same data. */
  restart(): Promise<void>;
  /** Ends it, and removes its data. */
  close(): Promise<void>;
}

const MAIN = join(import.meta.dirname, "../../../packages/cli/src/main.ts");
/** What would change how a server behaves here. */
const STEERING = /^(PLAYHEAD_(?!CHROMIUM)|WEBSOCKET_PORT$|NODE_(?!COMPILE_CACHE$)|VITEST)/;

/** What this machine is doing meanwhile is no matter of the tests. */
export const QUIET = {
  MONITORING_CPU_THRESHOLD: "100",
  MONITORING_MEMORY_THRESHOLD: "100",
  MONITORING_MEMORY_CRITICAL_THRESHOLD: "100",
  MONITORING_DISK_THRESHOLD: "100",
};

interface Announcement {
  readonly url: string;
  readonly sign_in_url: string;
}

/**
 * Starts a server on a free port.
 *
 * @param settings as the environment gives them, such as `PLAYHEAD_STALL_AFTER_MS`
 */
export async function startDashboardServer(settings: Readonly<Record<string, string>> = {}): Promise<DashboardServer> {
  const data = await mkdtemp(join(tmpdir(), "playhead-dashboard-"));
  let running = await start(data, 0, settings);
  const { url, sign_in_url: signInUrl } = running.announcement;
  const { origin, port, searchParams } = new URL(signInUrl, url);
  return {
    origin,
    data,
    key: searchParams.get("key") ?? "",
    signInUrl,
    kill: () => running.end("SIGKILL"),
    async restart() {
      await running.end("SIGKILL");
      running = await start(data, Number(port), settings);
    },
    async close() {
      await running.end("SIGTERM");
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function start(data: string, port: number, settings: Readonly<Record<string, string>>) {
  const args = ["--conditions=playhead-src", MAIN, "serve", "--data", data, "--port", String(port), "--json"];
  const inherited = Object.entries(process.env).filter(([name]) => !STEERING.test(name));
  const env = { ...Object.fromEntries(inherited), ...QUIET, ...settings };
  const child = spawn(process.execPath, args, { cwd: data, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  let faults = "";
  child.stderr.on("data", (chunk) => {
    faults += chunk;
  });
  const lines = createInterface({ input: child.stdout });
  const announcement = Promise.withResolvers<Announcement>();
  lines.on("line", (line) => {
    const told = JSON.parse(line) as Announcement & { readonly type: string };
    if (told.type === "serving") announcement.resolve(told);
  });
  void ended.then(() => announcement.reject(new Error(`the server ended before it served:\n${faults}`)));
  return {
    announcement: await announcement.promise,
    async end(signal: NodeJS.Signals) {
      child.kill(signal);
      await ended;
    },
  };
}
