// Does one client that never reads harm those that do? 1,000 clients on one job, and one that follows the same job and
// another that says much: once it reads, once it does not.
// usage: node --conditions=playhead-src bench/slow-reader.ts [--quick]
import type { Workload } from "./fanout-workload.ts";
import { printReport, ratioOf, runFile, runRounds, say, spreadOf } from "./report.ts";

const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 2 : 5;
const HEAVY_BYTES_PER_SECOND = 8 * 1024 * 1024;
const workload: Workload = {
  jobs: 1,
  clients: 1_000,
  burst: 5,
  burstsPerSecond: 4,
  seconds: quick ? 6 : 15,
  heavyBytesPerSecond: 0,
};

const variants = ["all read", "one does not"];
say(`${ROUNDS} rounds of ${variants.length} runs, ${workload.seconds} s each`);
const samples = await runRounds({
  variants,
  rounds: ROUNDS,
  run: (variant) =>
    runFile("./fanout-clients.ts", {
      ...workload,
      peer: "playhead",
      gathered: false,
      heavyBytesPerSecond: HEAVY_BYTES_PER_SECOND,
      neverReads: variant === "one does not",
    }),
});

const figures = ["p50_ms", "p99_ms", "events_missing"];
const spreads = (variant: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, spreadOf(samples, variant, name)]));
const closedWith = spreadOf(samples, "one does not", "slow_closed_with");
const met = printReport({
  bench: "slow-reader",
  question: "Does one client that never reads harm those that do?",
  date: new Date(),
  settings: { rounds: ROUNDS, workload, heavy_bytes_per_second: HEAVY_BYTES_PER_SECOND },
  results: {
    "all read": spreads("all read", figures),
    "one does not": spreads("one does not", [...figures, "most_held_kb", "slow_closed_with"]),
  },
  targets: [
    {
      name: "p99 of the others, by that without",
      value: ratioOf(samples, "p99_ms", "one does not", "all read").median,
      at_most: 1.25,
    },
    {
      name: "events missing at the others",
      value: spreadOf(samples, "one does not", "events_missing").max,
      at_most: 0,
    },
    {
      name: "kB held for all clients at most, what they share counted for each",
      value: spreadOf(samples, "one does not", "most_held_kb").max,
      at_most: 4_096,
    },
    { name: "the slow one is closed with, at least", value: closedWith.min, at_least: 4002 },
    { name: "the slow one is closed with, at most", value: closedWith.max, at_most: 4002 },
  ],
});
process.exitCode = met ? 0 : 1;
