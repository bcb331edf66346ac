import { spawn } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { recordsIn, startTestServer, type TestServer, takenAll } from "./testing/test-server.ts";

/** Less than what waits for a next job would hold on: whose work is done ends by itself. */
const SOON_MS = 20_000;

const servers: TestServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Runs a program to its end; one that does not end by itself fails the test by its time limit. */
async function run(
  program: string,
  url: string,
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const index = new URL("./index.ts", import.meta.url).href;
  const source = `import { createHttpTransport, createPlayhead } from ${JSON.stringify(index)};
    const playhead = createPlayhead({ transport: createHttpTransport({ url: ${JSON.stringify(url)}, apiKey: "k" }) });
    ${program}`;
  const args = ["--conditions=playhead-src", "--input-type=module-typescript", "--eval", source];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { exitCode, output: output.join("") };
}

async function startServer(): Promise<{ readonly url: string; readonly types: () => string[] }> {
  const types: string[] = [];
  const server = await startTestServer((request) => {
    if (request.method === "GET") return new Promise(() => undefined);
    types.push(...recordsIn(request).records.map(({ type }) => type));
    return { body: takenAll(request) };
  });
  servers.push(server);
  return { url: server.url, types: () => types };
}

test("a program that just ends has delivered everything before it exits", async () => {
  const { url, types } = await startServer();
  const startMs = performance.now();
  const { exitCode, output } = await run(
    `await playhead.job({ kind: "demo" }).run(({ job }) => job.task({}, (task) => task.progress(0.5)));`,
    url,
  );
  expect({ exitCode, output }).toEqual({ exitCode: 0, output: "" });
  expect(performance.now() - startMs).toBeLessThan(SOON_MS);
  expect(types()).toEqual([
    "job.created",
    "job.state_changed",
    "task.created",
    "task.started",
    "progress.updated",
    "task.completed",
    "job.completed",
  ]);
});

test("close lets a program end at once, though a job is open and the server is away", async () => {
  const { url } = await startServer();
  await servers.splice(0)[0]?.close();
  const { exitCode, output } = await run(
    `playhead.job({ kind: "demo" }).start(); console.log(await playhead.close({ timeoutMs: 100 }));`,
    url,
  );
  expect(exitCode).toBe(0);
  expect(output).toContain("false\n");
  expect(output).toContain("playhead: closed, though the server has not got all that was recorded");
});
