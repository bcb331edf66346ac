import type { LogLine, LogTail, ServerFrame } from "@playhead/core";
import type { FollowJobDeps } from "./follow-job.ts";
import { pause } from "./pause.ts";

/** Between two looks at a log that has nothing new. */
export const LOG_PERIOD_MS = 2_000;
/** How many lines one look brings. */
const PAGE_LINES = 500;

/** Follows a log by reading on from its last line every few seconds. */
export async function* followLogs(
  { request, clock }: FollowJobDeps,
  ref: string,
  { job_id, after, level }: LogTail,
  signal: AbortSignal,
): AsyncGenerator<readonly ServerFrame[]> {
  async function read(query: object): Promise<readonly LogLine[]> {
    const response = await request(`jobs/${encodeURIComponent(job_id)}/logs`, { query: { level, ...query }, signal });
    return ((await response.json()) as { readonly logs: readonly LogLine[] }).logs;
  }

  let last = after ?? (await read({ before: Number.MAX_SAFE_INTEGER, limit: 1 })).at(-1)?.log_id ?? 0;
  yield [{ type: "subscribed", data: { ref, job_id, recovered: true, epoch: "", snapshot: null, jobs: null } }];
  let live = false;
  while (!signal.aborted) {
    const lines = await read({ after: last, limit: PAGE_LINES });
    last = lines.at(-1)?.log_id ?? last;
    const frames: readonly ServerFrame[] = lines.map((data) => ({ type: "log", data }));
    if (lines.length === PAGE_LINES) {
      yield frames;
      continue;
    }
    yield live ? frames : [...frames, { type: "live", data: { ref } }];
    live = true;
    await pause(clock, LOG_PERIOD_MS, signal);
  }
}
