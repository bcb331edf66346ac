import { PlayheadError } from "@playhead/core";
import type * as z from "zod";
import type { ConfigSchema } from "./config-schema.ts";
import { nearestName } from "./nearest-name.ts";
import { fieldsAt, typesAt } from "./schema-at.ts";
import { type Setting, settingsOf, valueAt } from "./settings.ts";

/** One thing that is wrong with a configuration. */
export interface ConfigFault {
  /** The path of what is wrong, with dots. */
  readonly key: string;
  /** Where it was set: a file, an environment variable, a flag. */
  readonly origin: string;
  /** What is allowed, and what was got; never a secret. */
  readonly message: string;
}

/** The error that names them all. */
export function configError(faults: readonly ConfigFault[], cause?: unknown): PlayheadError {
  const texts = faults.map(({ key, origin, message }) => `${key} (${origin}): ${message}`);
  return new PlayheadError("config_invalid", `the configuration is wrong: ${texts.join("; ")}`, {
    hint: "docs/config.md lists what can be set",
    detail: { faults: texts, by_key: Object.fromEntries(faults.map(({ key, message }) => [key, message])) },
    cause,
  });
}

/** What a schema found wrong, each with its path, where it was set, what is allowed and what was got. */
export function faultsOf(
  issues: readonly z.core.$ZodIssue[],
  given: {
    readonly schema: ConfigSchema;
    readonly values: object;
    readonly originOf: (path: readonly string[]) => string;
  },
): readonly ConfigFault[] {
  const settings = settingsOf(given.schema);
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    const fault = (at: readonly string[], message: string): ConfigFault => ({
      key: at.join("."),
      origin: given.originOf(at),
      message,
    });
    if (issue.code === "unrecognized_keys") {
      const known = fieldsAt(given.schema, given.values, path);
      return issue.keys.map((name) => fault([...path, name], unknownSetting(name, known)));
    }
    if (issue.code === "invalid_key") {
      return [fault(path, "Invalid name: expected at most 63 small letters, digits, - and _")];
    }
    if (issue.code === "invalid_union" && issue.discriminator === undefined) {
      const expected = new Set(issue.errors.flatMap(([first]) => first?.message ?? []));
      return [fault(path, `${[...expected].join(", or ")}, got ${shown(settings, path, valueAt(given.values, path))}`)];
    }
    if (issue.code === "invalid_union") {
      // The only choice there is: of what type a channel is.
      const channel = path.slice(0, 2);
      const type = valueAt(given.values, [...channel, "type"]);
      const expected = `Invalid type: expected one of ${typesAt(given.schema, channel).join(", ")}`;
      return [fault([...channel, "type"], `${expected}, got ${JSON.stringify(type) ?? "nothing"}`)];
    }
    // What is wrong with a channel as a whole says so itself.
    if (issue.code === "custom" && path[0] === "channels") return [fault(path, issue.message)];
    return [fault(path, `${issue.message}, got ${shown(settings, path, valueAt(given.values, path))}`)];
  });
}

function unknownSetting(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null
    ? `there is no such setting; there are ${known.join(", ")}`
    : `there is no such setting; did you mean ${nearest}?`;
}

const MOST_SHOWN = 100;

/** A value as a message may show it. */
function shown(settings: readonly Setting[], path: readonly string[], value: unknown): string {
  if (value === undefined) return "nothing";
  const isSecret = settings.some((setting) => setting.secret && setting.key === path.join("."));
  // Channels have passwords and keys, and addresses that are as good as keys.
  const isOpen = typeof value === "number" || typeof value === "boolean" || value === null;
  if (isSecret || (path[0] === "channels" && !isOpen)) return "something else (not shown)";
  const text = JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
