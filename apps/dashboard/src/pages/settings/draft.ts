import { isJsonObject, type JsonObject, type JsonValue } from "@playhead/core";
import type { Setting } from "./settings-api.ts";

/** What somebody typed for a setting; null to go back to its default. */
export type Typed = string | null;

/** What is typed and not saved, by the settings' names. */
export type Draft = ReadonlyMap<string, Typed>;

/** A value as it stands in its field. */
export function textOf(value: JsonValue): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
}

/** The draft after something was typed: what says the same as the server is no change. */
export function withTyped(draft: Draft, setting: Setting, typed: Typed): Draft {
  const next = new Map(draft);
  const isSame = typed === null ? setting.origin.kind === "default" : typed === textOf(setting.configured);
  if (isSame) next.delete(setting.key);
  else next.set(setting.key, typed);
  return next;
}

/** The change that a draft asks of the file: a merge patch. What cannot be read as what it has to be is sent as it is. */
export function patchOf(draft: Draft, settings: readonly Setting[]): JsonObject {
  return settings.reduce<JsonObject>((patch, setting) => {
    const typed = draft.get(setting.key);
    return typed === undefined ? patch : put(patch, setting.key.split("."), changeOf(setting, typed));
  }, {});
}

function put(object: JsonObject, [name = "", ...below]: readonly string[], value: JsonValue): JsonObject {
  const held = object[name];
  return { ...object, [name]: below.length === 0 ? value : put(isJsonObject(held) ? held : {}, below, value) };
}

function changeOf({ schema, configured }: Setting, typed: Typed): JsonValue {
  const text = typed?.trim() ?? "";
  // An empty field says nothing: then the default holds.
  if (text === "") return null;
  if (schema.type === "number" || schema.type === "integer") {
    const number = Number(text.replaceAll(/[\s_]/g, ""));
    return Number.isFinite(number) ? number : text;
  }
  if (schema.type === "boolean") return text === "true" || text === "false" ? text === "true" : text;
  return schema.type === "object" ? replacing(configured, parsedOr(text)) : text;
}

function parsedOr(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

/** What a merge patch has to say so that one value stands in the place of another: what is gone is named. */
function replacing(before: JsonValue, after: JsonValue): JsonValue {
  if (!isJsonObject(before) || !isJsonObject(after)) return after;
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  const kept = Object.keys(after).map((name) => [name, replacing(before[name] ?? null, after[name] ?? null)] as const);
  return Object.fromEntries([...gone.map((name) => [name, null] as const), ...kept]);
}
