// One run of the loop of bench/overhead.ts, in a process of its own: a CPU-bound loop of functions that take a microsecond
// each, instrumented or not. Prints its metrics as JSON.
import { createPlayhead, monitor, setCurrentObserver } from "@playhead/sdk";

const { watched, calls }: { readonly watched: boolean; readonly calls: number } = JSON.parse(process.argv[2] ?? "{}");

const playhead = createPlayhead({
  transport: {
    send: async ({ records }) => ({ accepted: records.length, refused: [] }),
    onCommand: () => () => undefined,
    close: async () => undefined,
  },
});
setCurrentObserver(playhead.observer);

/** About a microsecond of arithmetic that depends on its input. */
function work(seed: number): number {
  let value = seed | 1;
  for (let round = 0; round < 800; round++) value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return value;
}

const run = watched ? monitor(work) : work;
let sum = 0;
for (let n = 0; n < 20_000; n++) sum ^= work(n);
const before = process.cpuUsage();
const startedMs = performance.now();
for (let n = 0; n < calls; n++) sum ^= run(n);
const wallMs = performance.now() - startedMs;
await playhead.flush();
const { user, system } = process.cpuUsage(before);
const report = playhead.monitoring();
await playhead.close();
const metrics = {
  loop_wall_ms: wallMs,
  loop_cpu_ms: (user + system) / 1_000,
  per_call_us: (wallMs * 1_000) / calls,
  summarized_calls: report.summarized_calls,
  own_cost_ms: report.own_cost_ms,
};
process.stderr.write(sum === 0 ? " " : "");
console.log(JSON.stringify(metrics));
