import type { BatchAck, ControlVerb, JsonObject, RecordBatch } from "@playhead/core";
import { queryValues, type ReadQuery, readingOf } from "./reading.ts";
import type { ChangeMethod, CommandListener, StartsMore, Transport } from "./transport.ts";

/** What a server in the same process offers to its workers. */
export interface LocalEngine {
  /** Takes a batch; resolves after it is stored. */
  ingest(batch: RecordBatch): Promise<BatchAck>;
  /** Tells the listener what is asked of the source, until the returned function is called; see {@link Transport}. */
  onCommand(source: string, listener: CommandListener, kinds?: readonly string[], more?: StartsMore): () => void;
  /** Pauses, resumes or cancels a job. @throws PlayheadError `not_found`, `conflict` */
  control(jobId: string, verb: ControlVerb, reason: string | null): Promise<void>;
  /** Announces a job that does again what an ended one was to do. @returns its id @throws PlayheadError as `control` */
  retry(jobId: string): Promise<string>;
  /** Reads what `GET /api/v1/PATH` answers: its body, of an export the pieces of its text, as text or UTF-8. */
  read?(path: string, query: Readonly<Record<string, string | readonly string[]>>): Promise<unknown>;
  /** Does what `METHOD /api/v1/PATH` does, and gives its answer. @throws PlayheadError as that does */
  change?(method: ChangeMethod, path: string, body: JsonObject | null): Promise<unknown>;
}

/** The way to a server in this process: batches are handed over in memory. The engine stays its owner's to close. */
export function createLocalTransport(engine: LocalEngine): Transport {
  return {
    ...(engine.read !== undefined && {
      read: async (path: string, query: ReadQuery) => readingOf(await engine.read?.(path, queryText(query))),
    }),
    ...(engine.change !== undefined && {
      change: async (method: ChangeMethod, path: string, body: JsonObject | null) =>
        engine.change?.(method, path, body),
    }),
    send: (batch) => engine.ingest(batch),
    onCommand: (source, listener, kinds, more) => engine.onCommand(source, listener, kinds, more),
    control: (jobId, verb, reason) => engine.control(jobId, verb, reason),
    retry: (jobId) => engine.retry(jobId),
    close: async () => undefined,
  };
}

/** As it would come over HTTP. */
function queryText(query: ReadQuery): Record<string, string | string[]> {
  const told: Record<string, string | string[]> = {};
  for (const [name, value] of queryValues(query)) {
    const before = told[name];
    told[name] = before === undefined ? value : [...(typeof before === "string" ? [before] : before), value];
  }
  return told;
}
