import type { EventOf, ViewedEventType } from "@playhead/core";
import type { Api } from "./api.ts";
import type { Clock } from "./clock.ts";
import type { Connection, SubscriptionHandle } from "./connection.ts";
import { EMPTY_FEED, type JobFeed, receiveFrames, rejoining, resumePoint } from "./job-feed.ts";
import { createJobLogs, type JobLogs } from "./job-logs.ts";
import { createStore, type Store } from "./store.ts";

/** One job as it stands, what happens to it, and its log, all live while someone listens. */
export interface JobStore extends Store<JobFeed> {
  /**
   * Calls the listener with each event of one type, or of all (`"*"`), as it happens: each once, in order, those that were
   * missed while the connection was gone included. Where that cannot be done, a snapshot takes the place of what was missed.
   *
   * @returns what ends it.
   */
  on<Type extends ViewedEventType>(type: Type | "*", listener: (event: EventOf<Type>) => void): () => void;
  /** Followed only while someone listens to it. */
  readonly logs: JobLogs;
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
  const news = createStore<readonly EventOf[]>([]);
  let handle: SubscriptionHandle | null = null;

  function begin(): void {
    handle = connection.subscribe({
      of: "events",
      jobId,
      request(ref) {
        feed.set(rejoining(feed.getSnapshot()));
        const since = resumePoint(feed.getSnapshot());
        return { type: "subscribe", data: { ref, job_id: jobId, ...(since !== undefined && { since }) } };
      },
      receive(frames) {
        const step = receiveFrames(feed.getSnapshot(), frames, clock.nowMs());
        feed.set(step.feed);
        if (step.events.length > 0) news.set(step.events);
        if (step.renew) handle?.renew();
      },
    });
  }

  function end(): void {
    handle?.end();
    handle = null;
  }

  return {
    getSnapshot: feed.getSnapshot,
    subscribe: feed.subscribe,
    on(type, listener) {
      const stopNews = news.subscribe(() => {
        for (const event of news.getSnapshot()) {
          if (type === "*" || event.type === type) listener(event as Parameters<typeof listener>[0]);
        }
      });
      const stopFeed = feed.subscribe(() => {});
      return () => {
        stopNews();
        stopFeed();
      };
    },
    logs: createJobLogs({ connection, api, jobId }),
  };
}
