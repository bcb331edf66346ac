import { expect, test } from "vitest";
import { logEntry } from "../../../test/log-entries.ts";
import { lineOf } from "./log-line.ts";

const ORIGIN = { processId: 7, threadId: 0 };
const parse = (...args: Parameters<typeof lineOf>) => JSON.parse(lineOf(...args));

test("a line has every field of the format, in its order, and the rest in extra", () => {
  const line = lineOf(
    logEntry({ job_id: "j", trace_id: "t", metadata: { frame: 3 }, level: "warning", stage: "merging" }),
    ORIGIN,
  );
  expect(line.endsWith("}\n")).toBe(true);
  expect(Object.entries(JSON.parse(line))).toEqual([
    ["timestamp", "2026-11-21T10:42:00.000Z"],
    ["level", "WARNING"],
    ["logger", "app"],
    ["message", "hello"],
    ["module", null],
    ["function", null],
    ["line", null],
    ["process_id", 7],
    ["thread_id", 0],
    [
      "extra",
      {
        tenant_id: "default",
        session_id: "w",
        event_type: "log",
        job_id: "j",
        trace_id: "t",
        stage: "merging",
        metadata: { frame: 3 },
      },
    ],
  ]);
});

test("however odd a message is, the line is one line, and says it", () => {
  const message = 'a\nb\r\u2028"\u0000\ud800 日本 🎬';
  const line = lineOf(logEntry({ message }), ORIGIN);
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(JSON.parse(line).message).toBe(message);
});

test("who logged it says so by metadata", () => {
  const metadata = { module: "probe.ts", line: 12, process_id: 99, thread_id: 3, other: true };
  const line = parse(logEntry({ metadata, function_name: "probe" }), ORIGIN);
  expect(line).toMatchObject({ module: "probe.ts", function: "probe", line: 12, process_id: 99, thread_id: 3 });
  expect(line.extra.metadata).toEqual({ other: true });
});

test.each([
  { frame: "at read (file:///app/probe.ts:12:7)", module: "/app/probe.ts", line: 12 },
  { frame: "at Cache.get (/app/cache.js:3:1)", module: "/app/cache.js", line: 3 },
  { frame: "at async file:///app/main.ts:40:2", module: "/app/main.ts", line: 40 },
  { frame: "at node:internal/fs:1:2", module: "node:internal/fs", line: 1 },
  { frame: "with a message alone", module: null, line: null },
])("an error's place is where it arose: $frame", ({ frame, module, line }) => {
  const error_details = { class: "Error", message: "no", stack: `Error: no\n    ${frame}\n    at last (/z.ts:1:1)` };
  const expected = module === null ? { module: "/z.ts", line: 1 } : { module, line };
  expect(parse(logEntry({ error_details }), ORIGIN)).toMatchObject(expected);
});

test("a level may stand in place of the entry's own", () => {
  expect(parse(logEntry({ level: "debug" }), ORIGIN, "warning").level).toBe("WARNING");
});
