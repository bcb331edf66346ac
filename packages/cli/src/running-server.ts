import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject, PlayheadError } from "@playhead/core";

/** The server that has a data folder. */
export interface RunningServer {
  /** Where it can be reached from this machine. */
  readonly url: string;
  readonly pid: number;
}

const FILE_NAME = "server.json";
const KEY_FILE_NAME = "access-key";
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Says in its data folder where a server listens, for other processes of its owner, until the returned function is called.
 *
 * @throws PlayheadError `data_unwritable`
 */
export function announceServer(dataFolder: string, server: RunningServer): () => void {
  const file = join(dataFolder, FILE_NAME);
  const fresh = `${file}.${server.pid}`;
  try {
    // Written whole, then named: nobody reads half of it.
    writeFileSync(fresh, `${JSON.stringify(server)}\n`, { mode: 0o600 });
    renameSync(fresh, file);
  } catch (cause) {
    throw new PlayheadError("data_unwritable", `${file} cannot be written`, {
      hint: "check the rights of the data folder",
      cause,
    });
  }
  return () => {
    // A later server may have taken the folder over.
    if (readRunningServer(dataFolder)?.pid === server.pid) rmSync(file, { force: true });
  };
}

/** The server that says it has this data folder, and whose process lives; null when there is none. */
export function findRunningServer(dataFolder: string): RunningServer | null {
  const server = readRunningServer(dataFolder);
  return server !== null && isAlive(server.pid) ? server : null;
}

/** Whether the server at an address of this machine is the one that has the data folder. */
export function isServerOf(dataFolder: string, url: string): boolean {
  const running = findRunningServer(dataFolder);
  return running !== null && endpoint(running.url) === endpoint(url);
}

/** The access key that a server keeps in its data folder; null when there is none that we may read. */
export function readAccessKey(dataFolder: string): string | null {
  const key = readText(join(dataFolder, KEY_FILE_NAME))?.trim();
  return key === undefined || key === "" ? null : key;
}

/** An address that leads to a server on this machine which listens everywhere. */
export function reachableUrl(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}

/** Whether a host, as it stands in an address, is this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** What two addresses of one server have in common, whichever of the machine's names they use. */
function endpoint(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${protocol}//${isLoopback(hostname) ? "localhost" : hostname}:${port}`;
}

function readRunningServer(dataFolder: string): RunningServer | null {
  try {
    const value: unknown = JSON.parse(readText(join(dataFolder, FILE_NAME)) ?? "null");
    if (!isJsonObject(value) || typeof value.url !== "string" || !Number.isSafeInteger(value.pid)) return null;
    return { url: value.url, pid: value.pid as number };
  } catch {
    // Not ours, or damaged: as good as none.
    return null;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
