import { askOverHttp, isSuccess } from "../transport/ask-over-http.ts";
import { takeLoopDelayMs } from "./loop-watch.ts";

/** What a thread needs to tell that a worker lives; plain, so that it can be handed over. */
export interface BeatOptions {
  /** The server's address, without a slash at its end. */
  readonly base: string;
  readonly apiKey: string;
  readonly source: string;
  readonly everyMs: number;
  /** Of the watched loop, and how often it reports. */
  readonly loop: SharedArrayBuffer;
  readonly loopEveryMs: number;
  /** How many beats were taken, and how many were not: two counters that other threads may read. */
  readonly counters: SharedArrayBuffer;
}

/** Told of jobs that have ended at the server though they run here. */
export type OnEnded = (jobIds: readonly string[]) => void;

/** Tells the server at fixed times that the worker lives, and which jobs it runs. */
export interface Beat {
  setJobs(jobIds: readonly string[]): void;
  stop(): void;
}

/** The places of the counters. */
export const TAKEN = 0;
export const FAILED = 1;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Starts to beat, first after `everyMs`. Errors are counted, and nothing more: that a server is away is said by whoever
 * has something to deliver. Runs in a thread that has nothing else to do, and so imports as little as it can.
 *
 * @param keepsAlive whether the thread that it runs in waits for it
 */
export function startBeat(options: BeatOptions, onEnded: OnEnded, keepsAlive: boolean): Beat {
  const { everyMs, counters } = options;
  const counts = new Int32Array(counters);
  let jobs: readonly string[] = [];
  const timer = setInterval(() => {
    if (jobs.length === 0) return;
    post(options, jobs).then(
      (ended) => {
        Atomics.add(counts, ended === null ? FAILED : TAKEN, 1);
        if (ended !== null && ended.length > 0) onEnded(ended);
      },
      () => Atomics.add(counts, FAILED, 1),
    );
  }, everyMs);
  if (!keepsAlive) timer.unref();
  return {
    setJobs(jobIds) {
      jobs = jobIds;
    },
    stop: () => clearInterval(timer),
  };
}

/** @returns which of the jobs have ended there; null when the beat was not taken */
async function post(
  { base, apiKey, source, loop, loopEveryMs }: BeatOptions,
  jobs: readonly string[],
): Promise<readonly string[] | null> {
  const answer = await askOverHttp(`${base}/api/v1/workers/${encodeURIComponent(source)}/heartbeat`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      sent_at: new Date().toISOString(),
      event_loop_delay_ms: takeLoopDelayMs(loop, loopEveryMs),
      jobs,
    }),
    timeoutMs: REQUEST_TIMEOUT_MS,
  });
  return isSuccess(answer) ? endedJobsIn(answer.text) : null;
}

/** A server that says nothing of ended jobs, or a proxy's page, ends none. */
function endedJobsIn(text: string): readonly string[] {
  try {
    const { ended_jobs: ended }: { readonly ended_jobs?: unknown } = JSON.parse(text);
    return Array.isArray(ended) ? ended.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}
