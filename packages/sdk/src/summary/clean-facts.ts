import type { JsonObject, JsonValue } from "@playhead/core";
import type { Recorder, Report } from "../recorder/recorder.ts";
import type { Summaries } from "./summary.ts";

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

/** The recorder that jobs report to: what users attach to jobs, tasks and artifacts goes on without secrets. */
export function withoutSecrets(recorder: Recorder, { text, fields }: Pick<Summaries, "text" | "fields">): Recorder {
  function cleanOurs(data: JsonObject): JsonObject {
    const clean: Record<string, JsonValue> = {};
    for (const name of Object.keys(data)) clean[name] = cleanValue(name, data[name] as JsonValue);
    return clean;
  }

  function cleanValue(name: string, value: JsonValue): JsonValue {
    if (typeof value === "string") return KEPT.has(name) ? value : text(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((each) => cleanValue(name, each));
    return OURS.has(name) ? cleanOurs(value as JsonObject) : fields(value as JsonObject);
  }

  const clean = (report: Report): Report => ({ ...report, data: cleanOurs(report.data) });
  return {
    ...recorder,
    record: (report, importance) => recorder.record(clean(report), importance),
    stamp: (report) => recorder.stamp(clean(report)),
  };
}
