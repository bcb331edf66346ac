import type { BatchAck, ControlVerb, RecordBatch } from "@playhead/core";
import type { CommandListener, Transport } from "./transport.ts";

/** What a server in the same process offers to its workers. */
export interface LocalEngine {
  /** Takes a batch; resolves after it is stored. */
  ingest(batch: RecordBatch): Promise<BatchAck>;
  /** Tells the listener what is asked of the source, until the returned function is called; see {@link Transport}. */
  onCommand(source: string, listener: CommandListener, kinds?: readonly string[]): () => void;
  /** Pauses, resumes or cancels a job. @throws PlayheadError `not_found`, `conflict` */
  control(jobId: string, verb: ControlVerb, reason: string | null): Promise<void>;
  /** Announces a job that does again what an ended one was to do. @returns its id @throws PlayheadError as `control` */
  retry(jobId: string): Promise<string>;
}

/** The way to a server in this process: batches are handed over in memory. The engine stays its owner's to close. */
export function createLocalTransport(engine: LocalEngine): Transport {
  return {
    send: (batch) => engine.ingest(batch),
    onCommand: (source, listener, kinds) => engine.onCommand(source, listener, kinds),
    control: (jobId, verb, reason) => engine.control(jobId, verb, reason),
    retry: (jobId) => engine.retry(jobId),
    close: async () => undefined,
  };
}
