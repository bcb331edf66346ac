import { expect, test } from "vitest";
import { planItems } from "../item-plan.ts";
import { makeRows } from "../rows/make-rows.ts";
import { fillIn } from "./placeholders.ts";
import { parseTemplate, templateDigest } from "./template.ts";

const rowsOf = (columns: readonly string[], ...rows: readonly (readonly string[])[]) =>
  makeRows({ columns, rows: rows.map((values, i) => ({ place: `line ${i + 2}`, values })) });
const TITLE = { title: { text: "{{name}}" } };

test("defaults are filled in; text alone names a file", () => {
  expect(parseTemplate({ ...TITLE, music: { from: "song.mp3" } })).toMatchObject({
    video: { width: 1280, height: 720, frame_rate: 30 },
    title: { duration_sec: 3, font: "sans-serif" },
    music: { from: { provider: "file", file: "song.mp3" }, duck: true },
  });
});

test.each([
  { given: 1, fault: /^template: / },
  { given: {}, fault: /^template: expected a title or images/ },
  { given: { title: { text: 1 } }, fault: /^title\.text: / },
  { given: { ...TITLE, video: { width: 101 } }, fault: /^video\.width: / },
  {
    given: { ...TITLE, video: { background: "red; movie=/etc/passwd" } },
    fault: /^video\.background: expected a colour/,
  },
  { given: { title: { text: "x", font: "a,b:c" } }, fault: /^title\.font: expected the name of a font/ },
  { given: { title: { text: "x", colour: "#000000" } }, fault: /^title: .*colour/ },
  { given: { images: { from: [{ provider: "ftp" }] } }, fault: /^images\.from\[0\]\.provider: / },
  {
    given: { ...TITLE, narration: { from: { provider: "http", url: "file:///etc/passwd" } } },
    fault: /^narration\.from\.url: expected an http/,
  },
  {
    given: { ...TITLE, narration: { from: { provider: "http", url: "https://a.b", rate: "fast" } } },
    fault: /^narration\.from\.rate: expected a rate/,
  },
  {
    given: { ...TITLE, narration: { from: { provider: "http", url: "https://a.b", headers: { "a b": "c" } } } },
    fault: /headers/,
  },
])("$fault", ({ given, fault }) => {
  let error: unknown;
  try {
    parseTemplate(given);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: "template_invalid", detail: { faults: [expect.stringMatching(fault)] } });
});

test("placeholders take the row's values, and never those that stand in values", () => {
  const {
    rows: [row],
  } = rowsOf(["a", "b c"], ["{{b c}}", "$& $1"]);
  expect(row && fillIn("{{a}} / {{ b c }} / {{}} {a}", row)).toBe("{{b c}} / $& $1 /  {a}");
});

test("a placeholder without a column is refused by its path", () => {
  const template = parseTemplate({ title: { text: "{{nmae}}" }, music: { from: "{{song}}.mp3" } });
  expect(() => planItems(rowsOf(["name"], ["x"]), template)).toThrow(
    expect.objectContaining({
      code: "template_invalid",
      detail: { faults: ['title.text: there is no column "nmae"', 'music.from.file: there is no column "song"'] },
    }),
  );
});

test("an id is of what the row says and the template makes of it, wherever the row stands; two of the same are two", () => {
  const template = parseTemplate(TITLE);
  const ids = (rows: ReturnType<typeof rowsOf>, of = template) => planItems(rows, of).map(({ itemId }) => itemId);
  const [one, two, three] = ids(rowsOf(["name", "x"], ["a", "1"], ["b", "1"], ["a", "1"]));
  expect(new Set([one, two, three]).size).toBe(3);
  const moved = ids(rowsOf(["x", "name", "priority"], ["1", "b", "7"], ["1", "a", "3"], ["1", "a", "2"]));
  expect(moved).toEqual([two, one, three]);
  expect(ids(rowsOf(["name", "x"], ["a", "1"]), parseTemplate({ title: { text: "{{name}}!" } }))).not.toEqual([one]);
  const voice = (key: string, rate: string) =>
    parseTemplate({ ...TITLE, narration: { from: { provider: "http", url: "https://a.b", headers: { key }, rate } } });
  expect(templateDigest(voice("one", "1/s"))).toBe(templateDigest(voice("two", "9/s")));
});

test("higher priorities come first, others as they are", () => {
  const rows = rowsOf(["n", "priority"], ["a", "0"], ["b", "2"], ["c", ""], ["d", "2"], ["e", "-1"]);
  const items = planItems(rows, parseTemplate({ title: { text: "{{n}}" } }));
  expect(items.map(({ title }) => title).join("")).toBe("bdace");
});

test.each([
  { given: "plain", expected: "plain" },
  { given: "../../etc/passwd", expected: "etc-passwd" },
  { given: 'a/b\\c:d*e?f"g<h>i|j', expected: "a-b-c-d-e-f-g-h-i-j" },
  { given: ".hidden.mp4", expected: "hidden" },
  { given: "-rf", expected: "rf" },
  { given: "é\u202egnp", expected: "é-gnp" },
  { given: "x".repeat(300), expected: "x".repeat(120) },
])("a file named $given", ({ given, expected }) => {
  const template = parseTemplate({ ...TITLE, output: { file: "{{name}}" } });
  expect(
    planItems(rowsOf(["name"], [given]), template)[0]
      ?.fileName.replaceAll("--", "-")
      .replace(/^-/, ""),
  ).toBe(`${expected}.mp4`);
});

test("two videos of one name are refused, also where only their case differs", () => {
  const template = parseTemplate({ ...TITLE, output: { file: "{{name}}" } });
  expect(() => planItems(rowsOf(["name"], ["a"], ["b"], ["A"]), template)).toThrow(
    expect.objectContaining({
      code: "rows_invalid",
      message: expect.stringContaining('rows 1 and 3 would both be written to "a.mp4"'),
    }),
  );
});
