import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { appendFile, chown, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";

/** A real PostgreSQL, on a socket in a folder of its own. */
export interface PostgresServer {
  /** Of a new, empty database, such as `postgresql://postgres@/test_1a2b?host=/tmp/…`. */
  createDatabase(): Promise<string>;
  /** The same over TCP. */
  createTcpDatabase(): Promise<string>;
  /** Ends it within a moment, as a machine that loses its power would. */
  kill(): Promise<void>;
  /** Starts it again after {@link PostgresServer.kill}, with what it had stored. */
  start(): Promise<void>;
}

export interface PostgresOptions {
  /** Settings of `postgresql.conf`, such as `wal_level`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where it also listens on TCP. @defaultValue nowhere */
  readonly address?: { readonly host: string; readonly port: number };
  /** Starts its program, such as in another network namespace. @defaultValue Node's own */
  readonly spawn?: typeof spawn;
}

/** Where Debian, Ubuntu and Homebrew have the programs that are on nobody's PATH. */
const HOMES = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"];
/** What is written outlives the end of the process all the same, and a test machine need not outlive its power. */
const QUICK = { fsync: "off", full_page_writes: "off" };

/**
 * Starts one that trusts whoever reaches its socket.
 *
 * @param whenOver is given what ends it, such as `onTestFinished`
 */
export async function startPostgres(
  whenOver: (stop: () => Promise<void>) => void,
  { settings = {}, address, spawn: spawnServer = spawn }: PostgresOptions = {},
): Promise<PostgresServer> {
  const programs = await findPrograms();
  const folder = await mkdtemp(join(tmpdir(), "playhead-postgres-"));
  const owner = await unprivilegedUser();
  if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid);
  const data = join(folder, "data");
  let server: ChildProcess | null = null;

  async function start(): Promise<void> {
    const all = { ...QUICK, listen_addresses: address?.host ?? "", ...settings };
    const listen = address === undefined ? [] : ["-p", String(address.port)];
    const options = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = spawnServer(join(programs, "postgres"), ["-D", data, "-k", folder, ...listen, ...options], {
      ...owner,
      stdio: ["ignore", "ignore", "pipe"],
    });
    server = child;
    let said = "";
    for await (const line of createInterface(child.stderr)) {
      said += `${line}\n`;
      if (!/ready to accept connections/.test(line)) continue;
      child.stderr.resume();
      return;
    }
    throw new Error(`expected PostgreSQL to start, got: ${said}`);
  }

  async function end(signal: "SIGQUIT" | "SIGKILL"): Promise<void> {
    const child = server;
    server = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    // They hold its pipe, too: once that is closed, all of them have ended.
    const ended = once(child, "close");
    const children = signal === "SIGKILL" ? await childrenOf(child) : [];
    child.kill(signal);
    for (const pid of children) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended by itself.
      }
    }
    await ended;
  }

  async function createDatabase(): Promise<string> {
    const name = `test_${randomBytes(6).toString("hex")}`;
    const client = new pg.Client(urlOf("postgres"));
    await client.connect();
    try {
      await client.query(`CREATE DATABASE ${name}`);
    } finally {
      await client.end();
    }
    return name;
  }

  /** The socket's name has the port in it. */
  const urlOf = (name: string) =>
    `postgresql://postgres@/${name}?host=${encodeURIComponent(folder)}&port=${address?.port ?? 5432}`;

  whenOver(async () => {
    await end("SIGQUIT");
    await rm(folder, { recursive: true, force: true });
  });
  await run(join(programs, "initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], owner);
  // On an address that others reach, it trusts those who are in the same network.
  if (address !== undefined) await appendFile(join(data, "pg_hba.conf"), "host all all samenet trust\n");
  await start();
  return {
    createDatabase: async () => urlOf(await createDatabase()),
    async createTcpDatabase() {
      if (address === undefined) throw new Error("expected an address to listen on, got none");
      return `postgresql://postgres@${address.host}:${address.port}/${await createDatabase()}`;
    },
    kill: () => end("SIGKILL"),
    start,
  };
}

/** The processes that serve its clients and write its files; where the system does not say, they end by themselves. */
async function childrenOf({ pid }: ChildProcess): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}

async function findPrograms(): Promise<string> {
  const named = process.env.PLAYHEAD_POSTGRES;
  if (named !== undefined) return join(named, "..");
  const onPath = (process.env.PATH ?? "").split(":").find((folder) => existsSync(join(folder, "initdb")));
  if (onPath !== undefined) return onPath;
  for (const home of HOMES) {
    const versions = await readdir(home).catch(() => []);
    // The newest first.
    for (const version of versions.toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }))) {
      const folder = join(home, version, "bin");
      if (existsSync(join(folder, "initdb"))) return folder;
    }
  }
  throw new Error("expected PostgreSQL's initdb on the PATH or under /usr/lib/postgresql, found none");
}

/** PostgreSQL does not run as root. */
async function unprivilegedUser(): Promise<{ readonly uid?: number; readonly gid: number }> {
  const gid = process.getgid?.() ?? 0;
  if (process.getuid?.() !== 0) return { gid };
  const users = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const user = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  return { uid: Number(user?.[2]), gid: Number(user?.[3]) };
}

async function run(program: string, args: readonly string[], owner: { readonly gid: number }): Promise<void> {
  const child = spawn(program, args, { ...owner, stdio: ["ignore", "ignore", "pipe"] });
  const [said, [code]] = await Promise.all([child.stderr.toArray(), once(child, "exit")]);
  if (code !== 0) throw new Error(`expected ${program} to succeed, got exit ${code}: ${said.join("")}`);
}
