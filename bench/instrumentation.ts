// What does a recorded call cost? Playhead's wrappers against a span of OpenTelemetry (5 attributes, batch processor) and
// of Sentry, in turns, each in a process of its own: processor time of the thread and bytes allocated, by call, all that
// happens until an exporter has the batch included. What a call costs that does nothing is part of each figure.
// usage: node --conditions=playhead-src bench/instrumentation.ts [--quick]
import { printReport, ratioOf, runFile, runRounds, type Samples, spreadOf } from "./report.ts";

const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 3 : 7;
const VARIANTS = [
  "bare",
  "off",
  "trackPerformance",
  "monitorExecution",
  "monitor",
  "as NDJSON",
  "opentelemetry",
  "sentry",
];
const MEASURES = ["sync_ns", "async_ns", "throw_ns", "sync_bytes", "async_bytes", "throw_bytes"] as const;
const OTEL = "opentelemetry";

const samples = await runRounds({
  variants: VARIANTS,
  rounds: ROUNDS,
  run: (variant) => runFile("./instrumentation-round.ts", { variant, quick }, ["--expose-gc"]),
});

const ratio = (variant: string, metric: string) => ratioOf(samples, metric, variant, OTEL);
const met = printReport({
  bench: "instrumentation",
  question: "What does a recorded call cost, beside a span of OpenTelemetry?",
  date: new Date(),
  settings: { rounds: ROUNDS, arguments: 3, attributes: 5, context: "within a job, within a span" },
  results: Object.fromEntries(VARIANTS.map((variant) => [variant, resultsOf(samples, variant)])),
  targets: [
    { name: "full record, sync ÷ OpenTelemetry", value: ratio("monitorExecution", "sync_ns").median, at_most: 0.35 },
    {
      name: "trackPerformance, sync ÷ OpenTelemetry",
      value: ratio("trackPerformance", "sync_ns").median,
      at_most: 0.1,
    },
    {
      name: "trackPerformance, async ÷ OpenTelemetry",
      value: ratio("trackPerformance", "async_ns").median,
      at_most: 0.2,
    },
    {
      name: "full record, throwing ÷ OpenTelemetry",
      value: ratio("monitorExecution", "throw_ns").median,
      at_most: 0.4,
    },
    { name: "off, sync ÷ OpenTelemetry", value: ratio("off", "sync_ns").median, at_most: 0.04 },
  ],
});
process.exitCode = met ? 0 : 1;

function resultsOf(all: Samples, variant: string) {
  return Object.fromEntries(
    MEASURES.flatMap((metric) => [
      [metric, spreadOf(all, variant, metric)],
      [`${metric}_by_opentelemetry`, ratio(variant, metric)],
    ]),
  );
}
