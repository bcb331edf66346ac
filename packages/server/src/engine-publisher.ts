import type { Publication } from "./bus/bus.ts";

/** What carries what was committed beyond this process. */
export interface Publisher {
  /** Never blocks. */
  publish(publications: readonly Publication[]): void;
  /** Ends after what is at hand is said, or soon. */
  close(): Promise<void>;
}

/** What a publisher has to know of the engine. */
export interface PublisherParts {
  readonly epoch: string;
  /** Where everything in a job stands, as ticks with new numbers; nothing for a job that is not under way. */
  readonly currentTicks: (jobId: string) => readonly string[];
  /** The jobs that have not ended, of all tenants. */
  readonly liveJobs: () => Iterable<{ readonly jobId: string; readonly tenantId: string }>;
}

/** Opens a publisher for an engine. */
export type OpenPublisher = (parts: PublisherParts) => Publisher;
