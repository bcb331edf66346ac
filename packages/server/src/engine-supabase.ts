import type { JobSummary } from "@playhead/core";
import type { Bus } from "./bus/bus.ts";
import { createLoop } from "./engine-loop.ts";
import { textOf } from "./error-text.ts";
import type { LiveJobs } from "./ingest/live-jobs.ts";
import type { ServerLog } from "./server-log.ts";
import type { AlertStore } from "./store/alert-store.ts";
import type { Store } from "./store/store.ts";
import { createApiWriter } from "./supabase/api-writer.ts";
import { createDatabaseWriter } from "./supabase/database-writer.ts";
import { createMirror, type MirrorStatus } from "./supabase/mirror.ts";
import type { Writer } from "./supabase/writer.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

/** What a configuration says of a Supabase project. */
export interface SupabaseSettings {
  readonly database_url?: string | undefined;
  readonly url?: string | undefined;
  readonly service_role_key?: string | undefined;
}

export interface EngineSupabaseDeps {
  readonly settings: SupabaseSettings;
  readonly store: Store & AlertStore;
  readonly bus: Pick<Bus, "subscribeAll">;
  /** Jobs of memory, as they stand, nothing of them unstored. */
  readonly readLive: (jobIds: readonly string[]) => Promise<readonly JobSummary[]>;
  readonly jobs: Pick<LiveJobs, "open">;
  readonly log: ServerLog;
  readonly nowMs: () => number;
}

/** The mirror of an engine, while it runs. */
export interface EngineSupabase {
  status(): MirrorStatus;
  /** Writes what is at hand, for a moment, and ends; the rest is written after the next start. */
  close(): Promise<void>;
}

/** What is at hand at the end is written within this, or later. */
const LAST_WRITES_MS = 2_000;

/** A connection to the database wants no rights beside one function's, so it comes first; null where nothing is set. */
function openWriter({ database_url, url, service_role_key }: SupabaseSettings): Writer | null {
  if (database_url !== undefined) return createDatabaseWriter(database_url);
  return url === undefined || service_role_key === undefined ? null : createApiWriter(url, service_role_key);
}

/** Has what happens mirrored into a Supabase project; null where none is configured. Nothing here waits for it. */
export async function openSupabase(deps: EngineSupabaseDeps): Promise<EngineSupabase | null> {
  const { settings, store, bus, readLive, jobs, log, nowMs } = deps;
  const writer = openWriter(settings);
  if (writer === null) return null;
  const mirror = createMirror({
    ...{ store, writer, readJobs, nowMs },
    random: Math.random,
    tenantId: DEFAULT_TENANT,
    openJobIds: () => Iterator.from(jobs.open()).map(({ draft }) => draft.job_id),
    onChange: (error) =>
      error === null
        ? log("info", "Supabase takes what happens again")
        : log("warning", "Supabase cannot be written to; what happens waits here", { error: textOf(error) }),
    onSkipped: (row, error) =>
      log("error", "Supabase refused a row; it is left out", { row: row.slice(0, 500), error: textOf(error) }),
  });
  const loop = createLoop({
    step: mirror.step,
    nowMs,
    onError: (error) => log("error", "what is to be mirrored could not be read", { error: textOf(error) }),
  });

  async function readJobs(jobIds: readonly string[]): Promise<readonly JobSummary[]> {
    const live = await readLive(jobIds);
    const known = new Set(live.map(({ job_id }) => job_id));
    const stored = jobIds.filter((jobId) => !known.has(jobId)).map((jobId) => store.readSnapshot(jobId));
    return [...live, ...(await Promise.all(stored)).filter((job) => job !== null)];
  }

  await mirror.start();
  const endListening = bus.subscribeAll((publications) => {
    for (const { tick, content, jobId } of publications) {
      if (tick !== undefined) mirror.note(jobId);
      else if ("seq" in content) loop.wake();
    }
  });
  loop.start();

  async function writeLast(): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      void writer?.close();
    }, LAST_WRITES_MS);
    try {
      await loop.inTurn(async () => {
        while ((await mirror.step()) && !isLate);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    status: mirror.status,
    async close() {
      endListening();
      await writeLast().catch(() => undefined);
      await loop.close();
      await writer.close();
      await mirror
        .keep()
        .catch((error) => log("warning", "how far Supabase is could not be kept", { error: textOf(error) }));
    },
  };
}
