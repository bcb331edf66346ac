/** How long a job's state stays in Redis after the last word of it; who asks later reads the store. */
export const OPEN_TTL_MS = 24 * 60 * 60_000;
/** The same for a job that has ended: as long as it stays in the engine's memory. */
export const ENDED_TTL_MS = 5 * 60_000;
/** How long the list of jobs that changed lately reaches back. */
export const CHANGES_TTL_MS = 5 * 60_000;
/** A job's stream keeps about this many facts; Redis trims whole nodes of it, so up to 100 more. */
export const MAX_FACTS = 1_000;
/** A fact that is larger is said, but not kept: who missed it reads the store. */
export const MAX_FACT_BYTES = 8_192;
/** So many tasks' latest ticks are kept of a job. */
export const MAX_SLOTS = 1_000;
/** So many jobs that changed lately are remembered. */
export const MAX_CHANGES = 20_000;

/**
 * The names of everything in Redis. A job's keys share the hash tag `{job}`, so that a cluster has them on one node, where
 * one script may touch them; a job's id is safe in a key (`isJobId`).
 *
 * @param db the logical database: its keys are apart already, its channels are not
 */
export function createKeys(db: number) {
  const root = db === 0 ? "playhead" : `playhead-${db}`;
  const channelStart = `${root}:live:{`;
  return {
    /** Hash: epoch, seq, tick, log, tenant, ended, and the latest tick of each slot. */
    head: (jobId: string) => `${root}:{${jobId}}:head`,
    /** Stream: the latest facts, each with the id `<seq>-0`. */
    facts: (jobId: string) => `${root}:{${jobId}}:facts`,
    /** Channel: what happens, as it happens. */
    channel: (jobId: string) => `${channelStart}${jobId}}`,
    jobOfChannel: (channel: string) => channel.slice(channelStart.length, -1),
    /** String: changes whenever facts may have been committed that Redis will never be told of. */
    mark: `${root}:mark`,
    /** Channel, and sorted set by time: jobs of any tenant that changed. */
    changesChannel: `${root}:changes`,
    changes: `${root}:{changes}:jobs`,
    /** Hash that counts signals, stream, and channel of them. */
    signalCount: `${root}:{signals}:count`,
    signals: `${root}:{signals}:sent`,
    signalsChannel: `${root}:{signals}:channel`,
  };
}

export type Keys = ReturnType<typeof createKeys>;
