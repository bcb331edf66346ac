import type { Bus, Publication } from "./bus.ts";

/**
 * The bus of a server that is alone: calls listeners in the order of their subscription.
 *
 * @param onError told of what a listener threw
 */
export function createMemoryBus(onError: (error: unknown) => void): Bus {
  type Listener = Parameters<Bus["subscribeAll"]>[0];
  /** Each subscription is its own, also of a function that is subscribed already. */
  type Subscriptions = Set<{ readonly listener: Listener }>;
  const byJob = new Map<string, Subscriptions>();
  const all: Subscriptions = new Set();

  function tell(listener: Listener, publications: readonly Publication[]): void {
    try {
      listener(publications);
    } catch (error) {
      onError(error);
    }
  }

  /** Those of jobs that someone follows, each job's together and in order. */
  function followed(publications: readonly Publication[]): Map<Subscriptions, Publication[]> {
    const runs = new Map<Subscriptions, Publication[]>();
    for (const publication of publications) {
      const listeners = byJob.get(publication.jobId);
      if (listeners === undefined) continue;
      const run = runs.get(listeners);
      if (run === undefined) runs.set(listeners, [publication]);
      else run.push(publication);
    }
    return runs;
  }

  return {
    publish(publications) {
      const [only] = publications;
      if (only !== undefined && publications.length === 1) {
        for (const { listener } of byJob.get(only.jobId) ?? []) tell(listener, publications);
      } else if (byJob.size > 0) {
        for (const [listeners, run] of followed(publications))
          for (const { listener } of listeners) tell(listener, run);
      }
      for (const { listener } of all) tell(listener, publications);
    },
    subscribe(jobId, listener) {
      const own = { listener };
      const listeners = byJob.get(jobId) ?? new Set();
      byJob.set(jobId, listeners.add(own));
      return () => {
        listeners.delete(own);
        if (listeners.size === 0 && byJob.get(jobId) === listeners) byJob.delete(jobId);
      };
    },
    subscribeAll(listener) {
      const own = { listener };
      all.add(own);
      return () => {
        all.delete(own);
      };
    },
  };
}
