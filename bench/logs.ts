// How quickly are ten million log entries searched, and how quickly are they read for an export? Each question is asked of
// the database as it lies, which a machine may have dropped from memory meanwhile, and then with the file in the page cache,
// where a server that is asked has it: targets are for that.
// usage: node --conditions=playhead-src bench/logs.ts [--quick]; progress on stderr, one JSON report on stdout
import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createSqliteTelemetry, type TelemetryStore } from "@playhead/server";
import { seededRandom } from "./chaos/seeded-random.ts";
import { logQuestions, measure } from "./logs-queries.ts";
import { createLogsWorkload, TENANT } from "./logs-workload.ts";
import { printReport, quantile, say } from "./report.ts";

const isQuick = process.argv.includes("--quick");
/** Where entries of a run before lie, to be asked again; only for trying things out. */
const kept = process.argv.find((argument) => argument.startsWith("--folder="))?.slice("--folder=".length);
const settings = { entries: isQuick ? 1_000_000 : 10_000_000, days: 90, group: 1_000, times: 100, exports: 3 };
const GROUPS_IN_FLIGHT = 3;
/** As exports have them: the next one is read while one is on its way out. */
const EXPORT_PAGE = 4_000;

/** By kind of question, and question. */
type Answers = Record<string, Awaited<ReturnType<typeof measure>>>;

type Exported = Awaited<ReturnType<typeof readAll>>;

const toMs = Date.UTC(2026, 10, 1);
const range = { fromMs: toMs - settings.days * 86_400_000, toMs };
const random = seededRandom(1);

const folder = kept ?? mkdtempSync(path.join(os.tmpdir(), "playhead-logs-"));
mkdirSync(folder, { recursive: true });
const database = path.join(folder, "telemetry.sqlite");
const store = await createSqliteTelemetry({ folder, timeZone: "Europe/Rome" });
try {
  const known = await store.readSource("bench");
  const filled = known === 0 ? await fill(store) : null;
  say(`stored: ${JSON.stringify(filled)}`);
  const questions = logQuestions(store, range);
  const asFound: Answers = {};
  const results: Answers = {};
  for (const [kind, asked] of Object.entries(questions)) {
    asFound[kind] = await measure(asked, settings.times, random);
    say(`${kind}, as the file lies: ${JSON.stringify(asFound[kind], null, 1)}`);
    readThrough(database);
    results[kind] = await measure(asked, settings.times, random);
    say(`${kind}: ${JSON.stringify(results[kind], null, 1)}`);
  }
  readThrough(database);
  const exports: Exported[] = [];
  while (exports.length < settings.exports) {
    exports.push(await readAll(store));
    say(`export: ${JSON.stringify(exports.at(-1))}`);
  }
  const rates = exports.map(({ mb_per_s }) => mb_per_s);
  const worst = (kind: string) => Math.max(...Object.values(results[kind] ?? {}).map(({ p99_ms }) => p99_ms));
  const isMet = printReport({
    bench: "logs",
    question: "How quickly are log entries searched, summed up and read for an export?",
    date: new Date(),
    settings,
    results: { stored: filled, ...results, as_the_file_lies: asFound, exports },
    targets: [
      { name: "filters, p99 ms", value: worst("filters"), at_most: 50 },
      { name: "full text, p99 ms", value: worst("texts"), at_most: 50 },
      { name: "percentiles, p99 ms", value: worst("percentiles"), at_most: 50 },
      { name: "p95 of 90 days, p99 ms", value: worst("ninetyDays"), at_most: 20 },
      { name: "export, MB/s", value: quantile(rates, 0.5), at_least: 100 },
      {
        name: "export, memory it grew by, MB",
        value: Math.max(...exports.map(({ grown_mb }) => grown_mb)),
        at_most: 200,
      },
    ],
  });
  process.exitCode = isMet ? 0 : 1;
} finally {
  await store.close();
  if (kept === undefined) rmSync(folder, { recursive: true });
}

/** Puts a file into the page cache, by one buffer: memory is measured here. */
function readThrough(file: string): void {
  const buffer = Buffer.alloc(2 ** 20);
  const descriptor = openSync(file, "r");
  while (readSync(descriptor, buffer) > 0);
  closeSync(descriptor);
}

async function fill(to: TelemetryStore) {
  const workload = createLogsWorkload({ ...range, entries: settings.entries, random });
  const underWay: Promise<unknown>[] = [];
  const start = performance.now();
  let blockedMs = 0;
  for (let from = 0; from < settings.entries; from += settings.group) {
    const entries = Array.from({ length: settings.group }, workload.next);
    if (underWay.length === GROUPS_IN_FLIGHT) await underWay.shift();
    const before = performance.now();
    const sources = new Map([["bench", from + settings.group]]);
    underWay.push(to.append({ entries, totals: [], samples: [], sources }));
    blockedMs = Math.max(blockedMs, performance.now() - before);
    if (from % 500_000 === 0) say(`${from} entries after ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  await Promise.all(underWay);
  const seconds = (performance.now() - start) / 1000;
  const bytes = statSync(database).size;
  return {
    entries_per_s: settings.entries / seconds,
    bytes_per_entry: bytes / settings.entries,
    longest_append_ms: blockedMs,
  };
}

/** Reads all entries, oldest first, as an export does. */
async function readAll(from: TelemetryStore) {
  type Page = ReturnType<TelemetryStore["readEntryLines"]>;
  const before = process.memoryUsage.rss();
  let peak = before;
  let bytes = 0;
  let entries = 0;
  const read = (after?: Awaited<Page>["next"]): Page =>
    from.readEntryLines({ tenant_id: TENANT, order: "asc", limit: EXPORT_PAGE, ...(after && { after }) });
  const start = performance.now();
  for (let page: Page | null = read(); page !== null; ) {
    const { lines, count, next }: Awaited<Page> = await page;
    page = next === null ? null : read(next);
    bytes += lines.length;
    entries += count;
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  const seconds = (performance.now() - start) / 1000;
  return { entries, mb_per_s: bytes / seconds / 1e6, grown_mb: (peak - before) / 1e6 };
}
