/** A job that waits, as far as a queue goes by it. */
export interface QueuedJob {
  readonly jobId: string;
  readonly tenantId: string;
  readonly kind: string;
  /** -100 to 100; the higher, the sooner. */
  readonly priority: number;
  /** Since when it could have been started; in the future for one that is not to begin yet. */
  readonly sinceMs: number;
}

/** What the order and the pace of a queue go by. */
export interface QueuePace {
  /** After each of these a job that waits counts as one point of priority more. */
  readonly agingMs: number;
  /** How many jobs of a kind run at a time at most; a kind that is missing has no limit. */
  readonly maxRunning: ReadonlyMap<string, number>;
  /** How many of a kind begin within a minute at most; a kind that is missing has no limit. */
  readonly maxPerMinute: ReadonlyMap<string, number>;
}

/** What a queue has to know of the engine, which keeps all that waits. */
export interface QueueParts {
  /** Every job that waits, of all tenants, oldest first. */
  readonly waiting: () => Iterable<QueuedJob>;
  /** A job, if it waits. */
  readonly findWaiting: (jobId: string) => QueuedJob | null;
  /** Whether a job has not ended. */
  readonly isOpen: (jobId: string) => boolean;
  readonly pace: () => QueuePace;
  readonly nowMs: () => number;
}

/** How many jobs of a kind a queue outside of the server holds. */
export interface KindCounts {
  readonly kind: string;
  readonly waiting: number;
  /** Not to begin yet. */
  readonly delayed: number;
  /** Held by a worker. */
  readonly active: number;
  /** The latest that failed, as the queue keeps them. */
  readonly failed: number;
  /** Somebody has stopped it, by the queue's own tools. */
  readonly isPaused: boolean;
}

/**
 * Takes jobs that wait to workers that do not ask the server for them. It is never the only place that knows of a job, so
 * that it may lose all of what it holds; and it does not say who may begin: a worker claims that of the engine.
 */
export interface JobQueue {
  /** A job waits, or does not any more. Never blocks, never throws. */
  noteChange(jobId: string): void;
  /** What it goes by has changed. */
  notePace(): void;
  /** What it holds of a tenant's by kind, or of everybody's; null while it cannot be asked. */
  readCounts(tenantId: string | null): Promise<readonly KindCounts[] | null>;
  /** Whether it can be reached. */
  isConnected(): boolean;
  /** Ends; what is held stays. */
  close(): Promise<void>;
}

/** Opens a queue for an engine. */
export type OpenQueue = (parts: QueueParts) => JobQueue;
