import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRows } from "./read-rows.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "playhead-rows-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(content: string | Buffer, name = "rows.csv") {
  writeFileSync(join(folder, name), content);
  const { columns, rows } = await readRows(join(folder, name));
  return { columns, rows: rows.map(({ values }) => [...values.values()]), priorities: rows.map((row) => row.priority) };
}

test.each([
  {
    name: "plain",
    content: "a,b\n1,2\n3,4\n",
    rows: [
      ["1", "2"],
      ["3", "4"],
    ],
  },
  {
    name: "with a mark, CRLF and no last line end",
    content: "\ufeffa,b\r\n1,2\r\n3,4",
    rows: [
      ["1", "2"],
      ["3", "4"],
    ],
  },
  {
    name: "quotes, with commas, quotes and line ends",
    content: 'a,b\n"1,1","say ""x"""\n"two\nlines",4\n',
    rows: [
      ["1,1", 'say "x"'],
      ["two\nlines", "4"],
    ],
  },
  { name: "semicolons, as spreadsheets here save it", content: "a;b\n1,5;2\n", rows: [["1,5", "2"]] },
  { name: "tabs", content: "a\tb\n1\t2\n", rows: [["1", "2"]] },
  {
    name: "a quoted heading with the other sign",
    content: '"a";"b,c,d"\n1;2\n',
    columns: ["a", "b,c,d"],
    rows: [["1", "2"]],
  },
  { name: "empty rows at the end", content: "a,b\n1,2\n,\n\n,\n", rows: [["1", "2"]] },
  { name: "UTF-16 with its mark", content: Buffer.from("\ufeffa,b\né,漢\n", "utf16le"), rows: [["é", "漢"]] },
  {
    name: "a column named as JavaScript's own",
    content: "__proto__,constructor\n1,2\n",
    columns: ["__proto__", "constructor"],
    rows: [["1", "2"]],
  },
  {
    name: "JSON",
    content: '[{"a": "x", "b": 2}, {"b": true}, {"a": null, "b": ""}]',
    rows: [
      ["x", "2"],
      ["", "true"],
      ["", ""],
    ],
  },
  { name: "JSON with rows in it", content: '{"rows": [{"a": 1, "b": 2}]}', rows: [["1", "2"]] },
  {
    name: "a line of JSON each",
    content: '{"a": 1, "b": 2}\n\n{"a": 3, "b": 4}\n',
    rows: [
      ["1", "2"],
      ["3", "4"],
    ],
  },
])("$name", async ({ content, rows, columns = ["a", "b"] }) => {
  expect(await read(content)).toMatchObject({ columns, rows });
});

test("a priority is a number, and no column", async () => {
  expect(await read("priority,a\n5,x\n-1.5,y\n,z\n")).toEqual({
    columns: ["a"],
    rows: [["x"], ["y"], ["z"]],
    priorities: [5, -1.5, 0],
  });
});

test.each([
  { name: "nothing", content: "", code: "input_empty" },
  { name: "headings alone", content: "a,b\n", fault: /there are none/ },
  { name: "a row that is too short", content: "a,b\n1,2\n3\n", fault: /line 3 has another number of fields/ },
  { name: "a quote that stays open", content: 'a,b\n"1,2\n3,4\n', fault: /never closed/ },
  { name: "a heading twice", content: "a,a\n1,2\n", fault: /two columns are named a/ },
  { name: "a heading without a name", content: "a,\n1,2\n", fault: /column 2 has no name/ },
  { name: "a priority that is no number", content: "a,priority\n1,high\n", fault: /line 2, priority: .*"high"/ },
  { name: "a huge field", content: `a\n${"x".repeat(70_000)}\n`, fault: /line 2, a: more than 65536 characters/ },
  { name: "a huge row", content: `a\n"${"x".repeat(2_000_000)}"\n`, fault: /more than 1048576 bytes/ },
  { name: "too many rows", content: `a\n${"1\n".repeat(100_001)}`, fault: /more than 100000/ },
  { name: "bytes that are no text", content: Buffer.from([0x61, 0x0a, 0xff, 0xc3, 0x28]), fault: /no text in UTF-8/ },
  { name: "a value that is none", content: '[{"a": {"b": 1}}]', fault: /rows\[0\]\.a: expected text/ },
  { name: "rows that are none", content: "[1]", fault: /rows\[0\]: expected an object, got number/ },
  { name: "broken JSON", content: '[{"a": 1}', fault: /not JSON/ },
  { name: "a broken line of JSON", content: '{"a": 1}\n{"a": \n', fault: /line 2 is not JSON/ },
])("$name is refused, with its place", async ({ content, code = "rows_invalid", fault = /./ }) => {
  await expect(read(content)).rejects.toMatchObject({ code, message: expect.stringMatching(fault) });
});

test("what is no file", async () => {
  await expect(readRows(join(folder, "none.csv"))).rejects.toMatchObject({ code: "input_missing" });
  await expect(readRows(folder)).rejects.toMatchObject({ code: "input_refused" });
});

test("property: whatever is in the fields comes back as it was", async () => {
  const field = fc.string({ unit: fc.constantFrom("a", '"', ",", ";", "\n", "\r", "\t", "é", "漢", " ", "{", "\\") });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constant("x"), field), { minLength: 1, maxLength: 5 }), async (rows) => {
      const content = [["k", "v"], ...rows].map((row) => row.map(quoted).join(",")).join("\r\n");
      expect((await read(content)).rows).toEqual(rows);
    }),
    { numRuns: 100 },
  );
});
