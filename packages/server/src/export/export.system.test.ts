import type { LogEntry, LogFilter, TimeRange } from "@playhead/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { atFileEnd } from "../../test/file-end.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { createSqliteTelemetry } from "../store/sqlite/telemetry/open-telemetry.ts";
import type { EntryRow, TelemetryGroup, TelemetryStore } from "../store/telemetry-store.ts";
import { csvRow } from "./csv.ts";
import { EXPORT_FORMATS, type ExportFormat } from "./export-format.ts";
import { type ExportName, exportRows } from "./exports.ts";

let store: TelemetryStore;
const atEnd = atFileEnd();
beforeAll(async () => {
  store = await createSqliteTelemetry({ folder: tempFolder(atEnd), timeZone: "UTC" });
});
afterAll(() => store.close());

const EMPTY: TelemetryGroup = { entries: [], totals: [], samples: [], sources: new Map() };
const ALL: TimeRange = { fromMs: 0, toMs: 4_102_444_800_000 };
let tenants = 0;

async function exported(what: ExportName, format: ExportFormat, filter: LogFilter & { range: TimeRange }) {
  let text = "";
  for await (const piece of exportRows(store, { what, format, filter, span: "hour" })) text += piece;
  return text;
}

/** A reader of RFC 4180 of its own: null for nothing at all, a text for what is quoted or not. */
function parseCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === '"') {
      let cell = "";
      for (at += 1; ; at++) {
        if (text[at] !== '"') cell += text[at];
        else if (text[at + 1] === '"') {
          cell += '"';
          at += 1;
        } else break;
      }
      row.push(cell);
      at += 1;
    } else {
      const end = /,|\r\n/g;
      end.lastIndex = at;
      const stop = end.exec(text)?.index ?? text.length;
      const cell = text.slice(at, stop);
      expect(cell).not.toMatch(/["\n]/);
      row.push(cell === "" ? null : cell);
      at = stop;
    }
    if (text[at] === ",") at += 1;
    else {
      expect(text.slice(at, at + 2)).toBe("\r\n");
      at += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

const NUMBERS = new Set(["entry_id", "duration", "memory_usage"]);
const OBJECTS = new Set(["parameters", "error_details", "metadata"]);

/** A cell as docs/http.md says that it is to be read. */
function valueIn(column: string, cell: string | null): unknown {
  if (cell === null) return null;
  if (NUMBERS.has(column)) return Number(cell);
  const text = cell.startsWith("'") ? cell.slice(1) : cell;
  return OBJECTS.has(column) ? JSON.parse(text) : text;
}

function parse(format: ExportFormat, text: string): unknown[] {
  if (format === "json") return JSON.parse(text);
  if (format === "ndjson")
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const [header = [], ...rows] = parseCsv(text);
  return rows.map((row) => {
    expect(row).toHaveLength(header.length);
    return Object.fromEntries(header.map((column, at) => [column, valueIn(column ?? "", row[at] ?? null)]));
  });
}

/** What breaks exports: quotes, line ends, formulas, other scripts. */
const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc
    .tuple(
      fc.constantFrom("=", "+", "-", "@", "\t", "\r", "'", "''", '"', ",", "\n", "\r\n", " ", "\u2028", ""),
      fc.string(),
    )
    .map(([front, rest]) => front + rest),
);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const anyObject = fc.dictionary(
  anyText.filter((key) => key !== "__proto__"),
  fc.oneof(anyText, fc.integer(), fc.boolean(), fc.constant(null), fc.array(anyText, { maxLength: 2 })),
  { maxKeys: 3, noNullPrototype: true },
);
const START_MS = 1_795_000_000_000;

const anyRow = (tenantId: string): fc.Arbitrary<EntryRow> =>
  fc
    .record({
      tsMs: fc.integer({ min: 0, max: 50 }).map((each) => START_MS + each * 1_001),
      eventType: fc.constantFrom("log" as const, "complete" as const, "error" as const),
      level: fc.constantFrom("debug" as const, "info" as const, "error" as const),
      logger: anyText,
      functionName: maybe(anyText),
      message: anyText,
      durationMs: maybe(fc.double({ min: 0, max: 1e6, noNaN: true })),
      sessionId: anyText,
      jobId: maybe(anyText),
      taskId: maybe(anyText),
      stage: maybe(anyText),
      userId: maybe(anyText),
      memoryBytes: maybe(fc.nat()),
      parameters: maybe(anyObject),
      result: maybe(anyText),
      metadata: maybe(anyObject),
      hasError: fc.boolean(),
    })
    .map(({ parameters, result, metadata, hasError, ...row }): EntryRow => {
      const isCall = row.eventType !== "log";
      return {
        ...row,
        tenantId,
        category: isCall ? "function" : null,
        functionName: isCall ? (row.functionName ?? "f") : row.functionName,
        durationMs: isCall ? (row.durationMs ?? 1) : null,
        traceId: null,
        spanId: null,
        parentSpanId: null,
        body: {
          ...(parameters !== null && { parameters }),
          ...(result !== null && { result_summary: result }),
          ...(metadata !== null && { metadata }),
          ...(hasError && { error_details: { class: "Error", message: "=1+1" } }),
        },
      };
    });

describe("property 11: an export of any format holds all entries of its range and no other, each with every field", () => {
  const anySecond = fc.integer({ min: -1, max: 52 });
  test.each(EXPORT_FORMATS)("%s", { timeout: 60_000 }, async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow("?"), { maxLength: 40 }), anySecond, anySecond, async (rows, from, to) => {
        tenants += 1;
        const tenant_id = `t${tenants}`;
        await store.append({ ...EMPTY, entries: rows.map((row) => ({ ...row, tenantId: tenant_id })) });
        const range = { fromMs: START_MS + from * 1_000, toMs: START_MS + to * 1_000 };
        const parsed = parse(format, await exported("logs", format, { tenant_id, range })) as LogEntry[];
        // What is stored is what was reported: nothing is compared with itself.
        const { entries } = await store.queryEntries({ tenant_id, order: "asc", limit: 1_000 });
        expect(entries).toHaveLength(rows.length);
        const reported = (entry: LogEntry) => [entry.timestamp, entry.message, entry.session_id, entry.stage];
        const wanted = rows.filter(({ tsMs }) => tsMs >= range.fromMs && tsMs < range.toMs);
        const byTime = wanted.toSorted((a, b) => a.tsMs - b.tsMs);
        expect(parsed.map(reported)).toEqual(
          byTime.map(({ tsMs, message, sessionId, stage }) => [
            new Date(tsMs).toISOString(),
            message,
            sessionId,
            stage,
          ]),
        );
        const inRange = ({ timestamp }: LogEntry) =>
          Date.parse(timestamp) >= range.fromMs && Date.parse(timestamp) < range.toMs;
        expect(parsed).toEqual(entries.filter(inRange));
        for (const entry of parsed) expect(Object.keys(entry).sort()).toEqual(Object.keys(entries[0] ?? {}).sort());
      }),
      { numRuns: 25 },
    );
  });
});

describe("an export", () => {
  test("of more entries than fit in a page has each once", async () => {
    const row = fc.sample(anyRow("many"), 1)[0] as EntryRow;
    const entries = Array.from({ length: 5_001 }, (_, at) => ({
      ...row,
      tsMs: START_MS + (at >> 3),
      message: `${at}`,
    }));
    await store.append({ ...EMPTY, entries });
    const lines = (await exported("logs", "ndjson", { tenant_id: "many", range: ALL })).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(entries.map(({ message }) => message));
  });

  test("of calls leaves lines out, and takes the filters of the log", async () => {
    const [row] = fc.sample(anyRow("calls"), 1) as [EntryRow];
    const call = { ...row, category: "function", functionName: "probe", durationMs: 1, level: "debug" } as const;
    await store.append({
      ...EMPTY,
      entries: [
        { ...row, eventType: "log" },
        { ...call, eventType: "complete" },
        { ...call, eventType: "error", functionName: "merge" },
      ],
    });
    const names = async (filter: Partial<LogFilter>) =>
      (
        parse("json", await exported("executions", "json", { tenant_id: "calls", range: ALL, ...filter })) as LogEntry[]
      ).map(({ function_name }) => function_name);
    expect((await names({})).sort()).toEqual(["merge", "probe"]);
    expect(await names({ function_name: "probe" })).toEqual(["probe"]);
    expect(await names({ event_types: ["error"] })).toEqual(["merge"]);
  });

  test("of nothing is a header, an empty array, or nothing", async () => {
    const filter = { tenant_id: "nobody", range: ALL };
    expect(await exported("logs", "csv", filter)).toMatch(/^entry_id,timestamp,[a-z_,]+,user_id\r\n$/);
    expect(JSON.parse(await exported("logs", "json", filter))).toEqual([]);
    expect(await exported("logs", "ndjson", filter)).toBe("");
  });

  test("of samples has each once, also where very many share a moment", async () => {
    const sample = {
      host: "=h",
      cpu_percent: 1,
      memory_used_bytes: 1,
      memory_total_bytes: 2,
      process_memory_bytes: 1,
      event_loop_delay_ms: null,
      disk_used_bytes: null,
      disk_total_bytes: null,
      temp_bytes: null,
      active_jobs: 1,
      gauges: { slots: 2 },
    };
    const samples = Array.from({ length: 6_500 }, (_, at) => ({
      tenantId: "machines",
      source: `w${at}`,
      // Far more of one moment than fit in a page, and others before and after.
      tsMs: START_MS + (at < 1_000 ? 0 : at < 6_000 ? 15_000 : 30_000),
      sample,
    }));
    await store.append({ ...EMPTY, samples });
    const rows = parse("json", await exported("samples", "json", { tenant_id: "machines", range: ALL })) as object[];
    expect(rows).toHaveLength(6_500);
    expect(new Set(rows.map((row) => (row as { source: string }).source)).size).toBe(6_500);
    expect(rows[0]).toEqual({ timestamp: new Date(START_MS).toISOString(), source: expect.any(String), ...sample });
    const csv = parseCsv(await exported("samples", "csv", { tenant_id: "machines", range: ALL }));
    expect([csv.length, csv[1]?.[2]]).toEqual([6_501, "'=h"]);
  });

  test("of performance has a row a span and function, the sums of its calls", async () => {
    const [row] = fc.sample(anyRow("sums"), 1) as [EntryRow];
    const call = { ...row, eventType: "complete", level: "debug", category: "db", functionName: "SELECT" } as const;
    const entries = [1, 2, 6].map((durationMs) => ({ ...call, durationMs, tsMs: START_MS }));
    await store.append({ ...EMPTY, entries: [...entries, { ...call, durationMs: 5, tsMs: START_MS + 7_200_000 }] });
    const range = { fromMs: START_MS - 86_400_000, toMs: START_MS + 86_400_000 };
    const rows = parse("json", await exported("performance", "json", { tenant_id: "sums", range })) as object[];
    expect(rows).toMatchObject([
      { span: "hour", category: "db", name: "SELECT", count: 3, error_count: 0, total_ms: 9, average_ms: 3, max_ms: 6 },
      { count: 1, min_ms: 5, max_ms: 5 },
    ]);
  });
});

test.each([
  { given: ["a", 1, true, null, undefined, ""], row: 'a,1,true,,,""' },
  { given: ['say "hi"', "a,b", "two\r\nlines", " x"], row: '"say ""hi""","a,b","two\r\nlines"," x"' },
  { given: ["=1+1", "+1", "-1", "@x", "\tx", "'=x", "a=b"], row: "'=1+1,'+1,'-1,'@x,'\tx,''=x,a=b" },
  { given: [{ a: "=1" }, [1], -1], row: '"{""a"":""=1""}",[1],-1' },
])("a row of CSV: $row", ({ given, row }) => {
  expect(csvRow(given)).toBe(`${row}\r\n`);
});
