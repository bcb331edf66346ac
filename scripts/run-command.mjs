// Runs one program of the gate: in its own process group and within a limit, so that a hung one cannot hold up the rest.
import { spawn } from "node:child_process";

/** From asking politely to killing. */
const GRACE_MS = 5_000;

/** How long the output of a program that has ended may take to arrive. */
const PIPE_PATIENCE_MS = 1_000;

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** Signals a program and everything it started (which share its process group). */
function signal(child, name) {
  try {
    if (process.platform === "win32") child.kill(name);
    else process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/** Ctrl-C reaches only our own group: hand it on, or the programs would outlive us. */
for (const [name, exitCode] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(name, () => {
    for (const child of running) signal(child, "SIGKILL");
    process.exit(exitCode);
  });
}

/**
 * Runs a Node script and resolves when it has ended; never rejects.
 * @param {readonly string[]} args the script and its arguments
 * @param {{ limitMs: number, show?: boolean, environment?: Record<string, string> }} options `show` lets it write to our
 *   terminal as it goes; otherwise what it writes is collected
 * @returns {Promise<{ ok: boolean, output: string, durationMs: number, timedOut: boolean }>}
 */
export function runNode(args, { limitMs, show = false, environment = {} }) {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const child = spawn(process.execPath, args, {
      detached: process.platform !== "win32",
      env: { ...process.env, ...environment },
      stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
    });
    running.add(child);
    let output = "";
    let timedOut = false;
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout?.setEncoding("utf8").on("data", collect);
    child.stderr?.setEncoding("utf8").on("data", collect);

    let kill;
    const limit = setTimeout(() => {
      timedOut = true;
      collect(`stopped: not finished after its limit of ${limitMs / 1000} s\n`);
      signal(child, "SIGTERM");
      kill = setTimeout(() => signal(child, "SIGKILL"), GRACE_MS);
    }, limitMs);

    const finish = (ok) => {
      if (!running.delete(child)) return;
      clearTimeout(limit);
      clearTimeout(kill);
      // What it left behind in its group would hold its pipes, its ports, or the machine.
      if (child.pid !== undefined) signal(child, "SIGKILL");
      resolve({ ok: ok && !timedOut, output, durationMs: performance.now() - startedMs, timedOut });
    };
    child.once("error", (error) => {
      collect(`${error.message}\n`);
      finish(false);
    });
    child.once("exit", (code) => {
      // The last of what it wrote may still be on its way; a grandchild that keeps the pipe open is not waited for.
      child.once("close", () => finish(code === 0));
      setTimeout(finish, PIPE_PATIENCE_MS, code === 0).unref();
    });
  });
}
