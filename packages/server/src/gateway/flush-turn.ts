/** What is due for one client within this time shares a flush. */
export const GATHER_MS = 15;

/**
 * What the flusher notes of an outbox, in the outbox: it is looked at with each event, and maps and sets of all of them
 * would cost more than all else that is done here.
 */
export interface FlushTurn {
  /** Flushed in this turn of the event loop; or with others a little later. */
  place: "none" | "due" | "waiting";
  /** By the flusher's clock. */
  flushedMs: number;
}

/** The turn of an outbox that has never been flushed. */
export const newFlushTurn = (): FlushTurn => ({ place: "none", flushedMs: -GATHER_MS });
