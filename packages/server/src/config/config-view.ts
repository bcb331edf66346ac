import type { JsonObject, JsonValue } from "@playhead/core";
import * as z from "zod";
import type { Config } from "./config.ts";
import type { ConfigSchema } from "./config-schema.ts";
import type { ConfigOrigin, LoadedConfig } from "./load-config.ts";
import { schemaAt } from "./schema-at.ts";
import type { SettingMeta } from "./section.ts";
import { bareSchema, type Setting, settingsOf, valueAt } from "./settings.ts";

/** A setting as people may see it: no secret of it. */
export interface SettingView {
  readonly key: string;
  readonly section: string;
  readonly description: string;
  /** What is in force; null for nothing, and for a secret. */
  readonly value: JsonValue;
  /** What holds after a restart: another value where a change waits for one. */
  readonly configured: JsonValue;
  readonly default: JsonValue;
  readonly is_secret: boolean;
  /** Whether there is a value, seen or not. */
  readonly is_set: boolean;
  readonly origin: ConfigOrigin;
  /** Whether a change holds at once. */
  readonly reloadable: boolean;
  /** Such as `ms`, `%`; null for what has none. */
  readonly unit: string | null;
  readonly environment: readonly string[];
  /** What is allowed, as JSON Schema. */
  readonly schema: JsonObject;
}

const HIDDEN = "(not shown)";
/** Fields of channels whose schemas do not say whether they are secret. */
const SOUNDS_SECRET = /pass|secret|token|key|credential|url|header/i;

/**
 * The settings of a configuration, each with where it comes from.
 *
 * @param running what is in force
 */
export function settingViews(
  { schema, config, originOf }: Pick<LoadedConfig, "schema" | "config" | "originOf">,
  running: Config,
): readonly SettingView[] {
  const defaults = schema.parse({});
  return settingsOf(schema).map((setting) => {
    const { key, path, section, description, secret, reloadable, env } = setting;
    const shown = (of: Config) => (secret ? null : ((withoutSecrets(schema, of, path) ?? null) as JsonValue));
    return {
      key,
      section,
      description,
      value: shown(running),
      configured: shown(config),
      default: (valueAt(defaults, path) ?? null) as JsonValue,
      is_secret: secret,
      is_set: valueAt(running, path) !== undefined,
      origin: originOf(key),
      reloadable,
      unit: unitOf(key),
      environment: env,
      schema: jsonSchemaOf(setting),
    };
  });
}

/** What a number counts, by the end of its name. */
function unitOf(key: string): string | null {
  const units = { ms: "ms", seconds: "s", days: "days", percent: "%", bytes: "bytes", second: "a second", ratio: "×" };
  return units[key.replace(/^.*_/, "") as keyof typeof units] ?? null;
}

function jsonSchemaOf({ schema, key }: Setting): JsonObject {
  // Of channels there is more to say than one field of a page could ask for.
  if (key === "channels") return { type: "object" };
  const { $schema, ...allowed } = z.toJSONSchema(bareSchema(schema), { io: "input", unrepresentable: "any" });
  return allowed as JsonObject;
}

/** What stands at a path, without what is secret in it: channels have passwords, keys, and addresses as good as keys. */
function withoutSecrets(schema: ConfigSchema, config: Config, path: readonly string[]): unknown {
  const value = valueAt(config, path);
  if (typeof value === "string" && isSecret(schema, config, path)) return HIDDEN;
  if (path[0] !== "channels" || typeof value !== "object" || value === null) return value;
  const parts = Object.keys(value).map((name) => [name, withoutSecrets(schema, config, [...path, name])] as const);
  return Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

function isSecret(schema: ConfigSchema, config: Config, path: readonly string[]): boolean {
  const [root, , ...below] = path;
  if (root !== "channels") return false;
  const at = schemaAt(schema, config, path);
  const meta = at && (z.globalRegistry.get(at) as Partial<SettingMeta> | undefined);
  return meta?.secret ?? below.some((name) => SOUNDS_SECRET.test(name));
}
