import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { whyNoNamespaces } from "./own-namespaces.ts";

const TRIAL = fileURLToPath(new URL("./namespaces-trial.ts", import.meta.url));
/** Where they cannot be made there is nothing to try; `chaos-cluster.system.test.ts` says whether that is so. */
const whyNot = whyNoNamespaces();

function startTrial(role: "try" | "leave") {
  const child = spawn(process.execPath, ["--conditions=playhead-src", TRIAL, "start", role], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => String((await said.next()).value) };
}

/** Processes of this machine with these arguments. */
function processesOf(...args: readonly string[]): readonly string[] {
  const wanted = args.join("\0");
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(wanted);
    } catch {
      // It has ended.
      return false;
    }
  });
}

test.skipIf(whyNot !== null)("each way to break a line does what it says to TCP, and to no other line", async () => {
  const found = JSON.parse(await startTrial("try").line());
  expect(found).toEqual({
    cut: { before: "before", meanwhile: null, fresh: "EHOSTUNREACH", after: "meanwhile" },
    frozen: { before: "before", meanwhile: null, fresh: "silence", after: "meanwhile" },
    muted: { before: "before", meanwhile: null, fresh: "silence", after: "meanwhile" },
    ofOthers: [true, false],
    unplugged: { meanwhile: null, after: "meanwhile" },
  });
});

test.skipIf(whyNot !== null)("nothing is left when the program that made them is killed", async () => {
  const { child, line } = startTrial("leave");
  expect(await line()).toBe("there");
  const left = () => processesOf("sleep", "987654");
  await vi.waitFor(() => expect(left()).toHaveLength(1), { timeout: 20_000 });
  child.kill("SIGKILL");
  await once(child, "exit");
  await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 20_000 });
});
