import { createRedaction, type JsonObject, type JsonValue } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { capture } from "./capture.ts";
import { createSummaries } from "./summary.ts";

const summaries = createSummaries();
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** Whatever a program may hand over; what must not run is counted when it does. */
let runs = 0;
const forbidden = () => {
  runs += 1;
  throw new Error("the user's code was run");
};
const odd = fc.constantFrom<() => unknown>(
  () => ({
    get x() {
      return forbidden();
    },
  }),
  () =>
    new Proxy(
      {},
      { get: forbidden, ownKeys: forbidden, getPrototypeOf: forbidden, getOwnPropertyDescriptor: forbidden },
    ),
  () => ({ toJSON: forbidden, toString: forbidden, valueOf: forbidden, [Symbol.toPrimitive]: forbidden }),
  () => new Uint8Array(10_000_000),
  () => new Array(1_000_000).fill("x"),
  () => new Array(1e9),
  () => new Map(Array.from({ length: 1_000 }, (_, n) => [{ n }, n])),
  () => new Set([[], {}, new Set()]),
  () => new Date(Number.NaN),
  () => new WeakMap(),
  () => Promise.resolve(1),
  () => Symbol("s"),
  () => 10n ** 100n,
  () => function named() {},
  () => class Named {},
  () => new Error("odd", { cause: new TypeError("why") }),
  () => Object.create(null, { a: { value: 1, enumerable: true } }),
  () => Object.create({ constructor: new Proxy(class {}, { get: forbidden, getOwnPropertyDescriptor: forbidden }) }),
  () => "\u0000".repeat(5_000),
  () => "😀".repeat(5_000),
  () => `${"a".repeat(1_000_000)}`,
  () => new URL("https://example.com/?a=b"),
  () => /a(b)c/g,
  () => new String("boxed"),
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'),
  () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    return cycle;
  },
);
const anything: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
    odd.map((make) => make()),
    fc.string({ unit: "binary", maxLength: 3_000 }),
    fc.array(tie("any"), { maxLength: 5 }),
    fc.dictionary(fc.string(), tie("any"), { maxKeys: 5 }),
  ),
})).any;

test("property: a summary never throws, never runs the user's code, is JSON, and is at most 1 KiB", () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 6 }), (args) => {
      const captured = args.map((each) => capture(each));
      const parameters = summaries.parameters(captured, ["first", "second"]);
      expect(JSON.parse(JSON.stringify(parameters))).toEqual(parameters);
      expect(bytesOf(parameters)).toBeLessThanOrEqual(1_024);
      for (const each of captured) expect(bytesOf(summaries.result(each))).toBeLessThanOrEqual(2 * 1_024);
      for (const each of captured) expect(Buffer.byteLength(summaries.result(each))).toBeLessThanOrEqual(1_024);
    }),
    { numRuns: 300 },
  );
  expect(runs).toBe(0);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("what was captured does not change with the value", () => {
  const value = { list: [1, 2], inner: { name: "a" } };
  const captured = capture(value);
  value.list.push(3);
  value.inner.name = "b";
  expect(summaries.result(captured)).toBe('{"list":[1,2],"inner":{"name":"a"}}');
});

test.for<{ readonly name: string; readonly value: unknown; readonly shown: unknown }>([
  { name: "depth", value: { a: { b: { c: { d: 1 } } } }, shown: { a: { b: { c: "[Object]" } } } },
  {
    name: "a class",
    value: new (class Clip {
      id = 1;
    })(),
    shown: { "[class]": "Clip", id: 1 },
  },
  { name: "bytes", value: Buffer.alloc(3), shown: "[Buffer of 3 bytes]" },
  {
    name: "a getter",
    value: {
      get size() {
        return 1;
      },
      n: 2,
    },
    shown: { size: "[getter]", n: 2 },
  },
  { name: "an error", value: new RangeError("no"), shown: { "[class]": "RangeError", message: "no" } },
  {
    name: "no JSON",
    value: [undefined, Number.NaN, 1n, Symbol("s"), Math.max],
    shown: ["[undefined]", "[NaN]", "1n", "[Symbol(s)]", "[function max]"],
  },
  {
    name: "a Map",
    value: new Map<unknown, unknown>([
      ["a", 1],
      [{}, 2],
    ]),
    shown: { "[class]": "Map", a: 1, "[Object]": 2 },
  },
  { name: "a Date", value: new Date(0), shown: "1970-01-01T00:00:00.000Z" },
  { name: "a proxy", value: [new Proxy({}, {})], shown: ["[Proxy]"] },
])("$name is shown", ({ value, shown }) => {
  const text = summaries.result(capture(value));
  expect(typeof shown === "string" ? text : JSON.parse(text)).toEqual(shown);
});

test("what is taken as it is stays as it was; what hides something is a copy, and so are fields of the user's", () => {
  const plain = capture({ height: 1080, tags: ["a", "b"], more: { fast: true } });
  const options = summaries.parameters([plain], ["options"]).options;
  expect(options).toBe(plain);
  const secret = capture({ height: 1080, tags: ["--password", "hunter2"], token: "t0ken", last: 1 });
  const before = structuredClone(secret);
  expect(summaries.parameters([secret], ["options"]).options).toEqual({
    height: 1080,
    tags: ["--password", "[redacted]"],
    token: "[redacted]",
    last: 1,
  });
  expect(secret).toEqual(before);
  const fields = { nested: { list: [1] } };
  const copy = summaries.fields(fields);
  expect(copy).toEqual(fields);
  expect(copy.nested).not.toBe(fields.nested);
});

test("property: fields are redacted as core redacts them, which is how the server does", () => {
  const redaction = createRedaction();
  const names = fc.constantFrom(
    "password",
    "api-key",
    "name",
    "value",
    "0",
    "1",
    "tokens",
    "Cookie",
    "path",
    "x".repeat(120),
  );
  const leaves = fc.constantFrom(
    "--token",
    "Cookie",
    "token",
    "Bearer abcdef",
    "https://a:b@c",
    5,
    null,
    true,
    "plain",
    "y".repeat(90),
  );
  const { tree } = fc.letrec<{ tree: JsonObject; node: JsonValue }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaves,
      fc.array(tie("node"), { maxLength: 4 }),
      tie("tree"),
    ),
    tree: fc.dictionary(names, tie("node"), { maxKeys: 5, noNullPrototype: true }) as fc.Arbitrary<JsonObject>,
  }));
  fc.assert(
    fc.property(tree, (fields) => {
      expect(redaction.fields(fields)).toEqual(summaries.fields(fields));
    }),
  );
});
