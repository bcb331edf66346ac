import type { JsonObject, JsonValue } from "@playhead/core";
import type { Captured, CapturedFields, CapturedList } from "./capture.ts";
import { createSecrecy, type SecrecyOf } from "./secret-names.ts";
import { createScrub, REDACTED, type ScrubText } from "./secret-text.ts";

/** What of captured values is sent: bounded, and without secrets. */
export interface Summaries {
  /** Arguments by their names, or their places where names are not known. */
  parameters(args: readonly Captured[], names: readonly string[], maxBytes?: number): JsonObject;
  /** A result as a text: of a text itself, of all else JSON. */
  result(value: Captured, maxBytes?: number): string;
  /** A JSON object of the user's, as large as it is. */
  fields(fields: JsonObject): JsonObject;
  text: ScrubText;
}

/** What one summary may still take, in bytes of JSON. */
interface Room {
  bytes: number;
}

/** Bytes of a parameter's or a result's summary, as JSON. */
const MAX_BYTES = 1_024;
/** Kept back for what says that something was left out, on every level. */
const RESERVE_BYTES = 120;
/** Needs no escape, and so as many bytes as characters. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** @param secrets names of the user's own that mean a secret */
export function createSummaries(secrets: readonly string[] = []): Summaries {
  const secrecyOf = createSecrecy(secrets);
  const scrub = createScrub(secrets);

  function jsonOf(value: Captured, room: Room): JsonValue {
    if (typeof value === "string") return textOf(value, room, scrub);
    if (typeof value !== "object" || value === null) {
      room.bytes -= String(value).length;
      return value;
    }
    return Array.isArray(value) ? listOf(value, room) : fieldsOf(value as CapturedFields, room);
  }

  function listOf(items: CapturedList, room: Room): JsonValue {
    const list: JsonValue[] = [];
    room.bytes -= 2;
    let isNextSecret = false;
    for (const [at, item] of items.entries()) {
      if (room.bytes <= 1) {
        list.push(`… ${items.length - at} more`);
        break;
      }
      room.bytes -= 1;
      list.push(isNextSecret && isSecretValue(item, "strict") ? redacted(room) : jsonOf(item, room));
      // `["--password", "…"]`, `["Cookie", "…"]`: a name, and then its value.
      isNextSecret = typeof item === "string" && item.length <= 40 && isArgumentName(item, secrecyOf);
    }
    return list;
  }

  function fieldsOf(fields: CapturedFields, room: Room): JsonObject {
    const shown: Record<string, JsonValue> = {};
    room.bytes -= 2;
    const isPair = namesSecret(fields, secrecyOf);
    const names = Object.keys(fields);
    for (let at = 0; at < names.length; at++) {
      const name = names[at] as string;
      const shownName = name.length > 100 ? `${scrub(name.slice(0, 100))}…` : PLAIN.test(name) ? name : scrub(name);
      const bytes = jsonBytes(shownName) + 2;
      if (room.bytes <= bytes) {
        put(shown, "…", `${names.length - at} more`);
        break;
      }
      room.bytes -= bytes;
      const value = fields[name] as Captured;
      const isSecret = isSecretValue(value, secrecyOf(name)) || (isPair && name.toLowerCase() === "value");
      put(shown, shownName, isSecret ? redacted(room) : jsonOf(value, room));
    }
    return shown;
  }

  return {
    text: scrub,
    parameters(args, names, maxBytes = MAX_BYTES) {
      const named: Record<string, Captured> = Object.create(null);
      for (let at = 0; at < args.length; at++) named[names[at] ?? String(at)] = args[at] as Captured;
      return fieldsOf(named, { bytes: maxBytes - RESERVE_BYTES });
    },
    result(value, maxBytes = MAX_BYTES) {
      const room = { bytes: maxBytes - RESERVE_BYTES };
      if (typeof value === "string") return textOf(value, room, scrub);
      return JSON.stringify(jsonOf(value, room));
    },
    fields: (fields) => fieldsOf(fields as CapturedFields, { bytes: Number.POSITIVE_INFINITY }),
  };
}

/** Without calling the setter that some names have. */
function put(fields: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === "__proto__")
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  else fields[name] = value;
}

/** A yes or a no, and nothing at all, tell no secret; of some names a number does not either. */
function isSecretValue(value: Captured, secrecy: ReturnType<SecrecyOf>): boolean {
  if (secrecy === "none" || value === null || typeof value === "boolean") return false;
  return secrecy === "strict" || typeof value !== "number";
}

/** `{ name: "password", value: … }`, as headers and environments are often written. */
function namesSecret(fields: CapturedFields, secrecyOf: SecrecyOf): boolean {
  const name = fields.name ?? fields.key ?? fields.header ?? fields.Name ?? fields.Key;
  return typeof name === "string" && name.length <= 100 && secrecyOf(name) !== "none";
}

/** A text that is nothing but a name: of a header, or of an option of a command. */
function isArgumentName(text: string, secrecyOf: SecrecyOf): boolean {
  return /^-{0,2}[A-Za-z][\w.-]*:?$/.test(text) && secrecyOf(text) !== "none";
}

function redacted(room: Room): string {
  room.bytes -= REDACTED.length + 2;
  return REDACTED;
}

/** A text without secrets, as long as there is room for. */
function textOf(text: string, room: Room, scrub: ScrubText): string {
  // With some more than there is room for, so that a secret at the cut is seen as one.
  const limit = Math.max(0, room.bytes) + 512;
  const clean = scrub(text.length > limit ? `${detached(text.slice(0, limit))}…` : text);
  let shown = clean;
  let bytes = jsonBytes(shown);
  for (let length = Math.max(0, room.bytes - 5); bytes > room.bytes && length >= 0; length = Math.floor(length / 2)) {
    shown = `${clean.slice(0, length).replace(/[\ud800-\udbff]$/, "")}…`;
    bytes = jsonBytes(shown);
    if (length === 0) break;
  }
  room.bytes -= bytes;
  return shown;
}

/** How many bytes a text takes as JSON, quotes included. */
function jsonBytes(text: string): number {
  return PLAIN.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));
}

/** A text of its own: a part of a large one would keep all of it in memory. */
function detached(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}
