import { isJobId } from "@playhead/core";
import type { SimpleRequest } from "./simple-connection.ts";

/** The parts of the address that a socket was opened with; never throws, whatever a client sends. */
export function splitAddress(url: string | undefined): { readonly path: string; readonly query: URLSearchParams } {
  const [path = "/", ...rest] = (url ?? "/").split("?");
  return { path, query: new URLSearchParams(rest.join("?")) };
}

/** @returns the request of a simple socket, or what is wrong with it */
export function readSimpleRequest(query: URLSearchParams): SimpleRequest | string {
  const jobId = query.get("job_id");
  const after = query.get("after");
  if (!isJobId(jobId)) return "expected job_id in the address, such as /?job_id=job_123&token=KEY";
  if (after !== null && !/^\d{1,15}$/.test(after))
    return `expected after to be a whole number, got ${after.slice(0, 40)}`;
  return { jobId, after: after === null ? null : Number(after) };
}
