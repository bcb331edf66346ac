import type { BatchAck, ControlVerb, JsonObject, RecordBatch, WorkerCommand } from "@playhead/core";
import type { SpoolSettings } from "../spool/spool-settings.ts";
import type { Reading, ReadQuery } from "./reading.ts";

/**
 * Hears what the server asks of this worker.
 *
 * @returns whether the command was taken: then it is confirmed, else it comes again
 */
export type CommandListener = (command: WorkerCommand) => boolean;

/** Tells the server that this worker lives, also while its own code blocks the thread that it runs in. */
export interface Heartbeat {
  /** These jobs run here now. */
  setJobs(jobIds: readonly string[]): void;
  stop(): void;
}

/** What else a worker says of the jobs that it starts. */
export interface StartsMore {
  /** The kinds that it starts when it has a place for them. @defaultValue those for which it has one now */
  readonly offers?: readonly string[];
  /** Those of them that it starts only for jobs with an input. @defaultValue none */
  readonly withInput?: readonly string[];
}

/** How a change is asked for. */
export type ChangeMethod = "POST" | "PUT" | "DELETE";

/** The way to a server: to one in this process, or over HTTP. */
export interface Transport {
  /**
   * Delivers a batch; resolves after it is stored for good. Sending the same batch again is harmless.
   *
   * @throws PlayheadError when it was not delivered; it is sent again when `retryable`, after `detail.retry_after_ms`
   * where that is given.
   */
  send(batch: RecordBatch): Promise<BatchAck>;
  /**
   * Listens for commands to the jobs of a source, until the returned function is called.
   * @param kinds the kinds of jobs that this worker would start now; none: it starts none
   */
  onCommand(source: string, listener: CommandListener, kinds?: readonly string[], more?: StartsMore): () => void;
  /** Where records wait while the server is away; without it they wait in memory. */
  readonly spool?: SpoolSettings | undefined;
  /**
   * Starts to tell the server that the source lives, and `onEnded` of jobs that have ended there meanwhile; missing where
   * the server can see it for itself.
   */
  startHeartbeat?(source: string, onEnded: (jobIds: readonly string[]) => void): Heartbeat;
  /**
   * Asks for something of any job of the tenant; resolves when that is stored.
   * @throws PlayheadError `not_found`, `conflict`, `forbidden`
   */
  control?(jobId: string, verb: ControlVerb, reason: string | null): Promise<void>;
  /** Announces a job that does again what an ended one was to do. @returns its id @throws PlayheadError as `control` */
  retry?(jobId: string): Promise<string>;
  /**
   * Reads what `GET /api/v1/PATH` answers, such as `logs`; missing where nothing can be read.
   * @throws PlayheadError as the server answers
   */
  read?(path: string, query: ReadQuery): Promise<Reading>;
  /**
   * Asks for a change, as `METHOD /api/v1/PATH` does, and gives the answer; missing where nothing can be changed.
   * @throws PlayheadError as the server answers
   */
  change?(method: ChangeMethod, path: string, body: JsonObject | null): Promise<unknown>;
  /** Ends what is under way; nothing is sent any more. */
  close(): Promise<void>;
}
