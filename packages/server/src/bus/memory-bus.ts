import type { Bus, Publication } from "./bus.ts";

/** The bus of a server that is alone: calls listeners in the order of their subscription. */
export function createMemoryBus(): Bus {
  const byJob = new Map<string, Set<(publication: Publication) => void>>();
  const all = new Set<(publications: readonly Publication[]) => void>();

  return {
    publish(publications) {
      for (const publication of publications) {
        for (const listener of byJob.get(publication.jobId) ?? []) listener(publication);
      }
      for (const listener of all) listener(publications);
    },
    subscribe(jobId, listener) {
      const listeners = byJob.get(jobId) ?? new Set();
      byJob.set(jobId, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && byJob.get(jobId) === listeners) byJob.delete(jobId);
      };
    },
    subscribeAll(listener) {
      all.add(listener);
      return () => {
        all.delete(listener);
      };
    },
  };
}
