// How long from task.progress() in a worker to the callback of a client? Worker, server and client are processes of
// their own; the peer is a bare relay over `ws` between the same processes, with messages of the same size.
// usage: node --conditions=playhead-src bench/latency.ts [--quick]
import { printReport, runFile, runRounds, say, spreadOf } from "./report.ts";

const quick = process.argv.includes("--quick");
const JOBS = [1, 100, 1_000];
const TICKS_PER_SECOND = 2;
const SECONDS = quick ? 6 : 12;
const ROUNDS = quick ? 1 : 3;

const variants = JOBS.flatMap((jobs) => [`playhead ${jobs}`, `raw ws ${jobs}`]);
say(`${ROUNDS} rounds of ${variants.length} runs, ${SECONDS} s each`);
const samples = await runRounds({
  variants,
  rounds: ROUNDS,
  run: (variant) =>
    runFile("./latency-viewer.ts", {
      peer: variant.startsWith("raw"),
      jobs: Number(variant.split(" ").at(-1)),
      ticksPerSecond: TICKS_PER_SECOND,
      seconds: SECONDS,
    }),
});

const figures = ["p50_ms", "p99_ms", "max_ms", "ticks_measured"];
const results = Object.fromEntries(
  variants.map((variant) => [
    variant,
    Object.fromEntries(figures.map((name) => [name, spreadOf(samples, variant, name)])),
  ]),
);
const met = printReport({
  bench: "latency",
  question: "How long from task.progress() in a worker to the callback of a client?",
  date: new Date(),
  settings: {
    rounds: ROUNDS,
    seconds: SECONDS,
    of_which_warm_up: 2,
    ticks_per_second_a_job: TICKS_PER_SECOND,
    unit: "milliseconds",
  },
  results,
  targets: [
    { name: "p99 at 1,000 jobs, ms", value: spreadOf(samples, "playhead 1000", "p99_ms").median, at_most: 100 },
  ],
});
process.exitCode = met ? 0 : 1;
