import { types } from "node:util";
import { createScrub, type ErrorDetails, type ScrubText } from "@playhead/core";

/** Characters that are kept of an error, of each of its causes, and of each error that it gathers. */
const MAX_MESSAGE = 1_024;
const MAX_STACK = 4_096;
const MAX_WORD = 200;
/** How far a chain of causes is followed, and how many errors of an aggregate are told. */
const MAX_CAUSES = 5;
const MAX_ERRORS = 5;

const scrubDefault = createScrub();

/** What one error tells in all. */
interface Telling {
  readonly scrub: ScrubText;
  readonly withStacks: boolean;
  /** So many more errors may be told within it. */
  left: number;
  /** Each is told once, however they refer to one another. */
  readonly seen: Set<unknown>;
}

/**
 * What is kept of anything that was thrown: bounded, without secrets, with causes and the errors of an aggregate. Never
 * throws. Of errors, getters are read, as whoever prints them would; of proxies nothing is.
 */
export function errorDetails(thrown: unknown, scrub: ScrubText = scrubDefault, withStacks = true): ErrorDetails {
  const telling = { scrub, withStacks, left: MAX_CAUSES + MAX_ERRORS, seen: new Set<unknown>() };
  if (isError(thrown) && read(thrown, "cause") === undefined && read(thrown, "errors") === undefined)
    return ownDetails(thrown, telling);
  telling.seen.add(thrown);
  return detailsOf(thrown, telling);
}

function detailsOf(thrown: unknown, telling: Telling): ErrorDetails {
  const causes: ErrorDetails[] = [];
  for (let cause = causeOf(thrown); isUntold(cause, telling) && causes.length < MAX_CAUSES; cause = causeOf(cause)) {
    telling.seen.add(cause);
    telling.left -= 1;
    causes.push(withErrors(cause, telling));
  }
  return { ...withErrors(thrown, telling), ...(causes.length > 0 && { causes }) };
}

function withErrors(thrown: unknown, telling: Telling): ErrorDetails {
  const errors: ErrorDetails[] = [];
  const list = isError(thrown) ? read(thrown, "errors") : undefined;
  if (Array.isArray(list) && !types.isProxy(list)) {
    for (const each of list.slice(0, MAX_ERRORS)) {
      if (!isUntold(each, telling)) continue;
      telling.seen.add(each);
      telling.left -= 1;
      errors.push(detailsOf(each, telling));
    }
  }
  return { ...ownDetails(thrown, telling), ...(errors.length > 0 && { errors }) };
}

function ownDetails(thrown: unknown, { scrub, withStacks }: Telling): ErrorDetails {
  const tell = (text: string, length: number) => cut(scrub(cut(text, 2 * length)), length);
  if (!isError(thrown)) return { class: kindOf(thrown), message: tell(textOf(thrown), MAX_MESSAGE) };
  const code = read(thrown, "code");
  const stack = withStacks ? read(thrown, "stack") : undefined;
  const name = read(thrown, "name");
  const isNamed = typeof name === "string" && name !== "" && name !== "Error";
  return {
    class: tell(isNamed ? name : classOf(thrown), MAX_WORD),
    message: tell(textOf(read(thrown, "message")), MAX_MESSAGE),
    ...((typeof code === "string" || typeof code === "number") && { code: tell(String(code), MAX_WORD) }),
    ...(typeof stack === "string" && { stack: tellStack(stack, tell) }),
  };
}

/** Its frames are places in the source, which hold no secrets unless they are addresses; what stands before them may. */
function tellStack(stack: string, tell: (text: string, length: number) => string): string {
  const head = stack.indexOf("\n    at ");
  const frames = head < 0 ? "" : stack.slice(head, head + MAX_STACK);
  if (head < 0 || /[=@]|http/.test(frames)) return tell(stack, MAX_STACK);
  return cut(tell(stack.slice(0, head), MAX_MESSAGE) + frames, MAX_STACK);
}

function isUntold(thrown: unknown, { seen, left }: Telling): boolean {
  return thrown !== undefined && thrown !== null && left > 0 && !seen.has(thrown);
}

function causeOf(thrown: unknown): unknown {
  return isError(thrown) ? read(thrown, "cause") : undefined;
}

function isError(value: unknown): value is object {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
}

/** The class's name, where the error does not say another. */
function classOf(error: object): string {
  const made = read(error, "constructor");
  const name: unknown = typeof made === "function" ? read(made, "name") : undefined;
  return typeof name === "string" && name !== "" ? name : "Error";
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  return types.isProxy(value) ? "Proxy" : classOf(value);
}

/** What was thrown and is no error: a text as it is, of an object no more than the message that it may have. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "function") return "[function]";
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return String(value);
  if (types.isProxy(value)) return "";
  const message = Object.getOwnPropertyDescriptor(value, "message")?.value;
  return typeof message === "string" ? message : "";
}

function read(from: object, name: string): unknown {
  try {
    return Reflect.get(from, name);
  } catch {
    return undefined;
  }
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
