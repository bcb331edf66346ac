import type { LogEntry, ObservationRecord } from "@playhead/core";
import type { Publication } from "../src/bus/bus.ts";
import { createSqliteTelemetry } from "../src/store/sqlite/telemetry/open-telemetry.ts";
import type { TelemetryStore } from "../src/store/telemetry-store.ts";
import { createTelemetry, type ObservedJob, type TelemetryDeps } from "../src/telemetry/telemetry.ts";

export interface StartTelemetryOptions extends Partial<Pick<TelemetryDeps, "findJob" | "onEntries" | "onError">> {
  /** Wraps what the intake asks of the store, to have it fail. */
  readonly wrap?: (store: TelemetryStore) => TelemetryStore;
}

/** The jobs that there are: their ids begin with their tenant's name. */
const findJob = async (tenantId: string, jobId: string): Promise<ObservedJob | null> =>
  jobId.startsWith(`${tenantId}-`) ? { traceId: "0af7651916cd43dd8448eb211c80319c", seq: 3 } : null;

/** The real intake over the real store. */
export async function startTelemetry(
  folder: string,
  { wrap = (store) => store, ...options }: StartTelemetryOptions = {},
) {
  const store = await createSqliteTelemetry({ folder, timeZone: "UTC" });
  const said: Publication[] = [];
  const written: LogEntry[] = [];
  const retries: number[] = [];
  const telemetry = createTelemetry({
    store: wrap(store),
    findJob,
    publish: (publications) => said.push(...publications),
    onEntries: async (entries) => void written.push(...entries),
    onRetry: (_, retryInMs) => retries.push(retryInMs),
    onError: (error) => {
      throw error;
    },
    ...options,
  });
  return {
    store,
    telemetry,
    said,
    written,
    retries,
    /** Reports for a tenant; resolves when all of it is stored. */
    async send(source: string, records: readonly ObservationRecord[], tenantId = "default") {
      const { answer, stored } = await telemetry.begin({ source, records }, tenantId);
      await stored;
      return answer;
    },
    entries: async (tenantId = "default") =>
      (await store.queryEntries({ tenant_id: tenantId, order: "asc", limit: 1_000 })).entries,
    async end() {
      const isDone = await telemetry.close();
      await store.close();
      return isDone;
    },
  };
}

/** A line of the log. */
export function lineRecord(n: number, message: string, more: Partial<ObservationRecord> = {}): ObservationRecord {
  const ts = new Date(1_795_000_000_000 + n).toISOString();
  return { type: "log", ts, n, data: { level: "info", message }, ...more } as ObservationRecord;
}
