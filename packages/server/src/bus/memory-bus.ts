import type { Bus, Publication } from "./bus.ts";

/**
 * The bus of a server that is alone: calls listeners in the order of their subscription.
 *
 * @param onError told of what a listener threw
 */
export function createMemoryBus(onError: (error: unknown) => void): Bus {
  const byJob = new Map<string, Set<(publication: Publication) => void>>();
  const all = new Set<(publications: readonly Publication[]) => void>();

  function tell<Value>(listener: (value: Value) => void, value: Value): void {
    try {
      listener(value);
    } catch (error) {
      onError(error);
    }
  }

  return {
    publish(publications) {
      if (byJob.size > 0) {
        for (const publication of publications) {
          const listeners = byJob.get(publication.jobId);
          if (listeners !== undefined) for (const listener of listeners) tell(listener, publication);
        }
      }
      for (const listener of all) tell(listener, publications);
    },
    subscribe(jobId, listener) {
      // Each subscription is its own, also of a function that is subscribed already.
      const own = (publication: Publication) => listener(publication);
      const listeners = byJob.get(jobId) ?? new Set();
      byJob.set(jobId, listeners.add(own));
      return () => {
        listeners.delete(own);
        if (listeners.size === 0 && byJob.get(jobId) === listeners) byJob.delete(jobId);
      };
    },
    subscribeAll(listener) {
      const own = (publications: readonly Publication[]) => listener(publications);
      all.add(own);
      return () => {
        all.delete(own);
      };
    },
  };
}
