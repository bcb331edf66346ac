// How many facts a second can be stored, against a bare loop of inserts into the same table, in a new database and in
// one of five million facts? Targets: issue 2.
// usage: node --conditions=playhead-src bench/ingest.ts [--quick]; progress on stderr, one JSON report on stdout
import type { RoundOptions } from "./ingest-round.ts";
import { printReport, ratioOf, runFile, runRounds, spreadOf } from "./report.ts";

const isQuick = process.argv.includes("--quick");
const settings = {
  rounds: isQuick ? 3 : 5,
  jobs: 5_000,
  warmup: 60_000,
  facts: isQuick ? 100_000 : 300_000,
  aged: isQuick ? 500_000 : 5_000_000,
  group: 2_000,
};

const { rounds, jobs, warmup, facts } = settings;
/** Which variants grow old; the whole ingest keeps all its jobs in memory, which is another question. */
const AGED: Readonly<Record<RoundOptions["variant"], number | null>> = {
  store: settings.aged,
  raw: settings.aged,
  raw_indexed: settings.aged,
  ingest: null,
};

const samples = await runRounds({
  variants: Object.keys(AGED),
  rounds,
  run: async (variant) => {
    const options = { variant: variant as RoundOptions["variant"], jobs, warmup, facts };
    const metrics = await runFile("ingest-round.ts", {
      ...options,
      aged: AGED[options.variant],
    } satisfies RoundOptions);
    const { fresh_per_s: fresh = Number.NaN, aged_per_s: aged } = metrics;
    // Both ends of one database's life: the ratio within a process.
    return aged === undefined ? metrics : { ...metrics, aged_by_fresh: aged / fresh };
  },
});

const results = {
  facts_per_s: Object.fromEntries(
    Object.entries(AGED).map(([variant, aged]) => [
      variant,
      {
        fresh: spreadOf(samples, variant, "fresh_per_s"),
        ...(aged !== null && {
          aged: spreadOf(samples, variant, "aged_per_s"),
          aged_by_fresh: spreadOf(samples, variant, "aged_by_fresh"),
        }),
      },
    ]),
  ),
  cpu_us_per_fact: Object.fromEntries(
    Object.keys(AGED).map((variant) => [variant, spreadOf(samples, variant, "fresh_cpu_us")]),
  ),
  by_raw: {
    store_fresh: ratioOf(samples, "fresh_per_s", "store", "raw"),
    store_aged: ratioOf(samples, "aged_per_s", "store", "raw"),
    ingest_fresh: ratioOf(samples, "fresh_per_s", "ingest", "raw"),
    raw_indexed_fresh: ratioOf(samples, "fresh_per_s", "raw_indexed", "raw"),
    raw_indexed_aged: ratioOf(samples, "aged_per_s", "raw_indexed", "raw"),
  },
};

const isMet = printReport({
  bench: "ingest",
  question: "How many facts a second are stored for good, against a bare batch insert into the same table?",
  date: new Date(),
  settings,
  results,
  targets: [
    { name: "store / raw, fresh", value: results.by_raw.store_fresh.median, at_least: 0.6 },
    {
      name: "store, facts a second, fresh",
      value: spreadOf(samples, "store", "fresh_per_s").median,
      at_least: 100_000,
    },
    {
      name: "whole ingest, facts a second, fresh",
      value: spreadOf(samples, "ingest", "fresh_per_s").median,
      at_least: 100_000,
    },
    { name: "store, aged / fresh", value: spreadOf(samples, "store", "aged_by_fresh").median, at_least: 0.5 },
  ],
});
process.exitCode = isMet ? 0 : 1;
