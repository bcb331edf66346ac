import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createPlayhead } from "../playhead.ts";
import { createLedger } from "../testing/ledger.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { until } from "../testing/until.ts";
import { createHttpTransport } from "../transport/http-transport.ts";

let folder = "";
let server: TestServer;
let ledger = createLedger();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "playhead-kill-"));
  ledger = createLedger();
  server = await startTestServer(ledger.answer);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Another process with a Playhead. */
function startWorker(program: string) {
  const index = new URL("../index.ts", import.meta.url).href;
  const options = JSON.stringify({ url: server.url, apiKey: "k", spool: { folder } });
  const source = `import { createHttpTransport, createPlayhead } from ${JSON.stringify(index)};
    const transport = createHttpTransport(${options});
    const playhead = createPlayhead({ transport, source: "killed" });
    ${program}`;
  const args = ["--conditions=playhead-src", "--input-type=module-typescript", "--eval", source];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

/** Records that wait in the folder, whole. */
function linesOnDisk(): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ndjson"));
  return files.reduce((sum, name) => sum + readFileSync(join(folder, name), "utf8").split("\n").length - 1, 0);
}

/** A start as anybody's: it delivers what is there, and has nothing of its own. */
async function startNext(): Promise<void> {
  const playhead = createPlayhead({
    transport: createHttpTransport({ url: server.url, apiKey: "k", spool: { folder } }),
  });
  expect(await playhead.close({ timeoutMs: 30_000 })).toBe(true);
}

test("what a worker recorded while the server was away outlives its kill, and arrives once", async () => {
  ledger.mood = "unavailable";
  const worker = startWorker(`
    const job = playhead.job({ kind: "demo", id: "j" });
    for (let i = 1; i < 1_000; i += 1) job.artifact({ type: "file", name: String(i) });
    setInterval(() => undefined, 1_000);`);
  const exited = once(worker, "exit");
  await until(() => linesOnDisk() === 1_000);
  // As long as it lives, what it has on disk is its own.
  await startNext();
  expect(ledger.sources()).toEqual([]);
  worker.kill("SIGKILL");
  await exited;
  ledger.mood = "well";
  await startNext();
  expect(ledger.numbers("killed")).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
  expect(ledger.records().map(({ type }) => type)).toEqual(["job.created", ...Array(999).fill("job.artifact_added")]);
  expect(readdirSync(folder)).toEqual([]);
  await startNext();
  expect(ledger.known()).toBe(0);
});

test("a worker that ends while the server is away leaves the end of its job to the next start", async () => {
  ledger.mood = "away";
  const worker = startWorker(`
    await playhead.job({ kind: "demo", id: "j" }).run(() => ({ clips: 3 }));
    await playhead.close({ timeoutMs: 300 });`);
  const [code] = await once(worker, "exit");
  expect(code).toBe(0);
  ledger.mood = "well";
  await startNext();
  expect(ledger.records().map(({ type }) => type)).toEqual(["job.created", "job.state_changed", "job.completed"]);
});
