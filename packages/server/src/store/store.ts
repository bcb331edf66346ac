import type {
  EventType,
  Job,
  JobSnapshot,
  JobState,
  JobSummary,
  JsonObject,
  PlayheadEvent,
  Task,
  TaskState,
} from "@playhead/core";

/** A numbered fact on its way into the store. */
export interface FactRow {
  readonly job_id: string;
  readonly seq: number;
  readonly type: EventType;
  /** Milliseconds UTC. */
  readonly tsMs: number;
  /** Null where it is the job's own. */
  readonly correlation_id: string | null;
  /** The event's `data` as JSON, serialised once for the store and all viewers. */
  readonly dataJson: string;
}

/**
 * A job as it stands at `job.seq`, to replace what the store has of it; and its tasks that changed since the last time,
 * new ones in the order in which they came to be.
 */
export interface JobProjection {
  readonly job: JobSummary;
  readonly tasks: readonly Task[];
}

/** What one transaction stores: all of it, or nothing. */
export interface CommitGroup {
  /** In commit order; each job's `seq` go on from what is stored, without a gap. */
  readonly facts: readonly FactRow[];
  /**
   * Written at once for new jobs (in the group of their first fact) and changes of state; for the rest now and then,
   * since facts say it all.
   */
  readonly projections: readonly JobProjection[];
  /** The highest `n` taken from each source. */
  readonly sources: ReadonlyMap<string, number>;
}

export interface JobsQuery {
  readonly tenantId: string;
  /** Any of these; none of them lists nothing. */
  readonly states?: readonly JobState[];
  readonly kinds?: readonly string[];
  /** Of one user, or of any of these. */
  readonly userId?: string | readonly string[];
  /** Matches titles and ids, in any case, anywhere. */
  readonly text?: string;
  readonly createdFromMs?: number;
  /** Exclusive. */
  readonly createdToMs?: number;
  /** Open jobs count as ending after all that have ended. Titles sort without regard to case. */
  readonly sort: "created_at" | "ended_at" | "title";
  readonly order: "asc" | "desc";
  /** 1–200. */
  readonly limit: number;
  /** From the page before. */
  readonly after?: PageCursor;
}

/** Where a page ended: the last row's sort value and id. */
export interface PageCursor {
  readonly value: string | number | null;
  readonly id: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null on the last page. */
  readonly next: PageCursor | null;
}

/** Tasks in the order in which they came to be. */
export interface TasksQuery {
  readonly jobId: string;
  /** Null for those at the top. */
  readonly parentId?: string | null;
  readonly states?: readonly TaskState[];
  readonly kinds?: readonly string[];
  /** Only what has this `task_id`, or this `id` among its fields. */
  readonly named?: string;
  readonly limit: number;
  readonly after?: PageCursor;
}

/** Something small that is found by its id: a key, a callback. Not for what comes often. */
export interface StoredDocument {
  readonly collection: string;
  readonly id: string;
  readonly tenantId: string;
  readonly body: JsonObject;
  /** From then on it is as if it were not there; null for never. */
  readonly expiresMs: number | null;
}

/** Documents of a collection, by their ids in the order of their code units. */
export interface DocumentsQuery {
  readonly collection: string;
  /** @defaultValue of all tenants */
  readonly tenantId?: string;
  readonly afterId?: string;
  readonly limit: number;
}

export interface JobCounts {
  readonly byState: Readonly<Record<JobState, number>>;
  readonly createdSince: number;
  readonly failedSince: number;
}

/**
 * Keeps facts and projections. Two engines, one conformance suite (`conformance.ts`). All methods throw
 * PlayheadError: `data_unwritable`, `data_damaged` or `disk_full` where the medium refuses, `service_unavailable` after
 * `close`.
 */
export interface Store {
  /** Names this history; changes when another takes its place (a restore, an empty database). */
  readonly epoch: string;
  /**
   * Stores a group durably. May be called while others are under way: they are stored in the order of the calls. When one
   * fails, it and all that were called after it (up to its rejection) are rejected, and nothing of them is stored.
   *
   * @throws PlayheadError `internal_error` for a group that contradicts what is stored: a gap in a job's numbers, a job
   * that neither is stored nor comes with a projection
   */
  commit(group: CommitGroup): Promise<void>;
  /** The job with all its tasks as of its last stored fact; null when there is none. */
  readJob(jobId: string): Promise<Job | null>;
  /** The job as viewers get it, of however many tasks, as of its last stored fact; null when there is none. */
  readSnapshot(jobId: string): Promise<JobSnapshot | null>;
  /** Facts after `afterSeq`, in order. */
  readFacts(jobId: string, afterSeq: number, limit: number): Promise<readonly PlayheadEvent[]>;
  /** All jobs that have not ended by their projection, newest first. */
  readOpenJobIds(): Promise<readonly string[]>;
  /** Those of the tenant's jobs that have ended by their projection. */
  readEndedJobIds(tenantId: string, jobIds: readonly string[]): Promise<readonly string[]>;
  /** Lists jobs by their projections. */
  listJobs(query: JobsQuery): Promise<Page<JobSummary>>;
  /** Lists a job's tasks by its projection; nothing for an unknown job. */
  listTasks(query: TasksQuery): Promise<Page<Task>>;
  countJobs(tenantId: string, sinceMs: number): Promise<JobCounts>;
  /** The highest `n` that was taken from a source; 0 for an unknown one. */
  readSource(source: string): Promise<number>;
  /** Keeps a document durably, in place of the one that has its id. */
  putDocument(document: StoredDocument): Promise<void>;
  /** Keeps a document durably unless there is one with its id. @returns the one that is there; null when it was added */
  addDocument(document: StoredDocument): Promise<StoredDocument | null>;
  /** @returns whether it was there */
  removeDocument(collection: string, id: string): Promise<boolean>;
  readDocument(collection: string, id: string): Promise<StoredDocument | null>;
  listDocuments(query: DocumentsQuery): Promise<readonly StoredDocument[]>;
  /** Ends after everything committed is durable, and lets the files go. */
  close(): Promise<void>;
}
