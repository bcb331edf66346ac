import { isJobId } from "@playhead/core";
import type { SimpleRequest } from "./simple-connection.ts";

/** The parts of the address that a socket was opened with; never throws, whatever a client sends. */
export function splitAddress(url: string | undefined): { readonly path: string; readonly query: URLSearchParams } {
  const [path = "/", ...rest] = (url ?? "/").split("?");
  return { path, query: new URLSearchParams(rest.join("?")) };
}

const SHOWN = 40;

/** @returns the request of a simple socket, or what is wrong with it */
export function readSimpleRequest(query: URLSearchParams): SimpleRequest | string {
  const jobId = query.get("job_id");
  if (!isJobId(jobId)) return "expected job_id in the address, such as /?job_id=job_123&token=KEY";
  const after = query.get("after");
  const time = query.get("last_event_timestamp");
  if (after !== null) {
    if (/^\d{1,15}$/.test(after)) return { jobId, since: { after: Number(after) } };
    return `expected after to be a whole number, got ${after.slice(0, SHOWN)}`;
  }
  if (time !== null) {
    // An offset's + is a space in an address.
    const afterMs = /^\d{4}-\d{2}-\d{2}T/.test(time) ? Date.parse(time.replace(" ", "+")) : Number.NaN;
    if (Number.isFinite(afterMs)) return { jobId, since: { afterMs } };
    return `expected last_event_timestamp to be a time such as 2026-11-21T10:42:00.000Z, got ${time.slice(0, SHOWN)}`;
  }
  return { jobId, since: null };
}
