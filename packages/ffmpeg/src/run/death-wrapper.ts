import { execFile } from "node:child_process";
import { findInPath } from "../system/locate.ts";

let wrapper: Promise<readonly string[]> | undefined;

/**
 * The command that goes before a program's own so that the kernel ends the program when we die (strictly: when the
 * thread that started it ends), however we die:
 * `setpriv --pdeathsig KILL`, which replaces itself by the program, so that the process id stays. Empty where there is
 * none (not Linux, or BusyBox's `setpriv`); the reaper then does it at the next start. Looked for once a process.
 */
export function deathWrapper(): Promise<readonly string[]> {
  wrapper ??= findWrapper();
  return wrapper;
}

async function findWrapper(): Promise<readonly string[]> {
  if (process.platform !== "linux") return [];
  const setpriv = await findInPath("setpriv", process.env.PATH);
  if (setpriv === null) return [];
  const args = ["--pdeathsig", "KILL"];
  const works = await new Promise<boolean>((resolve) => {
    execFile(setpriv, [...args, "true"], { timeout: 5_000, killSignal: "SIGKILL" }, (error) => resolve(error === null));
  });
  return works ? [setpriv, ...args] : [];
}
