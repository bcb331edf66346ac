import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
/** When each beat came, and what it said. */
const beats: { readonly atMs: number; readonly event_loop_delay_ms: number; readonly jobs: readonly string[] }[] = [];

beforeEach(async () => {
  beats.length = 0;
  server = await startTestServer((request) => {
    if (request.path.endsWith("/heartbeat")) beats.push({ atMs: performance.now(), ...JSON.parse(request.body) });
    if (request.method === "GET") return new Promise(() => undefined);
    return { body: { accepted: 0, refused: [], known: true } };
  });
});
afterEach(() => server.close());

function startWorker(program: string) {
  const index = new URL("../index.ts", import.meta.url).href;
  const source = `import { createHttpTransport, createPlayhead } from ${JSON.stringify(index)};
    const transport = createHttpTransport({ url: ${JSON.stringify(server.url)}, apiKey: "k", heartbeatMs: 200 });
    const playhead = createPlayhead({ transport, source: "busy" });
    ${program}`;
  const args = ["--conditions=playhead-src", "--input-type=module-typescript", "--eval", source];
  return spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
}

test("a worker that blocks its own thread goes on beating, and says how late it is", async () => {
  const worker = startWorker(`
    import { readSync } from "node:fs";
    await playhead.job({ kind: "demo", id: "j" }).run(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      console.log("blocking");
      readSync(0, new Uint8Array(1));
    });`);
  const exited = once(worker, "exit");
  await once(worker.stdout, "data");
  const from = performance.now();
  const during = () => beats.filter(({ atMs }) => atMs > from);
  await expect.poll(() => during().filter(({ event_loop_delay_ms }) => event_loop_delay_ms > 1_000).length).toBe(5);
  expect(during().every(({ jobs }) => jobs.join() === "j")).toBe(true);
  worker.stdin.end("x");
  const to = performance.now();
  // Neither thread nor timer keeps the process alive, though they would wait half a minute for a next job.
  expect(await exited).toEqual([0, null]);
  expect(performance.now() - to).toBeLessThan(20_000);
});
