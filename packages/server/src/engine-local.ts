import type { BatchAck, ControlVerb, JsonObject, RecordBatch, WorkerCommand } from "@playhead/core";

/** What else a worker says of the jobs that it starts. */
export interface StartsMore {
  /** The kinds that it would start, had it a place for them. @defaultValue those for which it has one */
  readonly offers?: readonly string[];
  /** Those of them that it starts only for jobs with an input. @defaultValue none */
  readonly withInput?: readonly string[];
}

/** What an sdk in the same process needs of the engine: the other end of its `local` transport. */
export interface LocalEngine {
  ingest(batch: RecordBatch): Promise<BatchAck>;
  /**
   * Reads what `GET /api/v1/PATH` answers to the default tenant, such as `logs`; of `export` the pieces of its text, as an
   * `AsyncIterable<string | Uint8Array>`.
   */
  read?(path: string, query: Readonly<Record<string, string | readonly string[]>>): Promise<unknown>;
  /** Does what `METHOD /api/v1/PATH` does for the default tenant, as far as it is about alerts, and gives its answer. */
  change?(method: string, path: string, body: JsonObject | null): Promise<unknown>;
  /** Calls the listener for each command to this source. @returns ends it */
  onCommand(
    source: string,
    /** @returns whether the command was taken */
    listener: (command: WorkerCommand) => boolean,
    /** The kinds of jobs that it would start now. */
    kinds?: readonly string[],
    more?: StartsMore,
  ): () => void;
  /** Pauses, resumes or cancels a job. @throws PlayheadError `not_found`, `conflict` */
  control(jobId: string, verb: ControlVerb, reason: string | null): Promise<void>;
  /** Announces a job that does again what an ended one was to do. @returns its id @throws PlayheadError as `control` */
  retry(jobId: string): Promise<string>;
}
