import type { createWorkload } from "./ingest-workload.ts";

/** What each way of storing facts is given. */
export interface SinkOptions {
  /** Empty, and removed afterwards. */
  readonly folder: string;
  readonly jobs: number;
  readonly workload: ReturnType<typeof createWorkload>;
}

/** Something that facts can be stored through, however it does that. */
export interface Sink {
  /** Makes the next facts of the workload ready. @returns what stores them, and is what is timed */
  prepare(count: number): () => Promise<void>;
  /** Stores the next facts in whatever way is quickest and leaves the same database; nobody times that. */
  grow(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Records of one transaction, as in the server's ingest. */
export const GROUP_SIZE = 2_000;
