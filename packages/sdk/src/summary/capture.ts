import { types } from "node:util";

/**
 * What was taken of a value, at once, so that what happens to the value later does not show: numbers, texts and the like
 * as they are, of all else a plain tree of its first members. Not redacted, not cut to size: that comes when it is sent.
 */
export type Captured = string | number | boolean | null | CapturedList | CapturedFields;
/** The first items of a list, and how many there were. */
export type CapturedList = readonly Captured[];
/** Fields by name. */
export interface CapturedFields {
  readonly [name: string]: Captured;
}

/** How deep a summary looks, and how many members it takes in all. */
export interface CaptureLimits {
  /** Levels of objects within objects. */
  readonly depth: number;
  /** Members in all. */
  readonly values: number;
}

/** As much as a summary of 1 KiB can hold, and more. */
export const CAPTURE_LIMITS: CaptureLimits = { depth: 3, values: 64 };

const { isProxy, isDate, isMap, isSet, isRegExp, isNativeError, isPromise, isAnyArrayBuffer, isBoxedPrimitive } = types;
const { getPrototypeOf, getOwnPropertyDescriptor } = Object;
const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;
const toIso = Date.prototype.toISOString;
const getTime = Date.prototype.getTime;
const viewBytes = getterOf(getPrototypeOf(Uint8Array.prototype), "byteLength");
const dataViewBytes = getterOf(DataView.prototype, "byteLength");
const bufferBytes = getterOf(ArrayBuffer.prototype, "byteLength");
const mapSize = getterOf(Map.prototype, "size");
const setSize = getterOf(Set.prototype, "size");
const hrefOf = getterOf(URL.prototype, "href");
const patternOf = getterOf(RegExp.prototype, "source");

/** How many values may still be taken. */
interface Room {
  values: number;
}

/**
 * Takes what a summary needs of any value. Never throws, and runs none of the user's code: no getter, no `toJSON`, no
 * trap of a proxy.
 */
export function capture(value: unknown, { depth, values }: CaptureLimits = CAPTURE_LIMITS): Captured {
  return typeof value === "object" && value !== null ? guarded(value, depth, { values }) : captureSimple(value);
}

/** Arguments, each on its own; where none needs a copy, the list that they came in, which nobody else has. */
export function captureAll(args: readonly unknown[]): readonly Captured[] {
  const count = Math.min(args.length, CAPTURE_LIMITS.values);
  for (let at = 0; at < count; at++) if (!isPlain(args[at])) return copyAll(args, count);
  return (count === args.length ? args : args.slice(0, count)) as Captured[];
}

function copyAll(args: readonly unknown[], count: number): Captured[] {
  const captured = args.slice(0, count) as Captured[];
  for (let at = 0; at < count; at++) {
    const arg = args[at];
    if (!isPlain(arg)) captured[at] = capture(arg);
  }
  return captured;
}

function isPlain(value: unknown): value is string | boolean | number | null {
  const kind = typeof value;
  return kind === "string" || kind === "boolean" || value === null || (kind === "number" && Number.isFinite(value));
}

function guarded(value: object, depth: number, room: Room): Captured {
  try {
    return captureObject(value, depth, room);
  } catch {
    return "[unreadable]";
  }
}

/** What is no object, as it is where JSON knows it, else in brackets. */
function captureSimple(value: unknown): Captured {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      // JSON knows no -0.
      return Number.isFinite(value) ? value + 0 : `[${value}]`;
    case "bigint":
      return `${value}n`;
    case "symbol":
      return `[${value.toString()}]`;
    case "function":
      return functionName(value);
    case "undefined":
      return "[undefined]";
    default:
      return null;
  }
}

function captureMember(value: unknown, depth: number, room: Room): Captured {
  room.values -= 1;
  return typeof value === "object" && value !== null ? captureObject(value, depth, room) : captureSimple(value);
}

function captureObject(value: object, depth: number, room: Room): Captured {
  if (isProxy(value)) return "[Proxy]";
  const prototype = getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null)
    return depth === 0 ? "[Object]" : captureFields(value, null, depth, room);
  if (Array.isArray(value)) return depth === 0 ? `[Array of ${value.length}]` : captureArray(value, depth, room);
  return captureSpecial(value, depth, room);
}

function captureSpecial(value: object, depth: number, room: Room): Captured {
  if (isDate(value)) return Number.isNaN(getTime.call(value)) ? "[Invalid Date]" : toIso.call(value);
  if (ArrayBuffer.isView(value)) {
    const bytes = value instanceof DataView ? dataViewBytes.call(value) : viewBytes.call(value);
    return `[${classNameOf(value)} of ${bytes} bytes]`;
  }
  if (isAnyArrayBuffer(value))
    return `[${classNameOf(value)}${types.isArrayBuffer(value) ? ` of ${bufferBytes.call(value)} bytes` : ""}]`;
  if (isRegExp(value)) return `[RegExp ${patternOf.call(value)}]`;
  if (isMap(value)) return depth === 0 ? `[Map of ${mapSize.call(value)}]` : captureMap(value, depth, room);
  if (isSet(value)) return depth === 0 ? `[Set of ${setSize.call(value)}]` : captureSet(value, depth, room);
  if (isNativeError(value)) return captureError(value, depth, room);
  if (isPromise(value)) return "[Promise]";
  if (isBoxedPrimitive(value)) return captureBoxed(value);
  if (value instanceof URL) return hrefOf.call(value) as string;
  const name = classNameOf(value);
  return depth === 0 ? `[${name}]` : captureFields(value, name, depth, room);
}

/** The fields that are data; of a getter that there is one. */
function captureFields(value: object, className: string | null, depth: number, room: Room): Captured {
  const fields: Record<string, Captured> = {};
  if (className !== null) fields["[class]"] = className;
  const names = Object.keys(value);
  for (let at = 0; at < names.length; at++) {
    if (room.values <= 0) {
      fields["…"] = `${names.length - at} more`;
      break;
    }
    const name = names[at] as string;
    const descriptor = getOwnPropertyDescriptor(value, name);
    if (descriptor === undefined) continue;
    if ("value" in descriptor) {
      if (descriptor.value !== undefined) put(fields, name, captureMember(descriptor.value, depth - 1, room));
    } else {
      room.values -= 1;
      fields[name] = "[getter]";
    }
  }
  return fields;
}

/** Without calling the setter that one name has. */
function put(fields: Record<string, Captured>, name: string, value: Captured): void {
  if (name === "__proto__") Object.defineProperty(fields, name, { value, enumerable: true, configurable: true });
  else fields[name] = value;
}

function captureArray(value: readonly unknown[], depth: number, room: Room): Captured {
  const items: Captured[] = [];
  for (let at = 0; at < value.length; at++) {
    if (room.values <= 0) {
      items.push(`… ${value.length - at} more`);
      break;
    }
    const descriptor = getOwnPropertyDescriptor(value, at);
    if (descriptor === undefined) {
      room.values -= 1;
      items.push("[empty]");
    } else items.push("value" in descriptor ? captureMember(descriptor.value, depth - 1, room) : "[getter]");
  }
  return items;
}

function captureMap(value: ReadonlyMap<unknown, unknown>, depth: number, room: Room): Captured {
  const fields: Record<string, Captured> = { "[class]": "Map" };
  let left = mapSize.call(value) as number;
  for (const [key, item] of mapEntries.call(value)) {
    if (room.values <= 0) {
      fields["…"] = `${left} more`;
      break;
    }
    left -= 1;
    const name = typeof key === "object" && key !== null ? `[${classNameOf(key)}]` : String(captureSimple(key));
    // Two objects as keys may look the same.
    put(fields, Object.hasOwn(fields, name) ? `${name} ${left}` : name, captureMember(item, depth - 1, room));
  }
  return fields;
}

function captureSet(value: ReadonlySet<unknown>, depth: number, room: Room): Captured {
  const items: Captured[] = [];
  let left = setSize.call(value) as number;
  for (const item of setValues.call(value)) {
    if (room.values <= 0) {
      items.push(`… ${left} more`);
      break;
    }
    left -= 1;
    items.push(captureMember(item, depth - 1, room));
  }
  return items;
}

/** Its message and its own fields; the message is own, but not enumerable. */
function captureError(value: Error, depth: number, room: Room): Captured {
  const message = getOwnPropertyDescriptor(value, "message")?.value;
  const name = classNameOf(value);
  if (depth === 0) return `[${name}]`;
  const fields = captureFields(value, name, depth, room);
  return typeof message === "string" ? { ...(fields as CapturedFields), message } : fields;
}

function captureBoxed(value: object): Captured {
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  if (types.isNumberObject(value)) return captureSimple(Number.prototype.valueOf.call(value));
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
  return "[Object]";
}

/** The name of an object's class, without asking the object. */
function classNameOf(value: object): string {
  if (isProxy(value)) return "Proxy";
  for (let owner: object | null = getPrototypeOf(value); owner !== null && !isProxy(owner); ) {
    const made: unknown = getOwnPropertyDescriptor(owner, "constructor")?.value;
    if (typeof made === "function" && !isProxy(made)) {
      const name: unknown = getOwnPropertyDescriptor(made, "name")?.value;
      if (typeof name === "string" && name !== "") return name;
    }
    owner = getPrototypeOf(owner);
  }
  return "Object";
}

function functionName(value: unknown): string {
  if (isProxy(value)) return "[Proxy]";
  const name: unknown = getOwnPropertyDescriptor(value, "name")?.value;
  return typeof name === "string" && name !== "" ? `[function ${name}]` : "[function]";
}

/** A getter of the platform's, which asks nothing of the object but what is in its slots. */
function getterOf(owner: object, name: string): () => unknown {
  const getter = getOwnPropertyDescriptor(owner, name)?.get;
  if (getter === undefined) throw new TypeError(`expected a getter of ${name}`);
  return getter;
}
