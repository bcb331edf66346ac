import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isJsonObject, PlayheadError } from "@playhead/core";
import type { Config } from "./config.ts";
import { configError, faultsOf } from "./config-faults.ts";
import type { ConfigSchema } from "./config-schema.ts";
import { fromText, type Setting, settingsOf, valueAt, withValueAt } from "./settings.ts";

export interface ConfigSources {
  /** Path of the file; null reads `playhead.config.json` beside the process, where there is one. */
  readonly file: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the command line says. */
  readonly flags: Partial<Config>;
}

/** Where a value comes from. */
export interface ConfigOrigin {
  readonly kind: "default" | "file" | "environment" | "flag";
  /** The file's path, the variable's name, the flag; null for a default. */
  readonly name: string | null;
}

/** A configuration that is right, and what it was made of. */
export interface LoadedConfig {
  readonly config: Config;
  readonly sources: ConfigSources;
  readonly schema: ConfigSchema;
  /** Absolute; null for one that was not read from anywhere. */
  readonly file: string | null;
  /** What the file held; null where there is none. */
  readonly text: string | null;
  readonly originOf: (key: string) => ConfigOrigin;
}

const DEFAULT_FILE = "playhead.config.json";
const FROM_DEFAULT: ConfigOrigin = { kind: "default", name: null };

/**
 * The configuration of a start: file, environment over it, flags over those; with where each value comes from.
 *
 * @throws PlayheadError `config_invalid` that names every fault by where it was set.
 */
export function readConfig(sources: ConfigSources, schema: ConfigSchema): LoadedConfig {
  const { path, isNamed } = fileOf(sources);
  return resolveConfig(readText(path, isNamed), sources, schema);
}

/** The same, of what a file holds. */
export function resolveConfig(text: string | null, sources: ConfigSources, schema: ConfigSchema): LoadedConfig {
  const { path: file } = fileOf(sources);
  const { $schema, ...fromFile } = text === null ? {} : parseConfigFile(file, text);
  const { environment, flags } = sources;
  const origins = new Map<string, ConfigOrigin>();
  let values: unknown = fromFile;
  for (const setting of settingsOf(schema)) {
    if (valueAt(fromFile, setting.path) !== undefined) origins.set(setting.key, { kind: "file", name: file });
    for (const { value, origin } of fromOutside(setting, environment, flags)) {
      values = withValueAt(values, setting.path, fromText(setting, value));
      origins.set(setting.key, origin);
    }
  }
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    const originAt = (path: readonly string[]) => originNear(origins, path)?.name ?? file;
    throw configError(faultsOf(parsed.error.issues, { schema, values: values as object, originOf: originAt }));
  }
  return {
    // Whoever is told of it may work in another folder.
    config: { ...parsed.data, data: resolve(parsed.data.data) },
    sources,
    schema,
    file: resolve(file),
    text,
    originOf: (key) => origins.get(key) ?? FROM_DEFAULT,
  };
}

/** What the environment and the command line say of a setting, the stronger one last. */
function fromOutside({ key, env }: Setting, environment: ConfigSources["environment"], flags: Partial<Config>) {
  const found: { readonly value: unknown; readonly origin: ConfigOrigin }[] = [];
  const name = env.find((each) => environment[each] !== undefined && environment[each] !== "");
  if (name !== undefined) found.push({ value: environment[name], origin: { kind: "environment", name } });
  const flag = flags[key as keyof Config];
  if (flag !== undefined) found.push({ value: flag, origin: { kind: "flag", name: `--${key.replaceAll("_", "-")}` } });
  return found;
}

/** Where that was set which stands at a path, or above it. */
function originNear(origins: ReadonlyMap<string, ConfigOrigin>, path: readonly string[]): ConfigOrigin | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const origin = origins.get(path.slice(0, length).join("."));
    if (origin !== undefined) return origin;
  }
  return undefined;
}

function fileOf({ file, environment }: ConfigSources): { readonly path: string; readonly isNamed: boolean } {
  const named = file ?? environment.PLAYHEAD_CONFIG ?? "";
  return { path: named === "" ? DEFAULT_FILE : named, isNamed: named !== "" };
}

function readText(path: string, isNamed: boolean): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (!isNamed && (cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new PlayheadError("config_invalid", `the configuration file ${path} cannot be read`, { cause });
  }
}

/**
 * What the text of a configuration file says.
 *
 * @throws PlayheadError `config_invalid` for what is no JSON object
 */
export function parseConfigFile(path: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw new PlayheadError("config_invalid", `the configuration file ${path} is not JSON: ${placeOf(cause)}`);
  }
  throw new PlayheadError("config_invalid", `expected the configuration file ${path} to hold a JSON object`);
}

/** Where JSON ends to be JSON, without the text around it: there may be a secret in it. */
function placeOf(error: unknown): string {
  return (error as Error).message
    .replace(/, (\.\.\.)?".*is not valid JSON$/s, "")
    .replace(/ in JSON at position \d+/, "");
}
