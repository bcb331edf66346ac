import { Environment } from "@marcbachmann/cel-js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bindCondition, readCondition } from "./compile-condition.ts";
import type { Measured } from "./measured.ts";

/** What CEL itself makes of a condition; null where it has an error, as it has where data is missing. */
function celSays(text: string, values: Readonly<Record<string, number | undefined>>): boolean | null {
  const environment = new Environment();
  for (const name of ["cpu_percent", "memory_percent", "disk_percent", "threshold"]) {
    environment.registerVariable(name, "double");
  }
  environment.registerFunction("gauge(string): double", (name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error("no data");
    return value;
  });
  const compute = { "+": add, "-": subtract, "*": multiply, "/": divide, "%": modulo };
  for (const [op, apply] of Object.entries(compute)) {
    const handler = (a: number | bigint, b: number | bigint) => apply(Number(a), Number(b));
    environment.registerOperator(`double ${op} int: double`, handler);
    environment.registerOperator(`int ${op} double: double`, handler);
  }
  environment.registerOperator("double % double: double", modulo);
  environment.registerOperator("double == int: bool", (a: number, b: bigint) => a === Number(b));
  const known = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  try {
    return environment.evaluate(text, known) as boolean;
  } catch {
    return null;
  }
}

const add = (a: number, b: number) => a + b;
const subtract = (a: number, b: number) => a - b;
const multiply = (a: number, b: number) => a * b;
const divide = (a: number, b: number) => a / b;
const modulo = (a: number, b: number) => a % b;

/** What ours says. `cpu_percent` is an average of one value, the others were looked at last. */
function weSay(text: string, values: Readonly<Record<string, number | undefined>>): boolean | null {
  const totals: number[] = [];
  const placeOf = (slot: string) => {
    const [, name = "", what] = /^gauge:(.*)\|(.*)$/.exec(slot) ?? [];
    return totals.push(what === "sum" ? (values[name] ?? 0) : values[name] === undefined ? 0 : 1) - 1;
  };
  const binding = { placeOf, threshold: values.threshold ?? null, minSamples: 1 };
  const decide = bindCondition(readCondition(text), binding);
  const measured: Measured = {
    totals,
    maxMs: 0,
    liveness: null,
    quantileMs: () => null,
    baselineMs: () => null,
    longestStepMs: () => null,
    latest: (name) => values[name] ?? null,
  };
  return decide(measured);
}

const number = fc.oneof(
  fc.constantFrom("cpu_percent", "memory_percent", "disk_percent", "threshold", 'gauge("depth")'),
  fc.integer({ min: 0, max: 20 }).map((value) => `${value}.5`),
);
const whole = fc.integer({ min: -20, max: 20 }).map(String);

const { condition } = fc.letrec<{ numeric: string; condition: string }>((tie) => ({
  numeric: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    number,
    fc
      .tuple(tie("numeric"), fc.constantFrom("+", "-", "*", "/", "%"), fc.oneof(tie("numeric"), whole))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie("numeric").map((a) => `(-${a})`),
    fc.tuple(tie("condition"), tie("numeric"), tie("numeric")).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
  ),
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc
      .tuple(tie("numeric"), fc.constantFrom("<", "<=", ">", ">=", "==", "!="), fc.oneof(tie("numeric"), whole))
      .map(([a, op, b]) => `${a} ${op} ${b}`),
    fc
      .tuple(tie("condition"), fc.constantFrom("&&", "||", "==", "!="), tie("condition"))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
    tie("condition").map((a) => `!(${a})`),
    fc.tuple(tie("condition"), tie("condition"), tie("condition")).map(([c, a, b]) => `((${c}) ? ${a} : ${b})`),
    fc.constantFrom("true", "false"),
  ),
}));

const value = fc.option(
  fc.oneof(fc.constantFrom(0, 1, 5, 80, 99.5), fc.double({ noNaN: true, noDefaultInfinity: true })),
  {
    nil: undefined,
  },
);

test("what a condition says is what CEL says, also where data is missing", () => {
  const values = fc.record({
    cpu_percent: value,
    memory_percent: value,
    disk_percent: value,
    threshold: value,
    depth: value,
  });
  const seen = new Set<boolean | null>();
  fc.assert(
    fc.property(condition, values, (text, given) => {
      fc.pre(isSmallEnough(text));
      const said = celSays(text, given);
      seen.add(said);
      expect(weSay(text, given)).toBe(said);
    }),
    { numRuns: 2_000 },
  );
  expect(seen).toEqual(new Set([true, false, null]));
});

function isSmallEnough(text: string): boolean {
  try {
    readCondition(text);
    return true;
  } catch {
    return false;
  }
}

test.each([
  { name: "all read", text: Array.from({ length: 50 }, () => "p99_duration_ms<0").join("||"), reads: 50 },
  { name: "the first decides", text: Array.from({ length: 50 }, () => "p99_duration_ms>0").join("||"), reads: 1 },
  { name: "one branch", text: `${"p99_duration_ms<0?false:".repeat(30)}false`, reads: 30 },
])("the largest conditions read each measurement at most once for each time that they name it: $name", (given) => {
  let reads = 0;
  const measured: Measured = {
    totals: [1, 1],
    maxMs: 0,
    liveness: null,
    quantileMs: () => ++reads,
    baselineMs: () => null,
    longestStepMs: () => null,
    latest: () => null,
  };
  bindCondition(readCondition(given.text), { placeOf: () => 0, threshold: null, minSamples: 1 })(measured);
  expect(reads).toBe(given.reads);
});
