import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { traceEnv, withTraceparent } from "./current-trace.ts";

const run = promisify(execFile);
const OUTER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const module = new URL("./current-trace.ts", import.meta.url).href;

async function childSays(env: NodeJS.ProcessEnv): Promise<string> {
  const code = `import { traceparent } from ${JSON.stringify(module)}; console.log(traceparent());`;
  const args = ["--conditions=playhead-src", "--input-type=module", "--eval", code];
  const { stdout } = await run(process.execPath, args, { env, timeout: 60_000 });
  return stdout.trim();
}

test("a child process takes part in the trace that its environment names", async () => {
  expect(await childSays(withTraceparent(OUTER, () => traceEnv()))).toBe(OUTER);
  expect(await childSays({ ...process.env, TRACEPARENT: "nonsense" })).toBe("null");
});

test("so does a worker thread", async () => {
  const code = `import(${JSON.stringify(module)}).then(({ traceparent }) =>
    require("node:worker_threads").parentPort.postMessage(traceparent()));`;
  const execArgv = ["--conditions=playhead-src"];
  const worker = withTraceparent(OUTER, () => new Worker(code, { eval: true, env: traceEnv(), execArgv }));
  const [said] = await once(worker, "message");
  await worker.terminate();
  expect(said).toBe(OUTER);
});
