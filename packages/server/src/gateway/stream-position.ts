import type { Position } from "@playhead/core";

/** A position as one word: `EPOCH:SEQ:TICK`, the id of an event in a stream. */
export function formatPosition(epoch: string, seq: number, tick: number): string {
  return `${epoch}:${seq}:${tick}`;
}

/** Reads a position; one that cannot be read is of no history, so that its sender begins anew. */
export function readPosition(word: string): Position {
  const [, epoch = "", seq, tick] = /^([\w-]{1,64}):(\d{1,15}):(\d{1,15})$/.exec(word) ?? [];
  return { epoch, seq: Number(seq ?? 0), tick: Number(tick ?? 0) };
}
