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

/**
 * Carries what was committed to whoever watches. Never the only copy: who misses something reads it from the store.
 * A listener that throws harms nobody else; one that is slow holds up all, so none may block.
 */
export interface Bus {
  publish(publications: readonly Publication[]): void;
  /** What happens to one job, a flush at a time. @returns ends the subscription */
  subscribe(jobId: string, listener: Listener<readonly Publication[]>): () => void;
  /** What happens to any job, a flush at a time, after those who follow one have heard of it. @returns ends the subscription */
  subscribeAll(listener: (publications: readonly Publication[]) => void): () => void;
}
