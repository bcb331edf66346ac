import type { Api } from "./api.ts";
import type { Clock } from "./clock.ts";
import type { Connection, SubscriptionHandle } from "./connection.ts";
import { EMPTY_FEED, type JobFeed, receiveFrames, rejoining, resumePoint } from "./job-feed.ts";
import { createJobLogs, type JobLogs } from "./job-logs.ts";
import { createStore, type Store } from "./store.ts";

/** One job as it stands, and its log, both live while someone listens. */
export interface JobStore extends Store<JobFeed> {
  /** Read only while someone listens to it. */
  readonly logs: Pick<JobLogs, "getSnapshot" | "subscribe" | "loadOlder">;
}

export interface JobStoreDeps {
  readonly connection: Pick<Connection, "subscribe">;
  readonly api: Pick<Api, "logs">;
  readonly clock: Pick<Clock, "nowMs">;
  readonly jobId: string;
}

/** Follows a job: folds what comes, and when something was lost, gets it again. */
export function createJobStore({ connection, api, clock, jobId }: JobStoreDeps): JobStore {
  const feed = createStore<JobFeed>(EMPTY_FEED, { onActive: begin, onIdle: end });
  const logs = createJobLogs(api, jobId);
  let handle: SubscriptionHandle | null = null;
  let logListeners = 0;
  /** Where the log stood when it was last asked for. */
  let lastLogId: number | null = null;

  function begin(): void {
    handle = connection.subscribe({
      jobId,
      request(ref) {
        feed.set(rejoining(feed.getSnapshot()));
        const since = resumePoint(feed.getSnapshot());
        const wantsLogs = logListeners > 0;
        lastLogId = logs.getSnapshot().lines.at(-1)?.log_id ?? null;
        const data = { ref, job_id: jobId, ...(since !== undefined && { since }), ...(wantsLogs && { logs: true }) };
        return { type: "subscribe", data };
      },
      receive(frames) {
        const before = feed.getSnapshot();
        const step = receiveFrames(before, frames, clock.nowMs());
        if (step.logs.length > 0) logs.add(step.logs);
        feed.set(step.feed);
        if (step.renew) handle?.renew();
        else if (step.feed.live && !before.live && logListeners > 0) catchUpLogs();
      },
    });
  }

  function end(): void {
    handle?.end();
    handle = null;
  }

  /** A log that cannot be read now is read at the next occasion; the job itself is not held up by it. */
  function catchUpLogs(): void {
    logs.catchUp(lastLogId).catch(() => {});
  }

  return {
    getSnapshot: feed.getSnapshot,
    subscribe: feed.subscribe,
    logs: {
      getSnapshot: logs.getSnapshot,
      loadOlder: logs.loadOlder,
      subscribe(listener) {
        logListeners += 1;
        const stopLogs = logs.subscribe(listener);
        // When the job is followed already, this asks for its log as well; else the subscription that begins here does.
        if (logListeners === 1) handle?.renew();
        const stopFeed = feed.subscribe(() => {});
        return () => {
          logListeners -= 1;
          stopLogs();
          stopFeed();
        };
      },
    },
  };
}
