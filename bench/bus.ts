// What does it cost to say what happens over Redis? Publisher and gateway are processes of their own; the peer is plain
// PUBLISH and SUBSCRIBE of the same frames between the same processes: no state, no numbers, nothing that repairs.
// usage: node --conditions=playhead-src bench/bus.ts [--quick]
import { startRedis } from "../tests/servers/redis-server.ts";
import { printReport, ratioOf, runFile, runRounds, say, spreadOf } from "./report.ts";

const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 1 : 3;
const FACTS = quick ? 20_000 : 50_000;
const JOBS = 500;
const PACED_PER_SECOND = 1_000;
const PACED_SECONDS = 3;

const stops: (() => Promise<void>)[] = [];
const socket = await startRedis((stop) => stops.push(stop));
const ways = ["flushes of 1", "flushes of 20", "at a pace"];
const variants = ways.flatMap((way) => [`playhead, ${way}`, `plain pub/sub, ${way}`]);
say(`${ROUNDS} rounds of ${variants.length} runs`);
const samples = await runRounds({
  variants,
  rounds: ROUNDS,
  run: (variant) => {
    const isPaced = variant.endsWith("pace");
    return runFile("./bus-round.ts", {
      ...{ socket, jobs: JOBS, isPlain: variant.startsWith("plain"), batch: variant.endsWith("20") ? 20 : 1 },
      ...{ facts: isPaced ? PACED_PER_SECOND * PACED_SECONDS : FACTS, perSecond: isPaced ? PACED_PER_SECOND : 0 },
    });
  },
});
for (const stop of stops) await stop();

const figuresOf = (variant: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, spreadOf(samples, variant, name)]));
const results = Object.fromEntries(
  variants.map((variant) => [
    variant,
    variant.endsWith("pace")
      ? figuresOf(variant, ["p50_ms", "p99_ms"])
      : figuresOf(variant, ["published_per_second", "delivered_per_second", "bytes_per_job"]),
  ]),
);
const paced = (name: string) =>
  spreadOf(samples, "playhead, at a pace", name).median - spreadOf(samples, "plain pub/sub, at a pace", name).median;
const deliveries = ratioOf(samples, "delivered_per_second", "playhead, flushes of 20", "plain pub/sub, flushes of 20");
const met = printReport({
  bench: "bus",
  question: "What does it cost to say what happens over Redis, against its plain PUBLISH and SUBSCRIBE?",
  date: new Date(),
  settings: { rounds: ROUNDS, jobs: JOBS, facts: FACTS, paced_per_second: PACED_PER_SECOND, frame_bytes: 250 },
  results: {
    ...results,
    "added at a pace": { p50_ms: paced("p50_ms"), p99_ms: paced("p99_ms") },
    "deliveries by plain ones": deliveries,
  },
  targets: [
    { name: "deliveries, by plain ones of the same round", value: deliveries.median, at_least: 0.35 },
    { name: "added latency p99, ms", value: paced("p99_ms"), at_most: 20 },
  ],
});
process.exitCode = met ? 0 : 1;
