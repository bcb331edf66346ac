import { type FrameRun, packedOf } from "./frame-run.ts";
import { type SharedFrame, sharedFrame } from "./shared-frame.ts";

/** The part of a socket, or of an HTTP answer, that an outbox needs. */
export interface OutboxSocket {
  /** Bytes handed over that the network has not taken yet. */
  readonly bufferedAmount: number;
  /** Hands over what is due, in order; never nothing. */
  send(frames: readonly SharedFrame[]): void;
}

export interface OutboxOptions {
  readonly socket: OutboxSocket;
  readonly nowMs: () => number;
  /** Joins what is due within one flush into one frame; null where the client wants each by itself. */
  readonly join: ((frames: readonly SharedFrame[]) => SharedFrame) | null;
  /** Asks for a {@link Outbox.flush} soon. */
  readonly onDirty: (outbox: Outbox) => void;
  /** The client cannot keep up. */
  readonly onTooSlow: () => void;
}

export interface Outbox {
  /** Queues an event; one of the same slot that still waits is replaced, and takes its place at the end. */
  push(frame: SharedFrame, slot: string | null): void;
  /** Queues events that happened together; what all clients are sent of them is built once. */
  pushRun(run: FrameRun): void;
  /** Queues a log line, which makes nobody too slow: whoever pushes lines asks {@link Outbox.hasRoom} before. */
  pushLine(frame: SharedFrame): void;
  /** Queues a frame that stands by itself, never inside of another. */
  pushAlone(text: string): void;
  /** Sends what may be sent. @returns whether it is to be called again soon, though nothing is pushed */
  flush(): boolean;
  /** Whether the client keeps up, and little waits. */
  hasRoom(): boolean;
  /** Calls back when there is room: at once, or when the client has read on; never when it is gone. */
  onRoom(callback: () => void): void;
  /** What waits here, in bytes, beside what was handed over and is unread. */
  waitingBytes(): number;
  /** The socket is gone: forgets everything. */
  end(): void;
}

/** While more than this is unread, everything waits, and ticks replace one another. */
const HOLD_BYTES = 64 * 1024;
/** A client for which this much waits beside what it has not read is too slow; ticks, which replace, may be more. */
const TOO_SLOW_BYTES = 256 * 1024;
const TOO_SLOW_FRAMES = 256;
const TOO_SLOW_TICK_BYTES = 1024 * 1024;
const TOO_SLOW_MS = 10_000;
/** How much goes into one joined frame. */
const JOIN_BYTES = 64 * 1024;
/** How many replaced ticks are worth a clean-up. */
const MANY_HOLES = 1_000;

interface Entry {
  /** Null once it was replaced. */
  frame: SharedFrame | null;
  /** Only of a tick. */
  readonly slot: string | null;
  readonly isAlone: boolean;
}

/**
 * What one connection has still to be sent: facts in order, and of ticks only the latest of each slot. What comes while
 * the client reads is sent whole, also when it is much; what comes while it does not read waits here, and costs a
 * bounded amount of memory, and then the connection, from which it comes back to the right state.
 */
export function createOutbox({ socket, nowMs, join, onDirty, onTooSlow }: OutboxOptions): Outbox {
  let entries: Entry[] = [];
  /** Stands for entries, as long as there is nothing else. */
  let onlyRun: FrameRun | null = null;
  const slots = new Map<string, Entry>();
  let facts = 0;
  let factBytes = 0;
  let tickBytes = 0;
  let lineBytes = 0;
  /** What is unread, and since when nothing of it was taken; null while the client keeps up. */
  let held: { readonly bytes: number; readonly sinceMs: number } | null = null;
  let isDirty = false;
  let ended = false;
  let waiters: (() => void)[] = [];

  function pushRun(run: FrameRun): void {
    if (ended) return;
    const isOnly = onlyRun === null && entries.length === 0 && held === null;
    if (!isOnly || run.factBytes + run.tickBytes > JOIN_BYTES) return addEach(run);
    onlyRun = run;
    facts = run.facts;
    factBytes = run.factBytes;
    tickBytes = run.tickBytes;
    added();
  }

  /** Puts the entries of the only run where others follow. */
  function unpack(): void {
    const run = onlyRun;
    if (run === null) return;
    onlyRun = null;
    facts = 0;
    factBytes = 0;
    tickBytes = 0;
    addEach(run);
  }

  function addEach({ publications, frames }: FrameRun): void {
    for (const [index, frame] of frames.entries()) outbox.push(frame, publications[index]?.slot ?? null);
  }

  function pushFact(frame: SharedFrame, isAlone: boolean): void {
    if (ended) return;
    unpack();
    facts += 1;
    factBytes += frame.text.length;
    entries.push({ frame, slot: null, isAlone });
    added();
  }

  function pushTick(frame: SharedFrame, slot: string): void {
    if (ended) return;
    unpack();
    const entry: Entry = { frame, slot, isAlone: false };
    const older = slots.get(slot);
    if (older !== undefined) {
      tickBytes -= older.frame?.text.length ?? 0;
      older.frame = null;
    }
    slots.set(slot, entry);
    tickBytes += frame.text.length;
    if (entries.length > MANY_HOLES && entries.length > 2 * (slots.size + facts)) {
      entries = entries.filter((each) => each.frame !== null);
    }
    entries.push(entry);
    added();
  }

  function added(): void {
    if (held !== null && (facts > TOO_SLOW_FRAMES || factBytes > TOO_SLOW_BYTES || tickBytes > TOO_SLOW_TICK_BYTES)) {
      giveUp();
    } else {
      markDirty();
    }
  }

  function markDirty(): void {
    if (isDirty) return;
    isDirty = true;
    onDirty(outbox);
  }

  function giveUp(): void {
    end();
    onTooSlow();
  }

  function end(): void {
    ended = true;
    waiters = [];
    forgetEntries();
  }

  function forgetEntries(): void {
    if (entries.length > 0) entries = [];
    onlyRun = null;
    if (slots.size > 0) slots.clear();
    facts = 0;
    factBytes = 0;
    tickBytes = 0;
    lineBytes = 0;
  }

  const hasRoom = () => !ended && held === null && factBytes + lineBytes <= HOLD_BYTES;

  /** One after the other: each may fill the room again. */
  function letOn(): void {
    while (waiters.length > 0 && hasRoom()) waiters.shift()?.();
  }

  function flush(): boolean {
    isDirty = false;
    if (ended) return false;
    if (socket.bufferedAmount > HOLD_BYTES) {
      hold();
      return !ended;
    }
    const due = entries;
    const run = onlyRun;
    forgetEntries();
    if (run !== null) socket.send([wholeOf(run, join)]);
    else if (due.length > 0) socket.send(framesOf(due, join));
    held = null;
    // A large frame may fill the buffer by itself; it is given its time like everything else.
    if (socket.bufferedAmount > HOLD_BYTES) hold();
    else letOn();
    return !ended && (held !== null || entries.length > 0 || onlyRun !== null);
  }

  function hold(): void {
    const bytes = socket.bufferedAmount;
    const now = nowMs();
    if (held === null || bytes < held.bytes) held = { bytes, sinceMs: now };
    else if (now - held.sinceMs > TOO_SLOW_MS) giveUp();
  }

  const outbox: Outbox = {
    push(frame, slot) {
      if (slot === null) pushFact(frame, false);
      else pushTick(frame, slot);
    },
    pushRun,
    pushLine(frame) {
      if (ended) return;
      unpack();
      lineBytes += frame.text.length;
      entries.push({ frame, slot: null, isAlone: false });
      markDirty();
    },
    pushAlone: (text) => pushFact(sharedFrame(text), true),
    flush,
    hasRoom,
    onRoom(callback) {
      if (hasRoom()) callback();
      else if (!ended) waiters.push(callback);
    },
    waitingBytes: () => factBytes + tickBytes + lineBytes,
    end,
  };
  return outbox;
}

/** All events of a run as one piece, built for the first client. */
function wholeOf(run: FrameRun, join: OutboxOptions["join"]): SharedFrame {
  const [first] = run.frames;
  if (run.frames.length === 1) return first as SharedFrame;
  if (join === null) return packedOf(run);
  run.joined ??= join(run.frames);
  return run.joined;
}

/** The frames as they are sent: events that stand side by side are joined, up to a size. */
function framesOf(entries: readonly Entry[], join: OutboxOptions["join"]): readonly SharedFrame[] {
  const frames: SharedFrame[] = [];
  let run: SharedFrame[] = [];
  let size = 0;
  function endRun(): void {
    const [first] = run;
    if (first !== undefined) frames.push(join === null || run.length === 1 ? first : join(run));
    run = [];
    size = 0;
  }
  for (const { frame, isAlone } of entries) {
    if (frame === null) continue;
    if (join === null) {
      frames.push(frame);
      continue;
    }
    if (isAlone || size + frame.text.length > JOIN_BYTES) endRun();
    if (isAlone) {
      frames.push(frame);
    } else {
      run.push(frame);
      size += frame.text.length;
    }
  }
  endRun();
  return frames;
}
