import { isJsonObject, type ServerFrame } from "@playhead/core";

/**
 * Reads what came over the wire: a JSON object with a `type` and an object `data`; null when it is none, which a client
 * ignores, as it does frames of types that it does not know. Inside that shape our own server is trusted.
 */
export function parseServerFrame(text: unknown): ServerFrame | null {
  if (typeof text !== "string") return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJsonObject(value) || typeof value.type !== "string" || !isJsonObject(value.data)) return null;
  return value as unknown as ServerFrame;
}

/** The frames that a frame stands for: those of a batch, else itself. */
export function unpackFrame(frame: ServerFrame): readonly ServerFrame[] {
  return frame.type === "batch" ? frame.data.events : [frame];
}

/** Whom a frame is for: a subscription by its `ref`, the followers of a job or of its log, or all (null). */
export type Addressee = { readonly ref: string } | { readonly jobId: string; readonly of: "events" | "logs" } | null;

/** @returns whom a frame is for. */
export function addresseeOf(frame: ServerFrame): Addressee {
  switch (frame.type) {
    case "hello":
    case "pong":
    case "heads":
    case "batch":
      return null;
    case "authorized":
    case "subscribed":
    case "live":
    case "jobs.changed":
      return { ref: frame.data.ref };
    case "error":
      return frame.data.ref === null ? null : { ref: frame.data.ref };
    case "reset":
      return { jobId: frame.data.job_id, of: "events" };
    case "log":
      return typeof frame.data.job_id === "string" ? { jobId: frame.data.job_id, of: "logs" } : null;
    default:
      return { jobId: frame.job_id, of: "events" };
  }
}
