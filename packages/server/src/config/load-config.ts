import { readFileSync } from "node:fs";
import { isJsonObject, PlayheadError } from "@playhead/core";
import type * as z from "zod";
import { type Config, type ConfigKey, configSchema, environmentNames, fromText, shownValue } from "./config.ts";

export interface ConfigSources {
  /** Path of the file; null reads `playhead.config.json` beside the process, where there is one. */
  readonly file: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the command line says. */
  readonly flags: Partial<Config>;
}

const DEFAULT_FILE = "playhead.config.json";

/**
 * The configuration of a start: file, environment over it, flags over those.
 *
 * @throws PlayheadError `config_invalid` that names every fault by where it was set.
 */
export function loadConfig({ file, environment, flags }: ConfigSources): Config {
  const named = file ?? environment.PLAYHEAD_CONFIG ?? "";
  const path = named === "" ? DEFAULT_FILE : named;
  const fromFile = readConfigFile(path, named !== "");
  const values: Record<string, unknown> = { ...fromFile };
  const origins = new Map<string, string>(Object.keys(fromFile).map((key) => [key, path]));
  for (const key of Object.keys(configSchema.shape) as ConfigKey[]) {
    const name = environmentNames(key).find((each) => environment[each] !== undefined && environment[each] !== "");
    if (name !== undefined) {
      values[key] = fromText(key, environment[name]);
      origins.set(key, name);
    }
    if (flags[key] !== undefined) {
      values[key] = fromText(key, flags[key]);
      origins.set(key, `--${key.replaceAll("_", "-")}`);
    }
  }
  const parsed = configSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, values, origins));
  throw new PlayheadError("config_invalid", `the configuration is wrong: ${faults.join("; ")}`, {
    hint: "docs/config.md lists what can be set",
    detail: { faults },
  });
}

/** Each names the setting, where it was set, what is allowed and what was got. */
function faultsOf(
  issue: z.core.$ZodIssue,
  values: Readonly<Record<string, unknown>>,
  origins: ReadonlyMap<string, string>,
): readonly string[] {
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(configSchema.shape).join(", ");
    return issue.keys.map((key) => `${key} (${origins.get(key)}): there is no such setting; there are ${known}`);
  }
  const key = String(issue.path[0]);
  return [`${key} (${origins.get(key) ?? "default"}): ${issue.message}, got ${shownValue(key, values[key])}`];
}

function readConfigFile(path: string, required: boolean): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (!required && (cause as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new PlayheadError("config_invalid", `the configuration file ${path} cannot be read`, { cause });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw new PlayheadError(
      "config_invalid",
      `the configuration file ${path} is not JSON: ${(cause as Error).message}`,
      { cause },
    );
  }
  throw new PlayheadError("config_invalid", `expected the configuration file ${path} to hold a JSON object`);
}
