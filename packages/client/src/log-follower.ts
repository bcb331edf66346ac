import type { LogFrame, ServerFrame } from "@playhead/core";
import type { Api } from "./api.ts";
import type { Connection, SubscriptionHandle } from "./connection.ts";
import { appendLines, prependPage } from "./grow-log-tail.ts";
import type { LogTail } from "./log-tail.ts";
import type { WritableStore } from "./store.ts";

export interface LogFollowerDeps {
  readonly connection: Pick<Connection, "subscribe">;
  readonly api: Pick<Api, "logs">;
  readonly jobId: string;
  /** Where the lines go. */
  readonly tail: WritableStore<LogTail>;
}

export interface LogFollower {
  /** Subscribes to what comes. */
  follow(): SubscriptionHandle;
  /** Reads the page before the first line. */
  loadOlder(): Promise<void>;
}

/** How many lines one request asks for. */
const PAGE_LINES = 500;

// `log` is an event's type as well, but no viewer gets it as one.
const isLogFrame = (frame: ServerFrame): frame is LogFrame => frame.type === "log";

/**
 * Follows the log of a job from its last known line on, so that a reconnect leaves no hole. The first time it follows what
 * comes, and then reads the newest page: the two overlap.
 */
export function createLogFollower({ connection, api, jobId, tail }: LogFollowerDeps): LogFollower {
  let loading: Promise<void> | null = null;

  function loadOlder(): Promise<void> {
    loading ??= readOlder().finally(() => {
      loading = null;
    });
    return loading;
  }

  async function readOlder(): Promise<void> {
    const { lines, hasOlder } = tail.getSnapshot();
    if (!hasOlder) return;
    const before = lines[0]?.log_id ?? Number.MAX_SAFE_INTEGER;
    const page = (await api.logs(jobId, { before, limit: PAGE_LINES })).logs;
    tail.set(prependPage(tail.getSnapshot(), page, page.length < PAGE_LINES));
  }

  return {
    follow: () =>
      connection.subscribe({
        of: "logs",
        jobId,
        request(ref) {
          const after = tail.getSnapshot().lines.at(-1)?.log_id;
          return { type: "subscribe", data: { ref, logs: { job_id: jobId, ...(after !== undefined && { after }) } } };
        },
        receive(frames) {
          const lines = frames.filter(isLogFrame).map(({ data }) => data);
          tail.set(appendLines(tail.getSnapshot(), lines));
          // A page that cannot be read now is read at the next occasion.
          if (frames.some(({ type }) => type === "live") && !tail.getSnapshot().loaded) loadOlder().catch(() => {});
        },
      }),
    loadOlder,
  };
}
