// Does one core keep up with 1,000 alert rules over windows of an hour at 2,000 events a second? And what does the worst
// expression cost that somebody may save?
// usage: node --conditions=playhead-src bench/alerts.ts [--quick]; progress on stderr, one JSON report on stdout
import { WORKLOADS } from "./alerts-workload.ts";
import { printReport, runFile, runRounds, say, spreadOf } from "./report.ts";

const isQuick = process.argv.includes("--quick");
const settings = {
  rules: 1_000,
  events_per_s: 2_000,
  seconds: isQuick ? 5 : 20,
  window_minutes: 60,
  filled_with: 100_000,
};

const workloads = Object.keys(WORKLOADS);
const samples = await runRounds({
  variants: workloads,
  rounds: 1,
  run: (workload) => {
    // What is only to show its cost is asked for less than it would fail at.
    const shorter = WORKLOADS[workload]?.isTarget === false && { events_per_s: 100, seconds: 5, filled_with: 2_000 };
    return runFile("alerts-round.ts", { ...settings, ...shorter, workload });
  },
});
const expressions = await runFile("alerts-expressions.ts", {});
say(`expressions: ${JSON.stringify(expressions)}`);

const median = (workload: string, metric: string) => spreadOf(samples, workload, metric).median;
const isMet = printReport({
  bench: "alerts",
  question: "Does one core keep up with 1,000 alert rules at 2,000 events a second, and is no expression dear?",
  date: new Date(),
  settings,
  results: { ...Object.fromEntries(workloads.map((workload) => [workload, samples[workload]?.[0]])), expressions },
  targets: [
    ...workloads
      .filter((workload) => WORKLOADS[workload]?.isTarget)
      .flatMap((workload) => [
        { name: `${workload}: CPU, of one core`, value: median(workload, "cpu_share"), at_most: 1 },
        { name: `${workload}: lag p99, ms`, value: median(workload, "lag_p99_ms"), at_most: 100 },
      ]),
    {
      name: "expressions: evaluation of the dearest, p99, ms",
      value: expressions.evaluation_p99_ms ?? Number.NaN,
      at_most: 1,
    },
  ],
});
process.exitCode = isMet ? 0 : 1;
