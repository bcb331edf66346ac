// One run of bench/faults.ts, in a process of its own: a program of functions of some 30 µs each, now and then one that
// waits for something, instrumented or not. Prints its metrics as JSON.
import { createHash } from "node:crypto";
import { createHttpTransport, createPlayhead, monitor, setCurrentObserver } from "@playhead/sdk";

interface Options {
  /** Null: the functions are bare. */
  readonly server: { readonly url: string; readonly apiKey: string; readonly spool: string } | null;
  readonly calls: number;
}

const { server, calls }: Options = JSON.parse(process.argv[2] ?? "{}");
const block = Buffer.alloc(16_384, "x");

function digest(number: number, name: string): string {
  block.writeUInt32LE(number);
  return createHash("sha256").update(block).update(name).digest("hex");
}
async function settle(text: string): Promise<string> {
  await new Promise((resolve) => setImmediate(resolve));
  return text.slice(0, 8);
}

const playhead =
  server === null
    ? null
    : createPlayhead({
        transport: createHttpTransport({ ...server, timeoutMs: 2_000, spool: { folder: server.spool } }),
        warn: () => undefined,
      });
if (playhead !== null) setCurrentObserver(playhead.observer);
const run = { digest: playhead ? monitor(digest) : digest, settle: playhead ? monitor(settle) : settle };

let sum = "";
const work = async (count: number) => {
  for (let n = 0; n < count; n++) {
    const text = run.digest(n, "clip");
    if (n % 20 === 0) sum = await run.settle(text + sum);
  }
};
// What is recorded before the budget takes hold is no matter of this bench.
await work(calls / 10);
const before = process.cpuUsage();
const startedMs = performance.now();
await work(calls);
const wallMs = performance.now() - startedMs;
const { user, system } = process.cpuUsage(before);
const report = playhead?.monitoring();
console.log(
  JSON.stringify({
    wall_ms: wallMs,
    cpu_ms: (user + system) / 1_000,
    per_call_us: (wallMs * 1_000) / calls,
    summarized_calls: report?.summarized_calls ?? 0,
    lost_records: report?.lost_records ?? 0,
    own_cost_ms: report?.own_cost_ms ?? 0,
  }),
);
// What waits is no matter of this bench.
process.exit(sum === "" ? 1 : 0);
