import { PlayheadError, type StartCommand } from "@playhead/core";
import type { JobContext, JobHandle, Maybe } from "../handles.ts";
import type { GivenJobOptions } from "../job/job.ts";
import type { StartsMore } from "../transport/transport.ts";
import { createPlaces, type Places } from "./places.ts";

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
  /** The first job of those that try the same: this one, where it is no retry. */
  readonly first_attempt: string;
}

/** Runs a job, as a callback of `job.run` does: what it returns becomes the summary, what it throws the error. */
export type StartHandler = (started: StartedJob) => Maybe<unknown>;

/** How jobs of a kind are taken. */
export interface HandleOptions {
  /** How many of them run here at a time: a whole number from 1, or places that other kinds share. @defaultValue 1 */
  readonly parallel?: number | Places;
  /**
   * Takes only jobs that came with an input (an object, as `metadata.input`); others of the kind are left to who knows
   * what to do with them. @defaultValue false
   */
  readonly needsInput?: boolean;
  /**
   * Whether the server is asked for jobs of the kind. Where it is not, it is told all the same that this worker starts
   * them, and each is claimed by its id ({@link Playhead.claim}), as some queue names it. @defaultValue true
   */
  readonly asks?: boolean;
  /**
   * Ends the jobs that run here when it is aborted: they are canceled, or, when its reason is a PlayheadError
   * `worker_stopped`, given back, and another worker tries them again.
   */
  readonly signal?: AbortSignal;
}

/** The kinds of jobs that this worker starts when the server asks it to. */
export interface Starts {
  /** Takes jobs of a kind from now on, until the returned function is called. @throws PlayheadError `validation_error` */
  handle(kind: string, work: StartHandler, options?: HandleOptions): () => void;
  /** The kinds for which there is a place, and the server is asked. */
  kinds(): readonly string[];
  /** All kinds that are handled, and those of which only jobs with an input are. */
  offers(): Required<StartsMore>;
  /** Starts the job that a command names. @returns false when there is no place for it here */
  take(command: StartCommand): boolean;
  /** Resolves when a job that was started here has ended, with what it failed with, else null; undefined for others. */
  endOf(jobId: string): Promise<unknown> | undefined;
  /** Takes nothing more. */
  stop(): void;
}

export interface StartsDeps {
  /** Opens a job that the server knows already. */
  readonly openJob: (options: GivenJobOptions) => JobHandle;
  /** The kinds for which there is a place have changed. */
  readonly onKinds: () => void;
}

interface Handler {
  readonly work: StartHandler;
  readonly places: Places;
  readonly needsInput: boolean;
  readonly asks: boolean;
  readonly signal: AbortSignal | undefined;
  readonly endWatch: () => void;
}

export function createStarts({ openJob, onKinds }: StartsDeps): Starts {
  const handlers = new Map<string, Handler>();
  const ends = new Map<string, Promise<unknown>>();
  let isStopped = false;

  /** @returns what it failed with; null when it did not */
  async function run(handler: Handler, { job_id, job: told }: StartCommand): Promise<unknown> {
    const { kind, title, user_id, metadata, attempt, retry_of, first_attempt = job_id, correlation_id } = told;
    const { signal, work } = handler;
    const stopping = signal === undefined ? {} : { signal };
    const job = openJob({ kind, title, id: job_id, correlation_id, announce: false, isGiven: true, ...stopping });
    const about = { kind, title, user_id, metadata, attempt, retry_of, first_attempt };
    onKinds();
    try {
      await job.run((context) => work({ ...context, ...about }));
      return null;
    } catch (error) {
      // It is the job's error, and reported as such.
      return error;
    } finally {
      ends.delete(job_id);
      handler.places.release();
      onKinds();
    }
  }

  return {
    handle(kind, work, { parallel = 1, needsInput = false, asks = true, signal } = {}) {
      if (!/^[^,]+$/.test(kind) || handlers.has(kind)) {
        throw new PlayheadError(
          "validation_error",
          `expected a kind without a comma that is not handled yet, got ${JSON.stringify(kind)}`,
        );
      }
      const places = typeof parallel === "number" ? placesOf(parallel) : parallel;
      const handler = { work, places, needsInput, asks, signal, endWatch: places.onChange(onKinds) };
      handlers.set(kind, handler);
      onKinds();
      return () => {
        if (handlers.get(kind) !== handler) return;
        handlers.delete(kind);
        handler.endWatch();
        onKinds();
      };
    },
    kinds() {
      if (isStopped) return [];
      return [...handlers].flatMap(([kind, { places, asks }]) => (asks && places.free() > 0 ? [kind] : []));
    },
    offers() {
      const all = isStopped ? [] : [...handlers];
      const withInput = all.flatMap(([kind, { needsInput }]) => (needsInput ? [kind] : []));
      return { offers: all.map(([kind]) => kind), withInput };
    },
    take(command) {
      const handler = handlers.get(command.job.kind);
      if (isStopped || handler === undefined || !handler.places.take()) return false;
      ends.set(command.job_id, run(handler, command));
      return true;
    },
    endOf: (jobId) => ends.get(jobId),
    stop() {
      isStopped = true;
      for (const { endWatch } of handlers.values()) endWatch();
      onKinds();
    },
  };
}

function placesOf(parallel: number): Places {
  if (Number.isInteger(parallel) && parallel >= 1) return createPlaces(parallel);
  throw new PlayheadError("validation_error", `expected parallel to be a whole number from 1, got ${parallel}`);
}
