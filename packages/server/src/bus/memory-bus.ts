import type { Bus, JobChanges, Publication } from "./bus.ts";
import { createChangeNotes } from "./job-changes.ts";
import { Listeners } from "./listeners.ts";

/**
 * The bus of a server that is alone: calls listeners in the order of their subscription.
 *
 * @param onError told of what a listener threw
 */
export function createMemoryBus(onError: (error: unknown) => void): Bus {
  type Followers = Listeners<readonly Publication[]>;
  const byJob = new Map<string, Followers>();
  const all: Followers = new Listeners();
  const lists = new Listeners<JobChanges | null>();
  const flushes = new Listeners<void>();
  const notes = createChangeNotes();
  let forViewers = 0;

  /** Those of jobs that someone follows, each job's together and in order. */
  function followed(publications: readonly Publication[]): Map<Followers, Publication[]> {
    const runs = new Map<Followers, Publication[]>();
    for (const publication of publications) {
      const followers = byJob.get(publication.jobId);
      if (followers === undefined) continue;
      const run = runs.get(followers);
      if (run === undefined) runs.set(followers, [publication]);
      else run.push(publication);
    }
    return runs;
  }

  return {
    publish(publications) {
      const [only] = publications;
      if (only !== undefined && publications.length === 1) {
        byJob.get(only.jobId)?.tell(publications, onError);
      } else if (byJob.size > 0) {
        for (const [followers, run] of followed(publications)) followers.tell(run, onError);
      }
      if (lists.size > 0) {
        for (const publication of publications) notes.note(publication);
        lists.tell(notes.take(), onError);
      }
      all.tell(publications, onError);
      flushes.tell(undefined, onError);
    },
    subscribe(jobId, listener) {
      const followers: Followers = byJob.get(jobId) ?? new Listeners();
      byJob.set(jobId, followers);
      const end = followers.add(listener);
      return () => {
        if (end() && followers.size === 0) byJob.delete(jobId);
      };
    },
    opened: () => Promise.resolve(),
    subscribeChanges(listener) {
      const end = lists.add(listener);
      return () => void end();
    },
    subscribeFlushes(listener) {
      const end = flushes.add(listener);
      return () => void end();
    },
    subscribeAll(listener) {
      const end = all.add(listener);
      return () => void end();
    },
    subscribeForViewers(listener) {
      const end = all.add(listener);
      forViewers += 1;
      return () => {
        if (end()) forViewers -= 1;
      };
    },
    isFollowed: (jobId) => byJob.has(jobId) || lists.size > 0 || forViewers > 0,
  };
}
