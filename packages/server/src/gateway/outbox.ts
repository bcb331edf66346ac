/** The part of a socket that an outbox needs. */
export interface OutboxSocket {
  /** Bytes handed over that the network has not taken yet. */
  readonly bufferedAmount: number;
  send(data: string): void;
}

export interface OutboxOptions {
  readonly socket: OutboxSocket;
  readonly nowMs: () => number;
  /** Joins what is due within one flush into one frame; null where the client wants each by itself. */
  readonly join: ((frames: readonly string[]) => string) | null;
  /** Asks for a {@link Outbox.flush} soon. */
  readonly onDirty: (outbox: Outbox) => void;
  /** The client cannot keep up. */
  readonly onTooSlow: () => void;
}

export interface Outbox {
  /** Queues a frame; one of the same slot that still waits is replaced, and takes its place at the end. */
  push(frame: string, slot: string | null): void;
  /** Sends what may be sent. @returns whether something still waits */
  flush(): boolean;
}

/** While more than this is buffered, ticks wait (and replace one another). */
const HOLD_TICKS_BYTES = 64 * 1024;
/** A client with this much unread, or this many frames that must not be dropped, is too slow. */
const TOO_SLOW_BYTES = 256 * 1024;
const TOO_SLOW_FRAMES = 256;
const TOO_SLOW_MS = 10_000;
/** How much goes into one joined frame. */
const JOIN_BYTES = 64 * 1024;

interface Entry {
  frame: string | null;
  readonly slot: string | null;
}

/**
 * What one connection has still to be sent: facts in order, and of ticks only the latest of each slot. A slow client
 * costs a bounded amount of memory, and then its connection, from which it comes back to the right state.
 */
export function createOutbox({ socket, nowMs, join, onDirty, onTooSlow }: OutboxOptions): Outbox {
  let entries: Entry[] = [];
  const slots = new Map<string, Entry>();
  let mustSend = 0;
  let heldSinceMs: number | null = null;
  let ended = false;

  function push(frame: string, slot: string | null): void {
    if (ended) return;
    const entry: Entry = { frame, slot };
    if (slot === null) mustSend += 1;
    else {
      const older = slots.get(slot);
      if (older !== undefined) older.frame = null;
      slots.set(slot, entry);
    }
    entries.push(entry);
    // Replaced ticks leave holes; close them before they add up.
    if (entries.length > 1_000 && entries.length > 2 * (slots.size + mustSend)) {
      entries = entries.filter((each) => each.frame !== null);
    }
    if (heldSinceMs !== null && mustSend > TOO_SLOW_FRAMES) giveUp();
    else onDirty(outbox);
  }

  function giveUp(): void {
    ended = true;
    entries = [];
    slots.clear();
    onTooSlow();
  }

  function flush(): boolean {
    if (ended) return false;
    const buffered = socket.bufferedAmount;
    if (buffered > TOO_SLOW_BYTES || (heldSinceMs !== null && nowMs() - heldSinceMs > TOO_SLOW_MS)) {
      giveUp();
      return false;
    }
    const holdTicks = buffered > HOLD_TICKS_BYTES;
    heldSinceMs = holdTicks ? (heldSinceMs ?? nowMs()) : null;
    const due = takeDue(holdTicks);
    if (join === null) for (const frame of due) socket.send(frame);
    else for (const part of partsOf(due)) socket.send(part.length === 1 ? (part[0] as string) : join(part));
    return entries.length > 0;
  }

  function takeDue(holdTicks: boolean): readonly string[] {
    const due: string[] = [];
    const kept: Entry[] = [];
    for (const entry of entries) {
      if (entry.frame === null) continue;
      if (holdTicks && entry.slot !== null) kept.push(entry);
      else due.push(entry.frame);
    }
    entries = kept;
    mustSend = 0;
    if (!holdTicks) slots.clear();
    return due;
  }

  const outbox: Outbox = { push, flush };
  return outbox;
}

function* partsOf(frames: readonly string[]): Generator<readonly string[]> {
  let part: string[] = [];
  let size = 0;
  for (const frame of frames) {
    if (part.length > 0 && size + frame.length > JOIN_BYTES) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(frame);
    size += frame.length;
  }
  if (part.length > 0) yield part;
}
