import {
  createScrub,
  createSecrecy,
  isArgumentName,
  isPlace,
  isSecretValue,
  isValueName,
  type JsonObject,
  type JsonValue,
  namesSecret,
  REDACTED,
  type ScrubText,
  type Secrecy,
} from "@playhead/core";
import type { Captured, CapturedFields, CapturedList } from "./capture.ts";

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

/** The parameters of calls of one function with so many arguments. */
interface ParameterShape {
  /** As the function names them. */
  readonly names: readonly string[];
  readonly known: readonly KnownName[];
  /** Has all their fields, in their order. */
  readonly empty: Readonly<Record<string, JsonValue>>;
}

/** What one summary may still take, in bytes of JSON. */
interface Room {
  bytes: number;
  /** What is summed up is nobody else's: where there is nothing to hide, and room for all, it is taken as it is. */
  readonly isOwn: boolean;
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
/** Texts up to this are mostly words. */
const WORD_LENGTH = 32;
/** By code: of what a word is made that is plain, and in which no secret begins (`eyJ…`, `AKIA…`, `AIza…`). */
const IN_WORD = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-IL-Za-y0-9]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** @param secrets names of the user's own that mean a secret */
export function createSummaries(secrets: readonly string[] = []): Summaries {
  const secrecyOf = createSecrecy(secrets);
  const scrub = createScrub(secrets);
  const names = new Map<string, KnownName>();

  function jsonOf(value: Captured, room: Room): JsonValue {
    if (typeof value === "string") return textOf(value, room, scrub);
    if (typeof value === "number") {
      room.bytes -= NUMBER_BYTES;
      // JSON knows no -0.
      return value + 0;
    }
    if (typeof value !== "object" || value === null) {
      room.bytes -= WORD_BYTES;
      return value;
    }
    return Array.isArray(value) ? listOf(value, room) : fieldsOf(value as CapturedFields, room);
  }

  function listOf(items: CapturedList, room: Room): JsonValue {
    let list: JsonValue[] | null = room.isOwn ? null : [];
    room.bytes -= 2;
    let isNextSecret = false;
    for (let at = 0; at < items.length; at++) {
      const item = items[at] as Captured;
      if (room.bytes <= 1) {
        list ??= items.slice(0, at) as JsonValue[];
        list.push(`… ${items.length - at} more`);
        break;
      }
      room.bytes -= 1;
      const kept: JsonValue = isNextSecret && isSecretValue(item, "strict") ? redacted(room) : jsonOf(item, room);
      if (list === null && kept !== item) list = items.slice(0, at) as JsonValue[];
      list?.push(kept);
      // `["--password", "…"]`, `["Cookie", "…"]`: a name, and then its value.
      isNextSecret = isArgumentName(item, secrecyOf);
    }
    return list ?? (items as JsonValue[]);
  }

  function knownName(name: string): KnownName {
    const known = names.get(name);
    if (known !== undefined) return known;
    const shown = name.length > MAX_NAME_LENGTH ? `${scrub(name.slice(0, MAX_NAME_LENGTH))}…` : scrub(name);
    const made = { shown, bytes: jsonBytes(shown) + 2, secrecy: secrecyOf(name), isValue: isValueName(name) };
    // What is longer than a name is data, and comes once.
    if (name.length > MAX_NAME_LENGTH) return made;
    if (names.size >= MAX_NAMES) names.clear();
    names.set(name, made);
    return made;
  }

  /** The value of a field for which there is room. */
  function fieldOf(
    { bytes, secrecy, isValue }: KnownName,
    value: Captured,
    beside: CapturedFields | null,
    room: Room,
  ): JsonValue {
    room.bytes -= bytes;
    const isSecret =
      (secrecy !== "none" && isSecretValue(value, secrecy)) ||
      (isValue && beside !== null && namesSecret(beside, secrecyOf));
    return isSecret ? redacted(room) : jsonOf(value, room);
  }

  function fieldsOf(fields: CapturedFields, room: Room): JsonObject {
    let shown: Record<string, JsonValue> | null = room.isOwn ? null : {};
    room.bytes -= 2;
    const all = Object.keys(fields);
    let isNextSecret = false;
    for (let at = 0; at < all.length; at++) {
      const name = all[at] as string;
      const known = knownName(name);
      if (room.bytes <= known.bytes) {
        shown ??= firstOf(fields, all, at);
        shown["…"] = `${all.length - at} more`;
        break;
      }
      const value = fields[name] as Captured;
      const isHidden = isNextSecret && isSecretValue(value, "strict");
      isNextSecret = isPlace(name) && isArgumentName(value, secrecyOf);
      const kept = isHidden ? redacted(room) : fieldOf(known, value, fields, room);
      if (shown === null && (kept !== value || known.shown !== name)) shown = firstOf(fields, all, at);
      if (shown !== null) put(shown, known.shown, kept);
    }
    return shown ?? (fields as JsonObject);
  }

  let last: ParameterShape = { names: [], known: [], empty: {} };

  /** Calls mostly come from the function of the call before. */
  function shapeOf(names: readonly string[], count: number): ParameterShape {
    if (names !== last.names || count !== last.known.length) {
      const known = Array.from({ length: count }, (_, at) => knownName(names[at] ?? String(at)));
      const empty: Record<string, JsonValue> = {};
      for (const { shown } of known) put(empty, shown, null);
      last = { names, known, empty };
    }
    return last;
  }

  return {
    text: scrub,
    parameters(args, argNames, maxBytes = MAX_BYTES) {
      const room = { bytes: maxBytes - RESERVE_BYTES, isOwn: true };
      const { known, empty } = shapeOf(argNames, args.length);
      // To copy one that has all fields is quicker than to add them one by one.
      let shown = { ...empty };
      let isNextSecret = false;
      for (let at = 0; at < args.length; at++) {
        const each = known[at] as KnownName;
        if (room.bytes <= each.bytes) {
          shown = firstOf(
            shown as CapturedFields,
            known.map(({ shown }) => shown),
            at,
          );
          shown["…"] = `${args.length - at} more`;
          break;
        }
        const value = args[at] as Captured;
        const isHidden = isNextSecret && isSecretValue(value, "strict");
        isNextSecret = at + 1 < args.length && isArgumentName(value, secrecyOf);
        put(shown, each.shown, isHidden ? redacted(room) : fieldOf(each, value, null, room));
      }
      return shown;
    },
    result(value, maxBytes = MAX_BYTES) {
      if (typeof value === "string") return textOf(value, { bytes: maxBytes - RESERVE_BYTES, isOwn: true }, scrub);
      if (typeof value !== "object" || value === null) return String(value);
      return JSON.stringify(jsonOf(value, { bytes: maxBytes - RESERVE_BYTES, isOwn: true }));
    },
    fields: (fields) => fieldsOf(fields as CapturedFields, { bytes: Number.POSITIVE_INFINITY, isOwn: false }),
  };
}

/** The fields before one that cannot be taken as it is. */
function firstOf(fields: CapturedFields, names: readonly string[], count: number): Record<string, JsonValue> {
  const shown: Record<string, JsonValue> = {};
  for (let at = 0; at < count; at++) put(shown, names[at] as string, fields[names[at] as string] as JsonValue);
  return shown;
}

/** Without calling the setter that one name has. */
function put(fields: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === "__proto__")
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  else fields[name] = value;
}

function redacted(room: Room): string {
  room.bytes -= REDACTED.length + 2;
  return REDACTED;
}

/** A text without secrets, as long as there is room for. */
function textOf(text: string, room: Room, scrub: ScrubText): string {
  if (text.length + 2 <= room.bytes && isWord(text)) {
    room.bytes -= text.length + 2;
    return text;
  }
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

/** Whether it is short, and letters and digits alone: two patterns would cost as much as all the rest of a summary. */
function isWord(text: string): boolean {
  if (text.length > WORD_LENGTH) return false;
  for (let at = 0; at < text.length; at++) if (IN_WORD[text.charCodeAt(at)] !== 1) return false;
  return true;
}

/** How many bytes a text takes as JSON, quotes included. */
function jsonBytes(text: string): number {
  return PLAIN.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));
}

/** A text of its own: a part of a large one would keep all of it in memory. */
function detached(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}
