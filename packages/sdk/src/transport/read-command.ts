import { isJsonObject, type JsonObject, type StartCommand, type WorkerCommand } from "@playhead/core";

const CONTROL_VERBS: ReadonlySet<unknown> = new Set(["pause", "resume", "cancel"]);

/** A command that came over HTTP; null for what this version does not know: it is nobody's to confirm. */
export function readCommand(value: unknown): WorkerCommand | null {
  if (!isJsonObject(value)) return null;
  const { command_id, job_id, verb, reason, job } = value;
  if (typeof command_id !== "string" || typeof job_id !== "string" || !isText(reason)) return null;
  if (verb === "start") return isStartedJob(job) ? { command_id, job_id, verb, reason, job } : null;
  return isControlVerb(verb) ? { command_id, job_id, verb, reason } : null;
}

function isControlVerb(verb: unknown): verb is "pause" | "resume" | "cancel" {
  return CONTROL_VERBS.has(verb);
}

function isStartedJob(job: unknown): job is StartCommand["job"] & JsonObject {
  return (
    isJsonObject(job) &&
    typeof job.kind === "string" &&
    typeof job.title === "string" &&
    isText(job.user_id) &&
    isJsonObject(job.metadata) &&
    typeof job.attempt === "number" &&
    isText(job.retry_of) &&
    typeof job.correlation_id === "string"
  );
}

function isText(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
