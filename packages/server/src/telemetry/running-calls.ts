import type { LogEntry, LogFilter } from "@playhead/core";
import type { TelemetryStore } from "../store/telemetry-store.ts";

export interface RunningCallsDeps {
  readonly store: Pick<TelemetryStore, "endRunning" | "queryEntries">;
  /** What has been observed so far is stored. */
  readonly settled: () => Promise<void>;
  /** Whether nothing more will be heard of a session: a job that has ended, a worker that is lost. */
  readonly isGone: (sessionId: string) => Promise<boolean>;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

/** The last calls of a job may be reported after its end. */
const GRACE_MS = 5_000;
const LOOK_EVERY_MS = 30_000;
/** Beyond this many the ones that began longest ago are not looked after any more; retention takes their calls. */
const MAX_SESSIONS = 20_000;
const PAGE = 1_000;

/** Ends running calls whose end nobody will report: of a job that has ended, of a worker that is gone. */
export function createRunningCalls({ store, settled, isGone, nowMs, onError }: RunningCallsDeps) {
  /** Sessions with calls that began and may run still, the one heard of longest ago first. */
  const sessions = new Set<string>();
  const ending = new Map<string, NodeJS.Timeout>();
  let isLooking = false;
  const looking = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void endGone().finally(() => {
      isLooking = false;
    });
  }, LOOK_EVERY_MS);
  looking.unref();

  function remember(sessionId: string): void {
    sessions.delete(sessionId);
    sessions.add(sessionId);
    if (sessions.size <= MAX_SESSIONS) return;
    for (const oldest of sessions) {
      sessions.delete(oldest);
      return;
    }
  }

  async function endGone(): Promise<void> {
    try {
      for (const sessionId of [...sessions]) if (await isGone(sessionId)) await end(sessionId, "worker_lost");
    } catch (error) {
      onError(error);
    }
  }

  async function end(sessionId: string, reason: string): Promise<void> {
    sessions.delete(sessionId);
    try {
      await settled();
      await store.endRunning({ sessionId, atMs: nowMs(), reason });
    } catch (error) {
      onError(error);
    }
  }

  return {
    /** Notes calls that began. */
    note(entries: readonly LogEntry[]): void {
      for (const { event_type: type, session_id: id } of entries) if (type === "start") remember(id);
    },
    /** The job has ended: so have its calls, in a while. */
    endSoon(jobId: string, reason: string): void {
      if (ending.has(jobId)) return;
      const timer = setTimeout(() => {
        ending.delete(jobId);
        if (sessions.has(jobId)) void end(jobId, reason);
      }, GRACE_MS);
      timer.unref();
      ending.set(jobId, timer);
    },
    /** Finds what an earlier process left running, and ends what of it is gone. */
    async recover(filter: LogFilter): Promise<void> {
      let after: Parameters<typeof store.queryEntries>[0]["after"];
      do {
        const page = await store.queryEntries({
          ...filter,
          event_types: ["start"],
          order: "asc",
          limit: PAGE,
          ...(after !== undefined && { after }),
        });
        for (const { session_id: id } of page.entries) remember(id);
        after = page.next ?? undefined;
      } while (after !== undefined);
      await endGone();
    },
    close(): void {
      clearInterval(looking);
      for (const timer of ending.values()) clearTimeout(timer);
    },
  };
}
