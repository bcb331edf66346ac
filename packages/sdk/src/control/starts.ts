import { PlayheadError, type StartCommand } from "@playhead/core";
import type { JobContext, JobHandle, Maybe } from "../handles.ts";
import type { JobOptions } from "../job/job-options.ts";

/** A job that the server asked this worker to run. */
export interface StartedJob extends JobContext {
  readonly kind: string;
  readonly title: string;
  readonly user_id: string | null;
  readonly metadata: StartCommand["job"]["metadata"];
  /** 1 at first; a retry of a job adds 1. */
  readonly attempt: number;
  /** The job that this one tries again. */
  readonly retry_of: string | null;
}

/** Runs a job, as a callback of `job.run` does: what it returns becomes the summary, what it throws the error. */
export type StartHandler = (started: StartedJob) => Maybe<unknown>;

/** How jobs of a kind are taken. */
export interface HandleOptions {
  /** How many of them run here at a time: a whole number from 1. @defaultValue 1 */
  readonly parallel?: number;
}

/** The kinds of jobs that this worker starts when the server asks it to. */
export interface Starts {
  /** Takes jobs of a kind from now on, until the returned function is called. @throws PlayheadError `validation_error` */
  handle(kind: string, work: StartHandler, options?: HandleOptions): () => void;
  /** The kinds for which there is a place. */
  kinds(): readonly string[];
  /** Starts the job that a command names. @returns false when there is no place for it here */
  take(command: StartCommand): boolean;
  /** Takes nothing more. */
  stop(): void;
}

export interface StartsDeps {
  /** Opens a job that the server knows already. */
  readonly openJob: (options: JobOptions) => JobHandle;
  /** The kinds for which there is a place have changed. */
  readonly onKinds: () => void;
}

interface Handler {
  readonly work: StartHandler;
  readonly parallel: number;
  running: number;
}

export function createStarts({ openJob, onKinds }: StartsDeps): Starts {
  const handlers = new Map<string, Handler>();
  let isStopped = false;

  async function run(handler: Handler, { job_id, job: told }: StartCommand): Promise<void> {
    const { kind, title, user_id, metadata, attempt, retry_of, correlation_id } = told;
    handler.running += 1;
    const job = openJob({ kind, title, id: job_id, correlation_id, announce: false });
    onKinds();
    try {
      await job.run((context) => handler.work({ ...context, kind, title, user_id, metadata, attempt, retry_of }));
    } catch {
      // It is the job's error, and reported as such.
    } finally {
      handler.running -= 1;
      onKinds();
    }
  }

  return {
    handle(kind, work, { parallel = 1 } = {}) {
      if (!Number.isInteger(parallel) || parallel < 1) {
        throw new PlayheadError("validation_error", `expected parallel to be a whole number from 1, got ${parallel}`);
      }
      if (!/^[^,]+$/.test(kind) || handlers.has(kind)) {
        throw new PlayheadError(
          "validation_error",
          `expected a kind without a comma that is not handled yet, got ${JSON.stringify(kind)}`,
        );
      }
      const handler = { work, parallel, running: 0 };
      handlers.set(kind, handler);
      onKinds();
      return () => {
        if (handlers.get(kind) !== handler) return;
        handlers.delete(kind);
        onKinds();
      };
    },
    kinds() {
      if (isStopped) return [];
      return [...handlers].flatMap(([kind, { running, parallel }]) => (running < parallel ? [kind] : []));
    },
    take(command) {
      const handler = handlers.get(command.job.kind);
      if (isStopped || handler === undefined || handler.running >= handler.parallel) return false;
      void run(handler, command);
      return true;
    },
    stop() {
      isStopped = true;
      onKinds();
    },
  };
}
