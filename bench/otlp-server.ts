// The server of bench/otlp.ts: says for how long its loop was held by whatever it did between two words.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { configSchema, startServer } from "@playhead/server";

/** What a request cost the server. */
export interface Cost {
  /** Processor time of the loop's thread between two of its turns, at most. */
  readonly held_ms: number;
  /** Of that thread in all. */
  readonly loop_cpu_ms: number;
  /** Of all threads. */
  readonly cpu_ms: number;
}

const folder = mkdtempSync(path.join(os.tmpdir(), "playhead-otlp-"));
mkdirSync(path.join(folder, "pages"));
writeFileSync(path.join(folder, "pages/index.html"), "");
const server = await startServer({
  config: configSchema.parse({ port: 0, data: path.join(folder, "data") }),
  dashboardFolder: path.join(folder, "pages"),
  version: "bench",
  log: () => undefined,
});
const say = (answer: object) => console.log(JSON.stringify(answer));
const msOf = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1_000;

// Counted in processor time: what else the machine does holds nobody's loop.
let heldMs = 0;
let lastMs = msOf(process.threadCpuUsage());
setInterval(() => {
  const nowMs = msOf(process.threadCpuUsage());
  heldMs = Math.max(heldMs, nowMs - lastMs);
  lastMs = nowMs;
}, 1).unref();

say({ url: server.url, key: server.accessKey });
let before = { loop: process.threadCpuUsage(), all: process.cpuUsage() };
for await (const word of createInterface({ input: process.stdin })) {
  if (word === "begin") {
    heldMs = 0;
    before = { loop: process.threadCpuUsage(), all: process.cpuUsage() };
    say({});
  } else {
    const loop_cpu_ms = msOf(process.threadCpuUsage()) - msOf(before.loop);
    say({ held_ms: heldMs, loop_cpu_ms, cpu_ms: msOf(process.cpuUsage(before.all)) } satisfies Cost);
  }
}
await server.close();
rmSync(folder, { recursive: true });
