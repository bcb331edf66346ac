import { execFileSync } from "node:child_process";
import { type CallMetric, REPORT_METRICS, type ReportData, type ReportMetric } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openReportWorld, readingsOf, TENANT } from "../../test/report-world.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { csvRow } from "../export/csv.ts";
import { exportRows } from "../export/exports.ts";
import { createPerformance } from "../performance/performance.ts";
import { createJobScript } from "../store/conformance/job-script.ts";
import { callRow, groupOf } from "../store/telemetry-conformance/telemetry-case.ts";
import { buildReport } from "./build-report.ts";
import { renderReport } from "./render/render-report.ts";
import { valueText } from "./render/value-text.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ZONE = "Europe/Rome";
/** Three days before clocks go back, in the zone. */
const START_MS = Date.UTC(2026, 9, 21, 22);
const DAYS = 8;
const FUNCTIONS = ["probe", "render", "upload", "transcribe", "detect"];
const KINDS = ["clips", "merge", "analyze"];

const anyMoment = fc.integer({ min: 0, max: DAYS * DAY_MS - HOUR_MS }).map((ms) => START_MS + ms);
const anyCall = fc.record({
  tsMs: anyMoment,
  name: fc.constantFrom(...FUNCTIONS),
  durationMs: fc.double({ min: 0.01, max: 500_000, noNaN: true }),
  isFailed: fc.boolean(),
});
const anyJob = fc.record({
  endMs: anyMoment,
  kind: fc.constantFrom(...KINDS),
  clips: fc.integer({ min: 0, max: 3 }),
  errorCode: fc.option(fc.constantFrom("disk_full", "input_missing", "encoder_failed")),
  score: fc.option(fc.integer({ min: 0, max: 100 })),
});
const anyWork = fc.record({
  calls: fc.array(anyCall, { minLength: 5, maxLength: 60 }),
  jobs: fc.array(anyJob, { minLength: 2, maxLength: 14 }),
});
const anySome = <Item>(items: readonly Item[]) => fc.option(fc.subarray([...items], { minLength: 1 }));
const anyQuery = fc.record({
  /** Whole minutes: of what calls are summed up by. */
  fromMin: fc.integer({ min: -60, max: DAYS * 1_440 - 1 }),
  lengthMin: fc.integer({ min: 1, max: DAYS * 1_440 }),
  isWholeDays: fc.boolean(),
  functions: anySome(FUNCTIONS),
  kinds: anySome(KINDS),
  metrics: anySome(REPORT_METRICS),
});

type Work = typeof anyWork extends fc.Arbitrary<infer Each> ? Each : never;
type Query = typeof anyQuery extends fc.Arbitrary<infer Each> ? Each : never;
type World = Awaited<ReturnType<typeof openReportWorld>>;

async function doWork({ store, telemetry }: World, { calls, jobs }: Work, tenantId: string): Promise<void> {
  const rows = calls.map(({ tsMs, name, durationMs, isFailed }) =>
    callRow(tenantId, { tsMs, functionName: name, durationMs, eventType: isFailed ? "error" : "complete" }),
  );
  await telemetry.append(groupOf(rows));
  for (const [at, { endMs, kind, clips, errorCode, score }] of jobs.entries()) {
    const script = createJobScript({ jobId: `${tenantId}-j${at}`, tenantId, kind, createdMs: endMs - HOUR_MS });
    script.report("job.state_changed", { new_state: "running" });
    for (let clip = 0; clip < clips; clip += 1) {
      script.report("task.created", { task_id: `c${clip}`, kind: "clip" });
      script.report("task.started", { task_id: `c${clip}` });
      script.report("task.completed", { task_id: `c${clip}` });
    }
    script.moveTo(endMs);
    if (errorCode !== null)
      script.report("job.failed", { error_code: errorCode, error_message: `it was ${errorCode}` });
    else if (score === null) script.report("job.completed", {});
    else {
      const top = [{ rank: 1, score, title: `best of ${at}` }];
      script.report("job.completed", { summary: { clips_analyzed: 1, best_score: score, top } });
    }
    await store.commit(script.group());
  }
}

function rangeOf({ fromMin, lengthMin, isWholeDays }: Query) {
  const fromMs = START_MS + fromMin * 60_000;
  if (!isWholeDays) return { fromMs, toMs: fromMs + lengthMin * 60_000 };
  const day = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(ZONE).toPlainDate();
  const days = 1 + (lengthMin % DAYS);
  const at = (date: Temporal.PlainDate) => date.toZonedDateTime(ZONE).epochMilliseconds;
  return { fromMs: at(day), toMs: at(day.add({ days })) };
}

/** What the query selects, worked out from the work itself: calls by function, jobs in the order of their ends. */
function select({ calls, jobs }: Work, query: Query) {
  const { fromMs, toMs } = rangeOf(query);
  const isIn = (ms: number) => ms >= fromMs && ms < toMs;
  const chosen = calls.filter(({ tsMs, name }) => isIn(tsMs) && (query.functions ?? FUNCTIONS).includes(name));
  return {
    calls: Map.groupBy(chosen, ({ name }) => name),
    jobs: jobs.filter(({ endMs, kind }) => isIn(endMs) && (query.kinds ?? KINDS).includes(kind)),
  };
}

type Selected = ReturnType<typeof select>;

const tableOf = ({ tables }: ReportData, id: string) => tables.find((table) => table.id === id);
const sum = <Item>(items: readonly Item[], of: (item: Item) => number) =>
  items.reduce((all, item) => all + of(item), 0);

/** The rows of a table, by what stands in one of their columns. */
function rowsBy(report: ReportData, id: string, key: string) {
  const table = tableOf(report, id);
  if (table === undefined) return null;
  const of = (row: (typeof table.rows)[number]) =>
    Object.fromEntries(table.columns.map((column, at) => [column.id, row[at]]));
  return new Map(table.rows.map(of).map((row) => [row[key], row]));
}

function checkCalls(report: ReportData, { calls }: Selected, metrics: readonly ReportMetric[]): void {
  const wanted = REPORT_METRICS.slice(4).filter((metric) => metrics.includes(metric)) as CallMetric[];
  const rows = rowsBy(report, "functions", "name");
  if (wanted.length === 0) {
    expect(rows).toBeNull();
    return;
  }
  expect(new Set(rows?.keys())).toEqual(new Set(calls.keys()));
  const shown = tableOf(report, "functions")?.columns.map(({ id }) => id);
  expect(shown?.filter((id) => !["category", "name", "change"].includes(id))).toEqual(wanted);
  for (const [name, made] of calls) {
    const row = rows?.get(name) ?? {};
    const times = made.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
    const exact = {
      count: made.length,
      error_rate: made.filter(({ isFailed }) => isFailed).length / made.length,
      max_ms: times.at(-1),
    };
    for (const [metric, value] of Object.entries(exact)) {
      if (wanted.includes(metric as CallMetric)) expect([name, metric, row[metric]]).toEqual([name, metric, value]);
    }
    const total = sum(made, ({ durationMs }) => durationMs);
    if (wanted.includes("total_ms")) expect(row.total_ms).toBeCloseTo(total, 4);
    if (wanted.includes("average_ms")) expect(row.average_ms).toBeCloseTo(total / made.length, 4);
    for (const [metric, share] of [
      ["p50_ms", 0.5],
      ["p95_ms", 0.95],
      ["p99_ms", 0.99],
    ] as const) {
      if (!wanted.includes(metric)) continue;
      // The value of that rank, give or take the error that is told.
      const near = times.filter((_, at) => Math.abs(at - share * (times.length - 1)) <= 1);
      const found = Number(row[metric]);
      expect(near.some((time) => Math.abs(found - time) <= time * 0.0101)).toBe(true);
    }
  }
  const figure = report.figures.find(({ id }) => id === "calls");
  expect(figure?.value).toBe(wanted.includes("count") ? sum([...calls.values()], ({ length }) => length) : undefined);
}

function checkJobs(report: ReportData, { jobs }: Selected, metrics: readonly ReportMetric[]): void {
  const figureOf = (id: string) => report.figures.find((figure) => figure.id === id)?.value;
  const failed = jobs.filter(({ errorCode }) => errorCode !== null);
  const scored = jobs.filter(({ errorCode, score }) => errorCode === null && score !== null);
  const has = (metric: ReportMetric) => metrics.includes(metric);
  expect(figureOf("jobs_ended")).toBe(has("jobs") ? jobs.length : undefined);
  expect(figureOf("jobs_failed")).toBe(has("jobs") ? failed.length : undefined);
  expect(figureOf("clips_processed")).toBe(has("clips") ? sum(jobs, ({ clips }) => clips) : undefined);
  const kinds = rowsBy(report, "kinds", "kind");
  const byKind = Map.groupBy(jobs, ({ kind }) => kind);
  expect(kinds === null ? null : [...kinds].map(([kind, { ended }]) => [kind, ended]).sort()).toEqual(
    has("jobs") ? [...byKind].map(([kind, { length }]) => [kind, length]).sort() : null,
  );
  const causes = rowsBy(report, "errors", "cause");
  const byCode = Map.groupBy(failed, ({ errorCode }) => errorCode);
  expect(causes === null ? null : [...causes].map(([code, { count }]) => [code, count]).sort()).toEqual(
    has("errors") ? [...byCode].map(([code, { length }]) => [code, length]).sort() : null,
  );
  const best = tableOf(report, "best_clips")?.rows.map(([score]) => score);
  const scores = scored.map(({ score }) => score).sort((a, b) => Number(b) - Number(a));
  if (has("scores") && scores.length > 0) expect(best).toEqual(scores.slice(0, 10));
  else expect(best ?? []).toEqual([]);
}

/** What charts show is what lies in their spans: all of it, and nothing twice. */
function checkCharts(report: ReportData, work: Work, query: Query): void {
  for (const { id, spans, series } of report.charts) {
    expect([spans[0]?.from, spans.at(-1)?.to]).toEqual([report.from, report.to]);
    for (const [at, { from, to }] of spans.entries()) {
      expect(from).toBe(at === 0 ? report.from : spans[at - 1]?.to);
      const range = { fromMs: Date.parse(from), toMs: Date.parse(to) };
      const isIn = (ms: number) => ms >= range.fromMs && ms < range.toMs;
      const { calls, jobs } = select(work, query);
      const shown = sum(series, ({ values }) => values[at] ?? 0);
      const inSpan = [...calls.values()].flat().filter(({ tsMs }) => isIn(tsMs));
      const ended = jobs.filter(({ endMs }) => isIn(endMs));
      if (id === "calls") expect(shown).toBe(inSpan.length);
      else if (id === "jobs") expect(shown).toBe(ended.length);
      else if (id === "clips") expect(shown).toBe(sum(ended, ({ clips }) => clips));
      else {
        const drawn = series.filter(({ values }) => values[at] !== null).map(({ label }) => label);
        expect(drawn.sort()).toEqual([...new Set(inSpan.map(({ name }) => name))].sort());
      }
    }
  }
  const lines = query.metrics === null ? ["p95_ms"] : query.metrics.filter((metric) => /_ms$/.test(metric));
  const charts = report.charts.filter(({ id }) => id.startsWith("functions_")).map(({ id }) => id.slice(10));
  expect(charts.sort()).toEqual([...lines].sort());
}

/** The text of a PDF, as whoever copies it gets it. */
const textOfPdf = (pdf: Uint8Array) => execFileSync("pdftotext", ["-layout", "-", "-"], { input: pdf }).toString();

function readCsv(text: string): readonly (readonly string[])[] {
  return text
    .split("\r\n")
    .slice(1, -1)
    .map((line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, 8).map(([, cell = ""]) => cell));
}

async function checkForms(report: ReportData): Promise<void> {
  const { json, csv, html, pdf } = await renderReport(report, csvRow);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  expect(JSON.parse(text(json))).toEqual(report);

  const cells = readCsv(text(csv)).filter(([part]) => part === "table");
  const expected = report.tables.flatMap(({ id, columns, rows }) =>
    rows.flatMap((row, at) =>
      columns.map((column, place) => [id, String(at + 1), column.id, String(row[place] ?? "")]),
    ),
  );
  expect(cells.map(([, of, row, column, , , , value]) => [of, row, column, value])).toEqual(expected);
  const points = readCsv(text(csv)).filter(([part]) => part === "chart");
  expect(points.map(([, , , , , , , value]) => value)).toEqual(
    report.charts.flatMap(({ series }) => series.flatMap(({ values }) => values.map((value) => String(value ?? "")))),
  );

  // Words of the PDF and the page: every value of every table, and no function and no cause that is in none.
  const drawn = textOfPdf(pdf).replaceAll(/\s+/g, " ");
  const page = text(html);
  for (const { columns, rows } of report.tables) {
    for (const row of rows) {
      const values = columns.map(({ unit }, place) => valueText(row[place] ?? null, unit, report.time_zone));
      for (const value of values) {
        expect(drawn).toContain(value);
        expect(page).toContain(value.replaceAll("<", "&lt;"));
      }
    }
  }
  const told = JSON.stringify([report.tables, report.charts, report.filter]);
  for (const word of [...FUNCTIONS, "disk_full", "input_missing", "encoder_failed"]) {
    // A word may be a part of the report's own words: none of these is.
    expect([word, drawn.includes(word)]).toEqual([word, told.includes(word)]);
    expect([word, page.includes(word)]).toEqual([word, told.includes(word)]);
  }
}

async function withWorld(check: (world: World) => Promise<void>): Promise<void> {
  const world = await openReportWorld(tempFolder(), { timeZone: ZONE, startMs: START_MS + DAYS * DAY_MS });
  try {
    await check(world);
  } finally {
    await world.close();
  }
}

function askedOf(query: Query, kind: "custom" | "trend" = "custom") {
  const { functions, kinds, metrics } = query;
  return {
    ...{ tenantId: TENANT, kind, timeZone: ZONE, range: rangeOf(query) },
    filter: { functions, kinds, metrics },
  };
}

const IDENTITY = { reportId: "rpt_8204999999999-0123456789ab", createdMs: START_MS + DAYS * DAY_MS };

test("property 17: whatever is asked, table, chart, CSV, page and PDF show all and only what the filter selects", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyWork,
      anyWork,
      fc.array(anyQuery, { minLength: 3, maxLength: 3 }),
      async (work, others, queries) => {
        await withWorld(async (world) => {
          await doWork(world, work, TENANT);
          // Of which nothing may be seen.
          await doWork(world, others, "acme");
          const readings = readingsOf(world.store, world.telemetry);
          for (const query of queries) {
            const report = await buildReport(readings, askedOf(query), IDENTITY);
            const selected = select(work, query);
            const metrics = query.metrics ?? REPORT_METRICS;
            checkCalls(report, selected, metrics);
            checkJobs(report, selected, metrics);
            checkCharts(report, work, query);
            await checkForms(report);
          }
        });
      },
    ),
    { numRuns: 3 },
  );
});

test("property 15: each kind of report holds all that it is to tell: its range, its zone, every part, and what was before", async () => {
  await fc.assert(
    fc.asyncProperty(anyWork, fc.integer({ min: 1, max: DAYS - 1 }), async (work, day) => {
      await withWorld(async (world) => {
        await doWork(world, work, TENANT);
        const readings = readingsOf(world.store, world.telemetry);
        for (const kind of ["daily", "weekly", "trend", "custom"] as const) {
          const query = { fromMin: (day - 1) * 1_440 + 60, lengthMin: 0, isWholeDays: true } as Query;
          const asked = { ...askedOf({ ...query, functions: null, kinds: null, metrics: null }), kind };
          const report = await buildReport(readings, asked, IDENTITY);
          const { range } = asked;
          expect(report).toMatchObject({
            ...{ report_id: IDENTITY.reportId, kind, time_zone: ZONE },
            ...{ from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() },
            created_at: new Date(IDENTITY.createdMs).toISOString(),
          });
          const { jobs } = select(work, { ...query, functions: null, kinds: null, metrics: null });
          const hasScores = jobs.some(({ errorCode, score }) => errorCode === null && score !== null);
          const scores = hasScores ? ["clips_scored", "best_score"] : [];
          expect(report.figures.map(({ id }) => id)).toEqual([
            ...["clips_processed", "clips_failed", "time_per_clip", "jobs_ended", "jobs_failed", "time_per_job"],
            ...[...scores, "errors", "calls", "calls_failed"],
          ]);
          expect(report.charts.map(({ id }) => id)).toEqual(["clips", "jobs", "calls", "functions_p95_ms"]);
          const best = hasScores ? ["best_clips"] : [];
          const trend = kind === "trend" ? ["trend"] : [];
          expect(report.tables.map(({ id }) => id)).toEqual(["kinds", ...best, "errors", "functions", ...trend]);
          // What is told of the time before is what a report of that time tells of itself.
          const before = { fromMs: Date.parse(report.before.from), toMs: Date.parse(report.before.to) };
          const earlier = await buildReport(readings, { ...asked, range: before }, IDENTITY);
          for (const { id, before: then } of report.figures) {
            const same = earlier.figures.find((figure) => figure.id === id);
            expect([id, then]).toEqual([id, same === undefined ? (id === "best_score" ? null : 0) : same.value]);
          }
        }
      });
    }),
    { numRuns: 4 },
  );
});

test("the numbers of a report, the API and the export are the same to the digit", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyCall, { minLength: 1, maxLength: 20 }), async (made) => {
      await withWorld(async (world) => {
        // All of one day.
        const calls = made.map((call) => ({ ...call, tsMs: START_MS + ((call.tsMs - START_MS) % DAY_MS) }));
        await doWork(world, { calls, jobs: [] }, TENANT);
        const range = { fromMs: START_MS, toMs: START_MS + DAY_MS };
        const filter = { functions: null, kinds: null, metrics: null };
        const query = { tenantId: TENANT, kind: "daily", timeZone: ZONE, range, filter } as const;
        const report = await buildReport(readingsOf(world.store, world.telemetry), query, IDENTITY);
        const { functions } = await createPerformance(world.telemetry).getPerformanceSummary({
          tenantId: TENANT,
          range,
        });
        const exporting = { tenant_id: TENANT, range };
        let text = "";
        for await (const piece of exportRows(world.telemetry, {
          ...{ what: "performance", format: "json", span: "day", filter: exporting },
        })) {
          text += piece;
        }
        const exported: readonly Record<string, unknown>[] = JSON.parse(text);
        const rows = rowsBy(report, "functions", "name");
        expect(rows?.size).toBe(functions.length);
        expect(exported).toHaveLength(functions.length);
        for (const each of functions) {
          const { change: _, ...row } = rows?.get(each.name) ?? {};
          expect(each).toMatchObject(row);
          const { timestamp: __, span: ___, ...ofExport } = exported.find(({ name }) => name === each.name) ?? {};
          expect(each).toMatchObject(ofExport);
        }
      });
    }),
    { numRuns: 4 },
  );
});
