import type { BatchAck, ControlCommand, RecordBatch } from "@playhead/core";

/** Hears what the server asks of the jobs that run here. */
export type CommandListener = (command: ControlCommand) => void;

/** The way to a server: to one in this process, or over HTTP. */
export interface Transport {
  /**
   * Delivers a batch; resolves after it is stored for good. Sending the same batch again is harmless.
   *
   * @throws PlayheadError when it was not delivered; it is sent again when `retryable`, after `detail.retry_after_ms`
   * where that is given.
   */
  send(batch: RecordBatch): Promise<BatchAck>;
  /** Listens for commands to the jobs of a source, until the returned function is called. */
  onCommand(source: string, listener: CommandListener): () => void;
  /** Ends what is under way; nothing is sent any more. */
  close(): Promise<void>;
}
