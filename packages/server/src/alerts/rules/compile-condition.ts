/**
 * Makes a function of a condition, since it is asked thousands of times a second. Missing data is neither true nor
 * false: it makes a comparison unknown, and the whole too, unless the other side of `&&` or `||` decides. That is how
 * CEL treats errors, and a property test holds the two together.
 */

import { type Measured, type Slot, signalOf } from "./measured.ts";
import { FUNCTIONS, MEASUREMENTS, type Measurement } from "./measurements.ts";
import { type Expression, parseCondition } from "./parse-condition.ts";

/** A condition that was found good. */
export interface Condition {
  readonly expression: Expression;
  /** What it names, each once, in the order of the text: such as `error_rate`, `events("task.failed")`. */
  readonly measurements: readonly NamedMeasurement[];
}

export interface NamedMeasurement {
  readonly name: string;
  readonly measurement: Measurement;
}

/** Reads one measurement out of a window. */
export type Reader = (measured: Measured) => number | null;
/** Whether a condition holds; null when data is missing. */
export type Decision = (measured: Measured) => boolean | null;

/** What conditions are tied to before they are asked. */
export interface Binding {
  /** The place of a slot in the window's totals. */
  readonly placeOf: (slot: Slot) => number;
  readonly threshold: number | null;
  readonly minSamples: number;
}

type Value = number | boolean | null;
type Evaluate = (measured: Measured) => Value;

/** @throws ConditionFault */
export function readCondition(text: string): Condition {
  const expression = parseCondition(text);
  const found = new Map<string, NamedMeasurement>();
  visit(expression, (each) => {
    if (each.op === "measured") found.set(each.name, { name: each.name, measurement: measurementOf(each) });
  });
  return { expression, measurements: [...found.values()] };
}

/** What has to be heard for any of these to change. */
export function signalsOf(measurements: readonly NamedMeasurement[]): ReadonlySet<string> {
  return new Set(measurements.flatMap(({ measurement }) => measurement.needs.map(signalOf)));
}

/** Whether a condition speaks of the rule's own number. */
export function namesThreshold({ expression }: Condition): boolean {
  let isNamed = false;
  visit(expression, (each) => {
    isNamed ||= each.op === "threshold";
  });
  return isNamed;
}

/** The condition as a function. */
export function bindCondition({ expression }: Condition, binding: Binding): Decision {
  return compile(expression, binding) as Decision;
}

/** A measurement as a function: null where it is measured of fewer things than are wanted. */
export function bindMeasurement(measurement: Measurement, { placeOf, minSamples }: Binding): Reader {
  const { needs, read, samples } = measurement;
  const places = needs.map(placeOf);
  let totals: ArrayLike<number> = [];
  // One reader for all windows: what it reads of is set before each use.
  const of = (need: number) => totals[places[need] as number] as number;
  if (samples === undefined) {
    return (measured) => {
      totals = measured.totals;
      return read(of, measured);
    };
  }
  return (measured) => {
    totals = measured.totals;
    return samples(of) < minSamples ? null : read(of, measured);
  };
}

/** How many failures and the like it is about. */
export function bindCount({ needs, about }: Measurement, { placeOf }: Binding): (measured: Measured) => number {
  if (about === undefined) return () => 0;
  const places = needs.map(placeOf);
  return ({ totals }) => about((need) => totals[places[need] as number] as number);
}

function visit(expression: Expression, look: (each: Expression) => void): void {
  look(expression);
  for (const part of partsOf(expression)) visit(part, look);
}

function partsOf(expression: Expression): readonly Expression[] {
  if ("left" in expression) return [expression.left, expression.right];
  if ("yes" in expression) return [expression.of, expression.yes, expression.no];
  return "of" in expression ? [expression.of] : [];
}

function measurementOf({ name, called }: Extract<Expression, { op: "measured" }>): Measurement {
  return called === null
    ? (MEASUREMENTS[name] as Measurement)
    : (FUNCTIONS[called[0]] as (typeof FUNCTIONS)[string]).measure(called[1]);
}

function compile(expression: Expression, binding: Binding): Evaluate {
  switch (expression.op) {
    case "literal": {
      const { value } = expression;
      return () => value;
    }
    case "threshold": {
      const { threshold } = binding;
      return () => threshold;
    }
    case "measured":
      return bindMeasurement(measurementOf(expression), binding);
    case "!":
      return unary(compile(expression.of, binding), (value) => !value);
    case "negate":
      return unary(compile(expression.of, binding), (value) => -value);
    case "?": {
      const [of, yes, no] = [expression.of, expression.yes, expression.no].map((part) => compile(part, binding));
      return choice(of as Evaluate, yes as Evaluate, no as Evaluate);
    }
    case "&&":
      return logic(compile(expression.left, binding), compile(expression.right, binding), false);
    case "||":
      return logic(compile(expression.left, binding), compile(expression.right, binding), true);
    default:
      return OPERATIONS[expression.op](compile(expression.left, binding), compile(expression.right, binding));
  }
}

function unary(of: Evaluate, apply: (value: number) => Value): Evaluate {
  return (measured) => {
    const value = of(measured);
    return value === null ? null : apply(value as number);
  };
}

function choice(of: Evaluate, yes: Evaluate, no: Evaluate): Evaluate {
  return (measured) => {
    const value = of(measured);
    return value === null ? null : value ? yes(measured) : no(measured);
  };
}

/** `||` where `deciding` is true, `&&` where it is false. */
function logic(left: Evaluate, right: Evaluate, deciding: boolean): Evaluate {
  return (measured) => {
    const first = left(measured);
    if (first === deciding) return deciding;
    const second = right(measured);
    return second === deciding ? deciding : first === null || second === null ? null : !deciding;
  };
}

type Operation = Exclude<Extract<Expression, { left: Expression }>["op"], "&&" | "||">;
type Combine = (left: Evaluate, right: Evaluate) => Evaluate;

/** What two numbers (or two truths) come to. */
const OPERATIONS: Readonly<Record<Operation, Combine>> = {
  "<": (left, right) => both(left, right, (a, b) => a < b),
  "<=": (left, right) => both(left, right, (a, b) => a <= b),
  ">": (left, right) => both(left, right, (a, b) => a > b),
  ">=": (left, right) => both(left, right, (a, b) => a >= b),
  "==": (left, right) => both(left, right, (a, b) => a === b),
  "!=": (left, right) => both(left, right, (a, b) => a !== b),
  "+": (left, right) => both(left, right, (a, b) => a + b),
  "-": (left, right) => both(left, right, (a, b) => a - b),
  "*": (left, right) => both(left, right, (a, b) => a * b),
  "/": (left, right) => both(left, right, (a, b) => a / b),
  "%": (left, right) => both(left, right, (a, b) => a % b),
};

function both(left: Evaluate, right: Evaluate, apply: (a: number, b: number) => Value): Evaluate {
  return (measured) => {
    const a = left(measured);
    if (a === null) return null;
    const b = right(measured);
    return b === null ? null : apply(a as number, b as number);
  };
}
