import type { JsonObject, JsonValue } from "@playhead/core";
import type { Captured, CapturedFields, CapturedList } from "./capture.ts";
import { createSecrecy, type Secrecy, type SecrecyOf } from "./secret-names.ts";
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

/** A field's name, as it is shown. */
interface KnownName {
  readonly shown: string;
  /** As JSON, with the colon and the comma. */
  readonly bytes: number;
  readonly secrecy: Secrecy;
  /** Beside it may stand what it is the value of. */
  readonly isValue: boolean;
}

/** What one summary may still take, in bytes of JSON. */
interface Room {
  bytes: number;
}

/** Bytes of a parameter's or a result's summary, as JSON. */
const MAX_BYTES = 1_024;
/** Kept back for what says that something was left out, on every level. */
const RESERVE_BYTES = 120;
/** As many as a number takes at most, and as `false` does: to look closer would cost more than it is worth. */
const NUMBER_BYTES = 24;
const WORD_BYTES = 5;
/** Names are few; should they not be, all are forgotten. */
const MAX_NAMES = 10_000;
const MAX_NAME_LENGTH = 100;
/** Needs no escape, and so as many bytes as characters. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** @param secrets names of the user's own that mean a secret */
export function createSummaries(secrets: readonly string[] = []): Summaries {
  const secrecyOf = createSecrecy(secrets);
  const scrub = createScrub(secrets);
  const names = new Map<string, KnownName>();

  function jsonOf(value: Captured, room: Room): JsonValue {
    if (typeof value === "string") return textOf(value, room, scrub);
    if (typeof value !== "object" || value === null) {
      room.bytes -= typeof value === "number" ? NUMBER_BYTES : WORD_BYTES;
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
      isNextSecret = isArgumentName(item, secrecyOf);
    }
    return list;
  }

  function knownName(name: string): KnownName {
    const known = names.get(name);
    if (known !== undefined) return known;
    const shown = name.length > MAX_NAME_LENGTH ? `${scrub(name.slice(0, MAX_NAME_LENGTH))}…` : scrub(name);
    const made = { shown, bytes: jsonBytes(shown) + 2, secrecy: secrecyOf(name), isValue: /^value$/i.test(name) };
    // What is longer than a name is data, and comes once.
    if (name.length > MAX_NAME_LENGTH) return made;
    if (names.size >= MAX_NAMES) names.clear();
    names.set(name, made);
    return made;
  }

  /** @returns false when there is no room for it */
  function addField(
    fields: Record<string, JsonValue>,
    name: string,
    value: Captured,
    beside: CapturedFields | null,
    room: Room,
  ): boolean {
    const { shown, bytes, secrecy, isValue } = knownName(name);
    if (room.bytes <= bytes) return false;
    room.bytes -= bytes;
    const isSecret =
      (secrecy !== "none" && isSecretValue(value, secrecy)) ||
      (isValue && beside !== null && namesSecret(beside, secrecyOf));
    const kept = isSecret ? redacted(room) : jsonOf(value, room);
    if (shown === "__proto__") putProto(fields, kept);
    else fields[shown] = kept;
    return true;
  }

  function fieldsOf(fields: CapturedFields, room: Room): JsonObject {
    const shown: Record<string, JsonValue> = {};
    room.bytes -= 2;
    const all = Object.keys(fields);
    let isNextSecret = false;
    for (let at = 0; at < all.length; at++) {
      const name = all[at] as string;
      const value = fields[name] as Captured;
      const isHidden = isNextSecret && isSecretValue(value, "strict");
      isNextSecret = isPlace(name) && isArgumentName(value, secrecyOf);
      if (addField(shown, name, isHidden ? REDACTED : value, fields, room)) continue;
      shown["…"] = `${all.length - at} more`;
      break;
    }
    return shown;
  }

  return {
    text: scrub,
    parameters(args, argNames, maxBytes = MAX_BYTES) {
      const room = { bytes: maxBytes - RESERVE_BYTES };
      const shown: Record<string, JsonValue> = {};
      let isNextSecret = false;
      for (let at = 0; at < args.length; at++) {
        const value = args[at] as Captured;
        const isHidden = isNextSecret && isSecretValue(value, "strict");
        isNextSecret = at + 1 < args.length && isArgumentName(value, secrecyOf);
        if (addField(shown, argNames[at] ?? String(at), isHidden ? REDACTED : value, null, room)) continue;
        shown["…"] = `${args.length - at} more`;
        break;
      }
      return shown;
    },
    result(value, maxBytes = MAX_BYTES) {
      if (typeof value === "string") return textOf(value, { bytes: maxBytes - RESERVE_BYTES }, scrub);
      if (typeof value !== "object" || value === null) return String(value);
      return JSON.stringify(jsonOf(value, { bytes: maxBytes - RESERVE_BYTES }));
    },
    fields: (fields) => fieldsOf(fields as CapturedFields, { bytes: Number.POSITIVE_INFINITY }),
  };
}

/** Without calling the setter that this name has. */
function putProto(fields: Record<string, JsonValue>, value: JsonValue): void {
  Object.defineProperty(fields, "__proto__", { value, enumerable: true, configurable: true, writable: true });
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
function isArgumentName(text: Captured, secrecyOf: SecrecyOf): boolean {
  if (typeof text !== "string" || text.length > 40) return false;
  return /^-{0,2}[A-Za-z][\w.-]*:?$/.test(text) && secrecyOf(text) !== "none";
}

/** The name of a place in a list that was spread into an object. */
function isPlace(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 48 && first <= 57;
}

function redacted(room: Room): string {
  room.bytes -= REDACTED.length + 2;
  return REDACTED;
}

/** A text without secrets, as long as there is room for. */
function textOf(text: string, room: Room, scrub: ScrubText): string {
  if (text.length + 2 <= room.bytes && text.length < 64 && PLAIN.test(text)) {
    const clean = scrub(text);
    room.bytes -= clean.length + 2;
    return clean;
  }
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
