import { setImmediate } from "node:timers/promises";
import { type LogEntry, PlayheadError } from "@playhead/core";
import type { TelemetryStore } from "../../telemetry-store.ts";
import { createTurns } from "../../turns.ts";
import type { ThreadCaller } from "../thread.ts";
import { encodeGroup } from "./group-text.ts";
import type { EntryTexts, TelemetryReaderOptions, TelemetryReaderService } from "./reader-service.ts";
import type { TelemetryWriterOptions, TelemetryWriterService } from "./writer-service.ts";

export interface TelemetryFaceDeps {
  readonly writer: ThreadCaller<TelemetryWriterOptions, TelemetryWriterService>;
  readonly reader: ThreadCaller<TelemetryReaderOptions, TelemetryReaderService>;
  /** Ends both threads, after what they were asked already. */
  readonly end: () => Promise<void>;
}

/** The store as the rest of the server sees it: asks its two threads, and makes values of their texts. */
export function createTelemetryFace({ writer, reader, end }: TelemetryFaceDeps): TelemetryStore {
  const turns = createTurns();
  let closed: Promise<void> | null = null;

  const ask: typeof reader.call = async (name, ...args) => {
    checkOpen();
    return await reader.call(name, ...args);
  };
  const write: typeof writer.call = async (name, ...args) => {
    checkOpen();
    return await writer.call(name, ...args);
  };
  /** Rollups are written before they are read: see rollup-keeper.ts. */
  const askRollups: typeof reader.call = async (name, ...args) => {
    await write("writeRollups");
    return await ask(name, ...args);
  };

  function checkOpen(): void {
    if (closed !== null) {
      throw new PlayheadError("service_unavailable", "the telemetry store is closed", { retryable: false });
    }
  }

  return {
    append: (group) => turns.send((turn) => write("append", turn, encodeGroup(group))),
    readSource: (source) => ask("readSource", source),
    async queryEntries(query) {
      const { texts, next } = await ask("queryEntries", query);
      return { entries: await parseEntries(texts), next };
    },
    readEntryLines: (query) => ask("readEntryLines", query),
    tailEntries: async (query) => await parseEntries(await ask("tailEntries", query)),
    async countEntries(filter) {
      // In steps, so that other questions get their turn.
      let total = 0;
      for (let from: number | null = 0; from !== null; ) {
        const { count, next }: { count: number; next: number | null } = await ask("countEntries", filter, from);
        total += count;
        from = next;
      }
      return total;
    },
    readRollups: (query) => askRollups("readRollups", query),
    sumCalls: (query) => askRollups("sumCalls", query),
    sumCallsBySpan: (query) => askRollups("sumCallsBySpan", query),
    readMedians: (query) => askRollups("readMedians", query),
    readSamples: async (query) => JSON.parse(await ask("readSamples", query)),
    endRunning: (which) => write("endRunning", which),
    prune: (limits) => write("prune", limits),
    maintain: () => write("maintain"),
    close() {
      closed ??= end();
      return closed;
    },
  };
}

/** Many entries are parsed piece by piece, so that others get their turn. */
async function parseEntries(texts: EntryTexts): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for (const [at, text] of texts.entries()) {
    if (at > 0) await setImmediate();
    entries.push(...(JSON.parse(text) as readonly LogEntry[]));
  }
  return entries;
}
