import type { SubscriptionHandle } from "./connection.ts";
import type { LogFollowerDeps } from "./log-follower.ts";
import { EMPTY_TAIL, type LogTail } from "./log-tail.ts";
import { onDemand } from "./on-demand.ts";
import { createStore, type Store } from "./store.ts";

/** A job's log: its live tail while someone listens, read on into the past when asked. */
export interface JobLogs extends Store<LogTail> {
  /** Reads the page before the first line; does nothing when there is none, or while it is under way. */
  loadOlder(): Promise<void>;
}

/** Creates the log of a job. The code that follows it is fetched with the first listener: most pages show a bar only. */
export function createJobLogs(deps: Omit<LogFollowerDeps, "tail">): JobLogs {
  const tail = createStore<LogTail>(EMPTY_TAIL, {
    onActive() {
      listening = true;
      follow().catch(() => {});
    },
    onIdle() {
      listening = false;
      handle?.end();
      handle = null;
    },
  });
  const load = onDemand(async () => (await import("./log-follower.ts")).createLogFollower({ ...deps, tail }));
  let listening = false;
  let handle: SubscriptionHandle | null = null;

  async function follow(): Promise<void> {
    const follower = await load();
    if (listening) handle ??= follower.follow();
  }

  return {
    getSnapshot: tail.getSnapshot,
    subscribe: tail.subscribe,
    loadOlder: async () => (await load()).loadOlder(),
  };
}
