import type { JsonObject, JsonValue } from "./json.ts";
import { createSecrecy } from "./secret-names.ts";
import { createScrub, REDACTED, type ScrubText } from "./secret-text.ts";
import { isArgumentName, isPlace, isSecretValue, isValueName, namesSecret } from "./secret-values.ts";

/** Takes secrets out of what is recorded (SPEC §5). */
export interface Redaction {
  /** What is plainly a secret within a text. */
  readonly text: ScrubText;
  /** An object of the user's, at any depth: what is named like a secret, and what of its texts is one. */
  fields(fields: JsonObject): JsonObject;
}

/** A name that is longer is data. */
const MAX_NAME_LENGTH = 100;

/** @param secrets names of the user's own that mean a secret */
export function createRedaction(secrets: readonly string[] = []): Redaction {
  const secrecyOf = createSecrecy(secrets);
  const scrub = createScrub(secrets);

  function redacted(value: JsonValue): JsonValue {
    if (typeof value === "string") return scrub(value);
    if (typeof value !== "object" || value === null) return value;
    return Array.isArray(value) ? listOf(value) : fieldsOf(value as JsonObject);
  }

  /** `["--password", "…"]`, `["Cookie", "…"]`: a name, and then its value. */
  function listOf(items: readonly JsonValue[]): JsonValue {
    return items.map((item, at) =>
      at > 0 && isArgumentName(items[at - 1], secrecyOf) && isSecretValue(item, "strict") ? REDACTED : redacted(item),
    );
  }

  function fieldsOf(fields: JsonObject): JsonObject {
    let isNextSecret = false;
    const entries = Object.entries(fields).map(([name, value]) => {
      const isHidden =
        (isNextSecret && isSecretValue(value, "strict")) ||
        isSecretValue(value, secrecyOf(name)) ||
        (isValueName(name) && namesSecret(fields, secrecyOf));
      isNextSecret = isPlace(name) && isArgumentName(value, secrecyOf);
      return [nameOf(name), isHidden ? REDACTED : redacted(value as JsonValue)] as const;
    });
    return Object.fromEntries(entries);
  }

  const nameOf = (name: string) =>
    name.length > MAX_NAME_LENGTH ? `${scrub(name.slice(0, MAX_NAME_LENGTH))}…` : scrub(name);

  return { text: scrub, fields: fieldsOf };
}

/**
 * What is never changed: ids and words of the protocol tie records together, and an artifact's address is there to be
 * opened by whoever may see the job.
 */
const KEPT: ReadonlySet<string> = new Set([
  ...["task_id", "parent_id", "id", "scene_id", "clip_id", "retry_of", "kind", "type", "state", "new_state", "url"],
  ...["error_code", "error_class"],
]);
/** Objects whose fields have names of the protocol's; within all others the names are the user's, and may say "secret". */
const OURS: ReadonlySet<string> = new Set(["artifact", "artifacts", "errors"]);

/** The data of a fact without secrets: what users attach to jobs, tasks and artifacts. */
export function redactFact(data: JsonObject, { text, fields }: Redaction): JsonObject {
  function cleanOurs(ours: JsonObject): JsonObject {
    const clean: Record<string, JsonValue> = {};
    for (const name of Object.keys(ours)) clean[name] = cleanValue(name, ours[name] as JsonValue);
    return clean;
  }

  function cleanValue(name: string, value: JsonValue): JsonValue {
    if (typeof value === "string") return KEPT.has(name) ? value : text(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((each) => cleanValue(name, each));
    return OURS.has(name) ? cleanOurs(value as JsonObject) : fields(value as JsonObject);
  }

  return cleanOurs(data);
}
