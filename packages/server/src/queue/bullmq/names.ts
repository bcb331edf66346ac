/** The keys of all queues begin with it, beside those of other programs in the same Redis. */
export const QUEUE_PREFIX = "playhead-queue";

/** What a job of BullMQ says: whose it is and what it is of is said by its queue, all else is the engine's to tell. */
export interface QueuedData {
  readonly job_id: string;
}

/** The queue of a tenant's jobs of a kind, such as `default/clips`: workers take kinds, and see one tenant. */
export function queueNameOf(tenantId: string, kind: string): string {
  // BullMQ does not want a colon in it; a kind may be any text.
  return `${encodeURIComponent(tenantId)}/${encodeURIComponent(kind)}`;
}

/** The id of a job there: its own, with a mark where it is a number, which BullMQ keeps for itself. */
export function bullIdOf(jobId: string): string {
  return /^\d+$/.test(jobId) ? `${jobId}~` : jobId;
}

/** The other way round. */
export function jobIdOf(bullId: string): string {
  return bullId.replace(/~$/, "");
}
