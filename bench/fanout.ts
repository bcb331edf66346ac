// What does it cost to tell many clients? Playhead's gateway against raw `ws` (each event serialised once) and Socket.IO,
// with the same events, clients and pace; server and clients are processes of their own.
// usage: node --conditions=playhead-src bench/fanout.ts [--quick]
import type { Workload } from "./fanout-workload.ts";
import { type Metrics, printReport, ratioOf, runFile, runRounds, say, spreadOf } from "./report.ts";

const quick = process.argv.includes("--quick");
const SECONDS = quick ? 4 : 10;
const ROUNDS = quick ? 1 : 3;

/** Ten facts of a job at a time, as a worker's batch brings them; and jobs of which each has a tick now and then. */
const NOBODY_SLOW = { heavyBytesPerSecond: 0, seconds: SECONDS };
const WORKLOADS: Readonly<Record<string, Workload>> = {
  "1,000 on one job": { jobs: 1, clients: 1_000, burst: 10, burstsPerSecond: 2, ...NOBODY_SLOW },
  "5,000 on one job": { jobs: 1, clients: 5_000, burst: 10, burstsPerSecond: 1, ...NOBODY_SLOW },
  "5,000 jobs": { jobs: 5_000, clients: 5_000, burst: 1, burstsPerSecond: 2, ...NOBODY_SLOW },
};
const PEERS = {
  "one event a frame": { peer: "playhead", gathered: false },
  gathered: { peer: "playhead", gathered: true },
  "raw ws": { peer: "raw ws", gathered: false },
  "socket.io": { peer: "socket.io", gathered: false },
} as const;

const variants = Object.keys(WORKLOADS).flatMap((load) => Object.keys(PEERS).map((peer) => `${load}: ${peer}`));
say(`${ROUNDS} rounds of ${variants.length} runs, ${SECONDS} s each`);
const samples = await runRounds({
  variants,
  rounds: ROUNDS,
  run: async (variant): Promise<Metrics> => {
    const [load = "", peer = ""] = variant.split(": ");
    return runFile("./fanout-clients.ts", { ...WORKLOADS[load], ...PEERS[peer as keyof typeof PEERS] });
  },
});

const figures = [
  "deliveries_per_cpu_s",
  "events_missing",
  "events_per_frame",
  "p50_ms",
  "p99_ms",
  "kb_per_connection",
  "heap_kb_per_connection",
  "rss_kb_per_connection",
];
const results = Object.fromEntries(
  variants.map((variant) => [
    variant,
    Object.fromEntries(figures.map((name) => [name, spreadOf(samples, variant, name)])),
  ]),
);
const ratio = (metric: string, load: string, peer: string, base: string) =>
  ratioOf(samples, metric, `${load}: ${peer}`, `${load}: ${base}`).median;
const targets = Object.keys(WORKLOADS).flatMap((load) => {
  const cost = (peer: string, base: string) => ratio("deliveries_per_cpu_s", load, peer, base);
  const weight = () => spreadOf(samples, `${load}: gathered`, "kb_per_connection").median;
  return [
    { name: `${load}: deliveries by raw ws's`, value: cost("one event a frame", "raw ws"), at_least: 0.85 },
    { name: `${load}: deliveries by Socket.IO's`, value: cost("one event a frame", "socket.io"), at_least: 1.6 },
    { name: `${load}: p99 by raw ws's`, value: ratio("p99_ms", load, "one event a frame", "raw ws"), at_most: 1.25 },
    ...(load === "5,000 jobs" ? [] : manyEventsTargets(load, cost("gathered", "raw ws"))),
    ...(load.startsWith("5,000") ? [{ name: `${load}: kB a connection`, value: weight(), at_most: 15 }] : []),
  ];
});

/** Where events come alone there is nothing to gather, and a tick that is late is replaced by the next one. */
function manyEventsTargets(load: string, gathered: number) {
  const missing = spreadOf(samples, `${load}: gathered`, "events_missing").max;
  return [
    { name: `${load}, gathered: deliveries by raw ws's`, value: gathered, at_least: 4 },
    { name: `${load}: facts missing`, value: missing, at_most: 0 },
  ];
}

const met = printReport({
  bench: "fanout",
  question: "What does it cost a server to tell many clients what happens?",
  date: new Date(),
  settings: { rounds: ROUNDS, seconds: SECONDS, workloads: WORKLOADS },
  results,
  targets,
});
process.exitCode = met ? 0 : 1;
