/**
 * Conditions are CEL, of which we allow what comparing measurements needs, and nothing else: no lists, no fields, no
 * macros, no methods (`matches` among them), no strings but the names that functions are asked for. What is allowed
 * is a list, so that whatever else the language has or gets is refused. Nothing of a condition is ever run as code.
 */

import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import { EVENT_TYPES, type EventType, isEventType } from "@playhead/core";
import { FUNCTIONS, MEASUREMENTS } from "./measurements.ts";

/** How long a condition may be. */
export const MAX_CONDITION_LENGTH = 1_000;
/** How many parts it may have: bounds what one evaluation costs. */
export const MAX_CONDITION_NODES = 200;
const MAX_DEPTH = 32;
const MAX_NAME_LENGTH = 200;

const LOGIC = ["&&", "||"] as const;
const COMPARISONS = ["<", "<=", ">", ">=", "==", "!="] as const;
const ARITHMETIC = ["+", "-", "*", "/", "%"] as const;

type Logic = (typeof LOGIC)[number];
type Comparison = (typeof COMPARISONS)[number];
type Arithmetic = (typeof ARITHMETIC)[number];

/** What is left of a condition when all that is not allowed was refused. */
export type Expression =
  | { readonly op: "literal"; readonly value: number | boolean }
  /** A measurement, or a function with its argument: `name` is how it was written. */
  | { readonly op: "measured"; readonly name: string; readonly called: readonly [string, string] | null }
  | { readonly op: "threshold" }
  | { readonly op: "!" | "negate"; readonly of: Expression }
  | { readonly op: "?"; readonly of: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly op: Logic | Comparison | Arithmetic; readonly left: Expression; readonly right: Expression };

/** The name of the rule's own number in its conditions. */
const THRESHOLD = "threshold";

/** Says what is wrong with a condition, in words that follow the name of the field. */
export class ConditionFault extends Error {
  override readonly name = "ConditionFault";
}

const environment = createEnvironment();

function createEnvironment(): Environment {
  const limits = {
    maxAstNodes: MAX_CONDITION_NODES,
    maxDepth: MAX_DEPTH,
    maxListElements: 0,
    maxMapEntries: 0,
    maxCallArguments: 1,
  };
  const made = new Environment({ limits });
  for (const name of [...Object.keys(MEASUREMENTS), THRESHOLD]) made.registerVariable(name, "double");
  // Never called: conditions are evaluated by our own functions. They say which types go in and come out.
  const typeOnly = () => Number.NaN;
  for (const name of Object.keys(FUNCTIONS)) made.registerFunction(`${name}(string): double`, typeOnly);
  for (const op of ARITHMETIC) {
    made.registerOperator(`double ${op} int: double`, typeOnly).registerOperator(`int ${op} double: double`, typeOnly);
  }
  // Either way around, and != with it.
  made.registerOperator("double == int: bool", typeOnly).registerOperator("double % double: double", typeOnly);
  return made;
}

/**
 * What a text says, when it is a condition: allowed, and true or false in the end.
 * @throws ConditionFault
 */
export function parseCondition(text: string): Expression {
  if (text.length > MAX_CONDITION_LENGTH) {
    throw new ConditionFault(`expected at most ${MAX_CONDITION_LENGTH} characters, got ${text.length}`);
  }
  const parsed = parseText(text);
  const expression = allowed(parsed.ast);
  const { valid, type, error } = parsed.check();
  if (!valid) throw new ConditionFault(firstLine(error));
  if (type !== "bool") throw new ConditionFault(`expected something true or false, such as a > b, got a ${type}`);
  return expression;
}

function parseText(text: string) {
  try {
    return environment.parse(text);
  } catch (error) {
    throw new ConditionFault(firstLine(error));
  }
}

function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return `is no valid expression: ${line}`;
}

function allowed(node: ASTNode): Expression {
  switch (node.op) {
    case "value":
      return { op: "literal", value: literal(node.args) };
    case "id":
      return variable(node.args);
    case "call":
      return call(...node.args);
    case "!_":
      return { op: "!", of: allowed(node.args) };
    case "-_":
      return { op: "negate", of: allowed(node.args) };
    case "?:": {
      const [of, yes, no] = node.args;
      return { op: "?", of: allowed(of), yes: allowed(yes), no: allowed(no) };
    }
    default:
      return binary(node);
  }
}

function binary(node: ASTNode): Expression {
  if (isOneOf(LOGIC, node.op) || isOneOf(COMPARISONS, node.op) || isOneOf(ARITHMETIC, node.op)) {
    const [left, right] = (node.args as readonly [ASTNode, ASTNode]).map(allowed) as [Expression, Expression];
    if (isWhole(node)) return { op: "literal", value: toNumber(computeWhole(node)) };
    return { op: node.op, left, right };
  }
  const got = node.op === "rcall" ? `.${String((node.args as readonly unknown[])[0])}()` : `"${node.op}"`;
  throw new ConditionFault(
    `expected measurements compared with numbers (${COMPARISONS.join(" ")}), joined by && and ||, got ${got}`,
  );
}

/** Whether CEL takes it for a whole number: measurements and thresholds never are. */
function isWhole(node: ASTNode): boolean {
  if (node.op === "value") return typeof node.args === "bigint";
  if (node.op === "-_") return isWhole(node.args);
  if (node.op === "?:") return isWhole(node.args[1]) && isWhole(node.args[2]);
  return isOneOf(ARITHMETIC, node.op) && (node.args as readonly ASTNode[]).every(isWhole);
}

/** Whole numbers are computed here and now, as CEL has it: 7 / 2 is 3. */
function computeWhole(node: ASTNode): bigint {
  if (node.op === "value") return node.args as bigint;
  if (node.op === "-_") return -computeWhole(node.args);
  if (node.op === "?:") throw new ConditionFault("expected numbers to be computed with such as 1.0, got 1");
  const [left, right] = (node.args as readonly [ASTNode, ASTNode]).map(computeWhole) as [bigint, bigint];
  const op = node.op as Arithmetic;
  if (right === 0n && (op === "/" || op === "%")) throw new ConditionFault("divides by zero");
  const result = compute(op, left, right);
  toNumber(result);
  return result;
}

function compute(op: Arithmetic, left: bigint, right: bigint): bigint {
  switch (op) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
  }
}

function literal(value: unknown): number | boolean {
  if (typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "bigint") return toNumber(value);
  const got = typeof value === "string" ? "a text" : value === null ? "null" : "something else";
  throw new ConditionFault(`expected a number, true or false, got ${got}`);
}

function toNumber(whole: bigint): number {
  const value = Number(whole);
  if (!Number.isSafeInteger(value)) throw new ConditionFault("expected whole numbers within ±9007199254740991");
  return value;
}

function variable(name: string): Expression {
  if (name === THRESHOLD) return { op: "threshold" };
  if (Object.hasOwn(MEASUREMENTS, name)) return { op: "measured", name, called: null };
  throw new ConditionFault(
    `there is no measurement "${name}"; there are ${Object.keys(MEASUREMENTS).join(", ")}, and threshold`,
  );
}

function call(name: string, args: readonly ASTNode[]): Expression {
  if (!Object.hasOwn(FUNCTIONS, name)) {
    throw new ConditionFault(`there is no function "${name}"; there are ${Object.keys(FUNCTIONS).join(", ")}`);
  }
  const [argument] = args;
  const given = args.length === 1 && argument?.op === "value" ? argument.args : null;
  if (typeof given !== "string" || given === "" || given.length > MAX_NAME_LENGTH) {
    throw new ConditionFault(
      `expected ${name}() to have one name in quotes, of 1 to ${MAX_NAME_LENGTH} characters, as its argument`,
    );
  }
  if (name === "events" && !isFactType(given)) {
    throw new ConditionFault(`there is no event "${given}" to be counted; there are ${FACT_TYPES.join(", ")}`);
  }
  return { op: "measured", name: `${name}("${given}")`, called: [name, given] };
}

const FACT_TYPES = (Object.keys(EVENT_TYPES) as EventType[]).filter(isFactType);

/** Ticks come as often as they like and log lines are elsewhere: only facts are counted. */
function isFactType(type: string): boolean {
  return isEventType(type) && (EVENT_TYPES[type].class === "fact" || EVENT_TYPES[type].class === "both");
}

function isOneOf<Word extends string>(words: readonly Word[], word: string): word is Word {
  return (words as readonly string[]).includes(word);
}
