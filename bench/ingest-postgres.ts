// How many facts a second are stored in PostgreSQL, against bare batch inserts into the same table? Target: 0.6 of them.
// usage: node --conditions=playhead-src bench/ingest-postgres.ts [--quick]; progress on stderr, one JSON report on stdout
import { startPostgres } from "../tests/servers/postgres-server.ts";
import type { PostgresRoundOptions } from "./ingest-postgres-round.ts";
import { printReport, ratioOf, runFile, runRounds, spreadOf } from "./report.ts";

const isQuick = process.argv.includes("--quick");
const settings = {
  rounds: isQuick ? 3 : 5,
  jobs: 5_000,
  warmup: isQuick ? 20_000 : 60_000,
  facts: isQuick ? 60_000 : 200_000,
  group: 2_000,
  groups_in_flight: 3,
};
const VARIANTS: readonly PostgresRoundOptions["variant"][] = ["store", "raw", "raw_bare"];

const stops: (() => Promise<void>)[] = [];
try {
  // As it is run in earnest: what is committed is on the disk.
  const server = await startPostgres((stop) => stops.push(stop), {
    settings: { fsync: "on", full_page_writes: "on", max_wal_size: "4GB" },
  });
  const { rounds, jobs, warmup, facts } = settings;
  const samples = await runRounds({
    variants: VARIANTS,
    rounds,
    run: async (variant) => {
      const url = await server.createDatabase();
      const options = { variant: variant as PostgresRoundOptions["variant"], url, jobs, warmup, facts };
      return await runFile("ingest-postgres-round.ts", options satisfies PostgresRoundOptions);
    },
  });
  const byRaw = {
    store: ratioOf(samples, "per_s", "store", "raw"),
    store_by_bare: ratioOf(samples, "per_s", "store", "raw_bare"),
  };
  const isMet = printReport({
    bench: "ingest-postgres",
    question:
      "How many facts a second are stored for good in PostgreSQL, against bare batch inserts into the same table?",
    date: new Date(),
    settings,
    results: {
      facts_per_s: Object.fromEntries(VARIANTS.map((variant) => [variant, spreadOf(samples, variant, "per_s")])),
      cpu_us_per_fact: Object.fromEntries(VARIANTS.map((variant) => [variant, spreadOf(samples, variant, "cpu_us")])),
      by_raw: byRaw,
    },
    targets: [{ name: "store / raw", value: byRaw.store.median, at_least: 0.6 }],
  });
  process.exitCode = isMet ? 0 : 1;
} finally {
  for (const stop of stops) await stop();
}
