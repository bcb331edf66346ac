import type { TelemetryStore } from "@playhead/server";

/** An entry on its way into the store. */
type EntryRow = Parameters<TelemetryStore["append"]>[0]["entries"][number];

export const TENANT = "default";
export const JOBS = 5_000;
export const FUNCTIONS = 40;
export const USERS = 200;

const WORDS =
  "probe render upload clip scene video audio encode decode frame retry timeout connection refused started finished reading writing segment bucket".split(
    " ",
  );

export interface LogsWorkload {
  next(): EntryRow;
}

/** Entries as jobs of media leave them: mostly calls, some lines, one in fifty an error, one in a hundred up to an hour late. */
export function createLogsWorkload(options: {
  readonly entries: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly random: () => number;
}): LogsWorkload {
  const { entries, fromMs, toMs, random } = options;
  const pick = (count: number) => Math.floor(random() * count);
  const word = () => WORDS[Math.floor(random() ** 2 * WORDS.length)];
  let done = 0;

  return {
    next() {
      const isLate = pick(100) === 0;
      const tsMs = Math.floor(fromMs + ((toMs - fromMs) * done) / entries - random() * (isLate ? 3_600_000 : 2_000));
      done += 1;
      const isCall = pick(10) < 8;
      const isError = pick(50) === 0;
      // About so many jobs run at a time, one after the other ends.
      const job = Math.floor((done / entries) * (JOBS - 50)) + pick(50);
      const name = `function${Math.floor(random() ** 2 * FUNCTIONS)}`;
      const text = `${word()} ${word()} ${word()} item ${pick(1_000_000)}`;
      return {
        tenantId: TENANT,
        tsMs,
        eventType: isCall ? (isError ? "error" : "complete") : "log",
        level: isError ? "error" : isCall ? "debug" : "info",
        logger: pick(4) === 0 ? "media" : "app",
        category: isCall ? ((["function", "api", "db", "step"] as const)[pick(4)] ?? "function") : null,
        functionName: isCall ? name : null,
        message: isCall && !isError ? name : isError ? `TypeError: ${text}` : text,
        durationMs: isCall ? Math.exp(random() * 10 - 2) : null,
        sessionId: `job_${job}`,
        jobId: `job_${job}`,
        taskId: `task_${job}_${pick(20)}`,
        traceId: `trace${job}`,
        spanId: isCall ? `span${done}` : null,
        parentSpanId: isCall ? `span${Math.max(1, done - 3)}` : null,
        stage: null,
        userId: `user_${job % USERS}`,
        memoryBytes: null,
        body: {
          ...(isCall && { parameters: { path: `/media/${job}/source.mp4`, at: pick(100_000) }, result_summary: "{…}" }),
          ...(isError && { error_details: { class: "TypeError", message: text } }),
          metadata: { host: `host${pick(8)}`, attempt: pick(3) },
        },
      };
    },
  };
}
