import type { ErrorBody, JobsFilter } from "@playhead/core";
import type { Clock } from "./clock.ts";
import type { Connection, SubscriptionHandle } from "./connection.ts";
import type { JobsList } from "./jobs-list.ts";
import { onDemand } from "./on-demand.ts";
import { createStore, type Store } from "./store.ts";

export type JobsStore = Store<JobsList>;

export interface JobsStoreDeps {
  readonly connection: Pick<Connection, "subscribe">;
  readonly clock: Pick<Clock, "nowMs">;
  readonly filter: JobsFilter;
}

/** A list of which nothing has come. */
export const EMPTY_LIST: JobsList = { jobs: [], loaded: false, live: false, error: null, heardAtMs: null };

/** Not there, and no list without it. */
const NO_CODE: ErrorBody = {
  error_code: "server_unreachable",
  error_message: "the code that follows lists could not be loaded",
  error_class: "transient",
  detail: {},
};

/** Follows the jobs that a filter lets through. The code for it is fetched with the first listener: most pages show one job. */
export function createJobsStore({ connection, clock, filter }: JobsStoreDeps): JobsStore {
  const list = createStore<JobsList>(EMPTY_LIST, {
    onActive() {
      listening = true;
      follow().catch(() => list.set({ ...list.getSnapshot(), error: NO_CODE }));
    },
    onIdle() {
      listening = false;
      handle?.end();
      handle = null;
    },
  });
  const load = onDemand(() => import("./jobs-list.ts"));
  let listening = false;
  let handle: SubscriptionHandle | null = null;

  async function follow(): Promise<void> {
    const { receiveListFrames } = await load();
    if (!listening) return;
    handle ??= connection.subscribe({
      of: "list",
      jobId: null,
      request(ref) {
        list.set({ ...list.getSnapshot(), live: false });
        return { type: "subscribe", data: { ref, jobs: filter } };
      },
      receive: (frames) => list.set(receiveListFrames(list.getSnapshot(), frames, filter, clock.nowMs())),
    });
  }

  return { getSnapshot: list.getSnapshot, subscribe: list.subscribe };
}
