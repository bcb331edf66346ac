import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

/** Processes in a world of their own: when the first of them ends, so do all, and the network between them is gone. */
const OWN = ["--net", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"];
/** Who is not root is so in a world of their own. PostgreSQL does not run as root: so they stay who they are, with its rights. */
const OWN_RIGHTS = ["--user", "--map-current-user", "--keep-caps"];
/** The program `ip` of iproute2. */
export const IP = process.env.PLAYHEAD_IP ?? "ip";
/** Everything that `namespaces.ts` asks for. */
const TRIAL = "$0 link add hub type bridge && $0 link add port type veth peer name eth0 && exec nsenter --version";

function unshareArgs(): readonly string[] {
  return process.getuid?.() === 0 ? OWN : [...OWN_RIGHTS, ...OWN];
}

/** Why network namespaces cannot be made here; null where they can. */
export function whyNoNamespaces(): string | null {
  if (process.platform !== "linux") return `they are Linux', and this is ${process.platform}`;
  const { error, status, stderr } = spawnSync("unshare", [...unshareArgs(), "sh", "-c", TRIAL, IP], {
    encoding: "utf8",
  });
  if (error !== undefined) return `unshare (util-linux) cannot be run: ${error.message}`;
  return status === 0 ? null : `this user or this system may not: ${stderr.trim() || `exit ${status}`}`;
}

/**
 * Runs a file in a Node of its own, in namespaces of its own where asked to. It ends with this process, however that ends.
 *
 * @returns its exit code
 */
export async function runApart(file: string, args: readonly string[], inNamespaces: boolean): Promise<number> {
  const node = [process.execPath, ...process.execArgv, file, ...args];
  const [program = "", ...rest] = inNamespaces ? ["unshare", ...unshareArgs(), ...node] : node;
  const child = spawn(program, rest, { stdio: ["pipe", "inherit", "inherit"] });
  const [code] = await once(child, "close");
  return code ?? 1;
}

/** For such a file: ends this process when the one that started it is gone. */
export function endWithStarter(): void {
  process.stdin.on("close", () => process.exit(1)).resume();
  if ("unref" in process.stdin) process.stdin.unref();
}
