import { type Attempts, createAttempts } from "./attempts/attempts.ts";
import type { Bus } from "./bus/bus.ts";
import type { Control, RetryOptions } from "./control/control.ts";
import type { JobReads } from "./engine-job-reads.ts";
import type { JobLimits } from "./engine-job-watch.ts";
import type { Store } from "./store/store.ts";

/** What is done before a retry is announced. @returns undoes it, should it not be announced after all */
export type BeforeRetry = (tenantId: string, jobId: string, retryId: string) => Promise<() => Promise<void>>;

export interface EngineRetriesDeps {
  readonly store: Pick<Store, "addDocument" | "removeDocument" | "readDocument" | "listDocuments">;
  readonly bus: Pick<Bus, "subscribeAll">;
  readonly findJob: JobReads["findJob"];
  readonly control: Pick<Control, "retry">;
  readonly limits: () => JobLimits;
  readonly nowMs: () => number;
  readonly onError: (error: unknown, jobId: string) => void;
}

/** Retries, whether somebody asks for one or they are made by themselves. */
export function assembleRetries({ store, bus, findJob, control, limits, nowMs, onError }: EngineRetriesDeps) {
  let beforeRetry: BeforeRetry = async () => async () => undefined;
  const attempts: Attempts = createAttempts({
    ...{ store, bus, findJob, nowMs, onError },
    retry: ({ tenant_id, job_id }, next) => announce(tenant_id, job_id, next),
    limits: () => limits().attempts,
  });

  function announce(tenantId: string, jobId: string, options: RetryOptions): Promise<string> {
    return control.retry(tenantId, jobId, {
      ...options,
      async prepare(retryId, { attempt, max_attempts: most = 1 }) {
        const forget = await beforeRetry(tenantId, jobId, retryId);
        const forgetAttempts = attempt < most ? await attempts.keep(tenantId, retryId) : null;
        return async () => {
          await forget();
          await forgetAttempts?.();
        };
      },
    });
  }

  return {
    attempts,
    /** Announces a job that does again what an ended one was to do. @returns its id @throws PlayheadError `not_found`, `conflict` */
    async retry(tenantId: string, jobId: string): Promise<string> {
      await attempts.refuseSecond(tenantId, jobId);
      return announce(tenantId, jobId, {});
    },
    /** Has something done before each retry; one for all. */
    setBeforeRetry(before: BeforeRetry): void {
      beforeRetry = before;
    },
  };
}
