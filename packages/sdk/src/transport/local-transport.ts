import type { BatchAck, RecordBatch } from "@playhead/core";
import type { CommandListener, Transport } from "./transport.ts";

/** What a server in the same process offers to its workers. */
export interface LocalEngine {
  /** Takes a batch; resolves after it is stored. */
  ingest(batch: RecordBatch): Promise<BatchAck>;
  /** Tells the listener what is asked of the source's jobs, until the returned function is called. */
  onCommand(source: string, listener: CommandListener): () => void;
}

/** The way to a server in this process: batches are handed over in memory. The engine stays its owner's to close. */
export function createLocalTransport(engine: LocalEngine): Transport {
  return {
    send: (batch) => engine.ingest(batch),
    onCommand: (source, listener) => engine.onCommand(source, listener),
    close: async () => undefined,
  };
}
