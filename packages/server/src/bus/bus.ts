import type { LogLine, PlayheadEvent } from "@playhead/core";
import type { Listener } from "./listeners.ts";

/** Something that viewers of a job may see, after its commit. */
export interface Publication {
  readonly tenantId: string;
  readonly jobId: string;
  /** Where the job stood with it; a log line stands at the last fact. */
  readonly seq: number;
  /** Only on ticks. */
  readonly tick: number | undefined;
  /** Ticks of one job that have the same slot replace one another; null for what must not be dropped. */
  readonly slot: string | null;
  readonly content: PlayheadEvent | LogLine;
  /** The frame as viewers get it; serialised once, however many they are. */
  frame(): string;
}

/** Jobs that are not any more as a list showed them. */
export interface JobChanges {
  /** Those that changed themselves: their state, their title. */
  readonly changed: ReadonlySet<string>;
  /** Those on which only something moved. */
  readonly moved: ReadonlySet<string>;
}

/**
 * What viewers are served from, in the engine's process or in another. A listener that throws harms nobody else; one that
 * is slow holds up all, so none may block.
 */
export interface LiveBus {
  /**
   * What happens to one job, several at a time: each fact once, in order; of the ticks of a slot at least the latest.
   * Beyond one process it begins with the latest of what was there already, so that nothing is lost between reading where
   * a job stands and hearing of it: whoever knows that already ignores it by its number.
   *
   * @returns ends the subscription
   */
  subscribe(jobId: string, listener: Listener<readonly Publication[]>): () => void;
  /**
   * Resolves when whatever is committed from then on will come to those who subscribed to the job; at once within one
   * process. What has no numbers to see a gap by, as log lines, is read after this.
   *
   * @throws PlayheadError `service_unavailable` when that takes too long
   */
  opened(jobId: string): Promise<void>;
  /**
   * Which jobs something happened to, for lists; null when that is not known for a while that has passed.
   *
   * @returns ends the subscription
   */
  subscribeChanges(listener: (changes: JobChanges | null) => void): () => void;
  /** Called after those who follow jobs have heard what came together. @returns ends the subscription */
  subscribeFlushes(listener: () => void): () => void;
}

/**
 * Carries what was committed to whoever watches in this process. Never the only copy: who misses something reads it from
 * the store.
 */
export interface Bus extends LiveBus {
  publish(publications: readonly Publication[]): void;
  /** What happens to any job, a flush at a time, after those who follow one have heard of it. @returns ends the subscription */
  subscribeAll(listener: (publications: readonly Publication[]) => void): () => void;
  /** The same, for someone who tells viewers elsewhere: whom they follow is not known here. */
  subscribeForViewers(listener: (publications: readonly Publication[]) => void): () => void;
  /** Whether somebody may follow the job, by itself or among all. */
  isFollowed(jobId: string): boolean;
}
