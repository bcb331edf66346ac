import { isJsonObject } from "@playhead/core";
import * as z from "zod";
import type { ConfigSchema } from "./config-schema.ts";
import type { SettingMeta } from "./section.ts";

/** One thing that can be set. */
export interface Setting extends SettingMeta {
  /** Its path in the file, with dots, such as `thresholds.error_rate`. */
  readonly key: string;
  readonly path: readonly string[];
  readonly schema: z.ZodType;
  readonly env: readonly string[];
  readonly secret: boolean;
}

/** A schema without what only says when it may be left out. */
export function bareSchema(schema: z.core.$ZodType): z.core.$ZodType {
  const isWrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return isWrapped ? bareSchema(schema.unwrap()) : schema;
}

/** Everything that can be set, in the order of the schema; what is grouped in the file is told one by one. */
export function settingsOf(schema: ConfigSchema): readonly Setting[] {
  return settingsIn(schema, []);
}

function settingsIn(object: z.ZodObject, above: readonly string[]): readonly Setting[] {
  return Object.entries(object.shape).flatMap(([name, schema]) => {
    const path = [...above, name];
    const bare = bareSchema(schema);
    if (bare instanceof z.ZodObject) return settingsIn(bare, path);
    const meta = z.globalRegistry.get(schema) as unknown as SettingMeta;
    return [{ env: [], secret: false, ...meta, key: path.join("."), path, schema: schema as z.ZodType }];
  });
}

/** @returns what an object holds at a path; undefined where there is nothing */
export function valueAt(object: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, name) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    return value[name as keyof typeof value];
  }, object);
}

/** The same object with another value at a path; undefined where something else than an object is in the way. */
export function withValueAt(object: unknown, [name, ...below]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  if (object !== undefined && !isJsonObject(object)) return object;
  return { ...object, [name]: withValueAt(valueAt(object, [name]), below, value) };
}

/** @returns a value from outside of the file as the schema wants it; what does not fit is left for the schema to refuse */
export function fromText({ schema }: Setting, value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim();
  const bare = bareSchema(schema);
  if (bare instanceof z.ZodNumber) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : value;
  if (bare instanceof z.ZodBoolean) return text === "true" || text === "false" ? text === "true" : value;
  // Programs of other houses write levels in capitals.
  if (bare instanceof z.ZodEnum && bare.options.includes(text.toLowerCase())) return text.toLowerCase();
  return value;
}

/** The settings of which two configurations say different things. */
export function differingSettings(settings: readonly Setting[], one: object, other: object): readonly Setting[] {
  return settings.filter(
    ({ path }) => JSON.stringify(sorted(valueAt(one, path))) !== JSON.stringify(sorted(valueAt(other, path))),
  );
}

/** The order in which an object's values stand says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}
