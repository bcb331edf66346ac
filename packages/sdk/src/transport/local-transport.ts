import type { BatchAck, RecordBatch } from "@playhead/core";
import type { CommandListener, Transport } from "./transport.ts";

/** What a server in the same process offers to its workers. */
export interface LocalEngine {
  /** Takes a batch; resolves after it is stored. */
  ingest(batch: RecordBatch): Promise<BatchAck>;
  /** Tells the listener what is asked of the source, until the returned function is called; see {@link Transport}. */
  onCommand(source: string, listener: CommandListener, kinds?: readonly string[]): () => void;
}

/** The way to a server in this process: batches are handed over in memory. The engine stays its owner's to close. */
export function createLocalTransport(engine: LocalEngine): Transport {
  return {
    send: (batch) => engine.ingest(batch),
    onCommand: (source, listener, kinds) => engine.onCommand(source, listener, kinds),
    close: async () => undefined,
  };
}
