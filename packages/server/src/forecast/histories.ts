import {
  createForecastHistory,
  type ForecastHistory,
  type JsonObject,
  PlayheadError,
  type StoredForecastHistory,
} from "@playhead/core";
import { documentPages } from "../store/document-pages.ts";
import type { Store } from "../store/store.ts";

/** Whose past says how long a job takes: its tenant's, on such a machine, of its kind. */
export interface HistoryKey {
  readonly tenantId: string;
  /** `here` for work in the server's own process, else as the job's metadata name their `host`, or `elsewhere`. */
  readonly host: string;
  readonly kind: string;
}

/** A history as it is exported. */
export interface ExportedHistory extends Omit<HistoryKey, "tenantId"> {
  readonly history: StoredForecastHistory;
}

export interface HistoriesDeps {
  readonly store: Pick<Store, "putDocument" | "readDocument" | "listDocuments">;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

const COLLECTION = "forecast_history";
/** Kinds of which nothing ran for so long are forgotten. */
const KEPT_MS = 365 * 24 * 3_600_000;
/** So many are kept in memory. */
const MAX_LOADED = 200;
/** What jobs teach is written this long after the first of them ended. */
const WRITE_AFTER_MS = 2_000;

/** What past jobs taught, one document for each tenant, host and kind. */
export function createHistories({ store, nowMs, onError }: HistoriesDeps) {
  const loaded = new Map<string, { readonly key: HistoryKey; readonly history: ForecastHistory }>();
  const loading = new Map<string, Promise<ForecastHistory>>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  function keep(key: HistoryKey, history: ForecastHistory): ForecastHistory {
    const id = idOf(key);
    loaded.delete(id);
    loaded.set(id, { key, history });
    for (const oldest of loaded.keys()) {
      if (loaded.size <= MAX_LOADED) break;
      if (!changed.has(oldest)) loaded.delete(oldest);
    }
    return history;
  }

  async function load(key: HistoryKey): Promise<ForecastHistory> {
    const stored = await store.readDocument(COLLECTION, idOf(key));
    return loaded.get(idOf(key))?.history ?? keep(key, createForecastHistory(readStored(stored?.body.history)));
  }

  async function write(): Promise<void> {
    const ids = [...changed];
    changed.clear();
    for (const id of ids) {
      const known = loaded.get(id);
      if (known === undefined) continue;
      const { tenantId, host, kind } = known.key;
      const body = rounded({ host, kind, history: known.history.stored() });
      await store.putDocument({ collection: COLLECTION, id, tenantId, body, expiresMs: nowMs() + KEPT_MS });
    }
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    writing = writing.then(write).catch(onError);
    return writing;
  }

  return {
    /** A history that is in memory. */
    peek: (key: HistoryKey): ForecastHistory | undefined => loaded.get(idOf(key))?.history,
    /** A history, from memory or from the store; an empty one where nothing is known. */
    get(key: HistoryKey): Promise<ForecastHistory> {
      const id = idOf(key);
      const known = loaded.get(id);
      if (known !== undefined) return Promise.resolve(known.history);
      const started = loading.get(id) ?? load(key).finally(() => loading.delete(id));
      loading.set(id, started);
      return started;
    },
    /** A job has taught it. */
    taught(key: HistoryKey, history: ForecastHistory): void {
      keep(key, history);
      changed.add(idOf(key));
      timer ??= setTimeout(flush, WRITE_AFTER_MS);
      timer.unref();
    },
    /** All of a tenant's. */
    async export(tenantId: string): Promise<readonly ExportedHistory[]> {
      await flush();
      const all: ExportedHistory[] = [];
      for await (const page of documentPages(store, COLLECTION))
        for (const { tenantId: owner, body } of page)
          if (owner === tenantId) all.push(body as unknown as ExportedHistory);
      return all;
    },
    /**
     * Takes what was exported in the place of what is known of the same hosts and kinds.
     *
     * @throws PlayheadError `validation_error` for what is no history; then nothing of it is taken
     */
    async import(tenantId: string, all: readonly { host: string; kind: string; history: unknown }[]): Promise<void> {
      const read = all.map(({ host, kind, history }) => {
        const stored = readStored(history);
        if (stored === undefined)
          throw new PlayheadError(
            "validation_error",
            `expected the history of ${kind} on ${host} to be one that was exported, of version 1`,
          );
        return { key: { tenantId, host, kind }, history: createForecastHistory(stored) };
      });
      for (const { key, history } of read) {
        keep(key, history);
        changed.add(idOf(key));
      }
      await flush();
    },
    /** Writes what is not written yet. */
    close: flush,
  };
}

function idOf({ tenantId, host, kind }: HistoryKey): string {
  return [tenantId, host, kind].map(encodeURIComponent).join("/");
}

/** What this version cannot read is as if it were not there. */
function readStored(value: unknown): StoredForecastHistory | undefined {
  const stored = value as StoredForecastHistory | null | undefined;
  if (stored?.version !== 1) return undefined;
  try {
    // Whoever made it up would otherwise be told by the first job that is forecast with it.
    const { model, templates } = createForecastHistory(stored).stored();
    const numbers = [...model.belief.means, ...model.belief.covariance.flat()];
    const isWhole = model.belief.covariance.length === model.belief.names.length;
    return isWhole && numbers.every(Number.isFinite) && typeof templates === "object" ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** Six digits are more than is known. */
function rounded(value: unknown): JsonObject {
  return JSON.parse(
    JSON.stringify(value, (_, each: unknown) => (typeof each === "number" ? Number(each.toPrecision(6)) : each)),
  ) as JsonObject;
}
