import { createPlayheadClient } from "@playhead/client";
import { CLOSE_CODES, type Job, PlayheadError } from "@playhead/core";
import type { Engine } from "@playhead/server";
import { explained, type ServerAddress } from "../server-check.ts";

/** Where a view looks to see how a job stands. */
export interface JobSource {
  /**
   * The job as it stands; null while nothing is known of it. What it returned before never changes.
   *
   * @throws PlayheadError when it will never be known: `not_found`, `unauthorized` …
   */
  look(): Job | null;
  /** What to say beside it, such as that it may be old; null when all is well. */
  note(): string | null;
  close(): void;
}

const LIST_HINT = "playhead jobs lists those that there are";

/** The job as the engine in this process holds it. */
export function followInEngine({ ingest }: Pick<Engine, "ingest">, jobId: string): JobSource {
  return {
    look() {
      const live = ingest.jobs.peek(jobId)?.draft;
      // The engine folds in place: a copy stays as it was seen. Tasks are replaced, never changed.
      return live === undefined ? null : { ...live, tasks: new Map(live.tasks) };
    },
    note: () => null,
    close: () => undefined,
  };
}

/** The job as a server tells it, live. */
export function followOnServer({ url, apiKey }: ServerAddress, jobId: string): JobSource {
  const client = createPlayheadClient({ url, token: async () => apiKey });
  const store = client.watchJob(jobId);
  const unsubscribe = store.subscribe(() => undefined);
  return {
    look() {
      const { job, error } = store.getSnapshot();
      if (job === null && error !== null) {
        const hint = error.error_code === "not_found" ? LIST_HINT : error.detail.hint;
        throw new PlayheadError(error.error_code, error.error_message, { ...(typeof hint === "string" && { hint }) });
      }
      const connection = client.connection.getSnapshot();
      if (connection.status === "refused") throw explained(refusal(connection.code, connection.reason), url);
      return job;
    },
    note() {
      const { status } = client.connection.getSnapshot();
      const isLost = status === "waiting" || status === "offline" || store.getSnapshot().job === null;
      return isLost ? `No connection to ${url}; trying again` : null;
    },
    close() {
      unsubscribe();
      client.close();
    },
  };
}

function refusal(code: number, reason: string): PlayheadError {
  if (code === CLOSE_CODES.bad_token || code === CLOSE_CODES.revoked) return new PlayheadError("unauthorized", reason);
  if (code === CLOSE_CODES.forbidden) return new PlayheadError("forbidden", "this key may not see the job");
  return new PlayheadError("not_found", reason === "" ? "the server does not show this job" : reason, {
    hint: LIST_HINT,
  });
}
