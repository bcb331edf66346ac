import { type FlushTurn, newFlushTurn } from "./flush-turn.ts";
import { type FrameRun, packedOf, slotKey } from "./frame-run.ts";
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
  /** The flusher's own. */
  readonly turn: FlushTurn;
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
export function createOutbox(options: OutboxOptions): Outbox {
  return new SlottedOutbox(options);
}

/** A class, since there is one for each connection: functions of its own would be most of what it weighs. */
class SlottedOutbox implements Outbox {
  readonly turn = newFlushTurn();
  readonly #options: OutboxOptions;
  #entries: Entry[] = [];
  /** Stands for entries, as long as there is nothing else. */
  #onlyRun: FrameRun | null = null;
  /** The ticks among the entries; made when the first one waits. */
  #slots: Map<string, Entry> | null = null;
  #facts = 0;
  #factBytes = 0;
  #tickBytes = 0;
  #lineBytes = 0;
  /** What is unread, and since when nothing of it was taken; null while the client keeps up. */
  #held: { readonly bytes: number; readonly sinceMs: number } | null = null;
  #isDirty = false;
  #ended = false;
  #waiters: (() => void)[] | null = null;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  push(frame: SharedFrame, slot: string | null): void {
    if (slot === null) this.#pushFact(frame, false);
    else this.#pushTick(frame, slot);
  }

  pushRun(run: FrameRun): void {
    if (this.#ended) return;
    const isOnly = this.#onlyRun === null && this.#entries.length === 0 && this.#held === null;
    if (!isOnly || run.factBytes + run.tickBytes > JOIN_BYTES) return this.#addEach(run);
    this.#onlyRun = run;
    this.#facts = run.facts;
    this.#factBytes = run.factBytes;
    this.#tickBytes = run.tickBytes;
    this.#added();
  }

  pushLine(frame: SharedFrame): void {
    if (this.#ended) return;
    this.#unpack();
    this.#lineBytes += frame.text.length;
    this.#entries.push({ frame, slot: null, isAlone: false });
    this.#markDirty();
  }

  pushAlone(text: string): void {
    this.#pushFact(sharedFrame(text), true);
  }

  flush(): boolean {
    this.#isDirty = false;
    if (this.#ended) return false;
    const { socket, join } = this.#options;
    if (socket.bufferedAmount > HOLD_BYTES) {
      this.#hold();
      return !this.#ended;
    }
    const due = this.#entries;
    const run = this.#onlyRun;
    this.#forget();
    if (run !== null) socket.send([wholeOf(run, join)]);
    else if (due.length > 0) socket.send(framesOf(due, join));
    this.#held = null;
    // A large frame may fill the buffer by itself; it is given its time like everything else.
    if (socket.bufferedAmount > HOLD_BYTES) this.#hold();
    else this.#letOn();
    return !this.#ended && (this.#held !== null || this.#entries.length > 0 || this.#onlyRun !== null);
  }

  hasRoom(): boolean {
    return !this.#ended && this.#held === null && this.#factBytes + this.#lineBytes <= HOLD_BYTES;
  }

  onRoom(callback: () => void): void {
    if (this.hasRoom()) return callback();
    if (this.#ended) return;
    this.#waiters ??= [];
    this.#waiters.push(callback);
  }

  waitingBytes(): number {
    return this.#factBytes + this.#tickBytes + this.#lineBytes;
  }

  end(): void {
    this.#ended = true;
    this.#waiters = null;
    this.#forget();
  }

  #pushFact(frame: SharedFrame, isAlone: boolean): void {
    if (this.#ended) return;
    this.#unpack();
    this.#facts += 1;
    this.#factBytes += frame.text.length;
    this.#entries.push({ frame, slot: null, isAlone });
    this.#added();
  }

  #pushTick(frame: SharedFrame, slot: string): void {
    if (this.#ended) return;
    this.#unpack();
    this.#slots ??= new Map();
    const slots = this.#slots;
    const entry: Entry = { frame, slot, isAlone: false };
    const older = slots.get(slot);
    if (older !== undefined) {
      this.#tickBytes -= older.frame?.text.length ?? 0;
      older.frame = null;
    }
    slots.set(slot, entry);
    this.#tickBytes += frame.text.length;
    if (this.#entries.length > MANY_HOLES && this.#entries.length > 2 * (slots.size + this.#facts)) {
      this.#entries = this.#entries.filter((each) => each.frame !== null);
    }
    this.#entries.push(entry);
    this.#added();
  }

  /** Puts the entries of the only run where others follow. */
  #unpack(): void {
    const run = this.#onlyRun;
    if (run === null) return;
    this.#forget();
    this.#addEach(run);
  }

  #addEach({ publications, frames }: FrameRun): void {
    for (const [index, publication] of publications.entries()) {
      this.push(frames[index] as SharedFrame, slotKey(publication));
    }
  }

  #added(): void {
    const isTooMuch =
      this.#facts > TOO_SLOW_FRAMES || this.#factBytes > TOO_SLOW_BYTES || this.#tickBytes > TOO_SLOW_TICK_BYTES;
    if (this.#held !== null && isTooMuch) this.#giveUp();
    else this.#markDirty();
  }

  #markDirty(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.#options.onDirty(this);
  }

  #giveUp(): void {
    this.end();
    this.#options.onTooSlow();
  }

  #forget(): void {
    if (this.#entries.length > 0) this.#entries = [];
    this.#onlyRun = null;
    this.#slots = null;
    this.#facts = 0;
    this.#factBytes = 0;
    this.#tickBytes = 0;
    this.#lineBytes = 0;
  }

  /** One after the other: each may fill the room again. */
  #letOn(): void {
    while (this.#waiters !== null && this.hasRoom()) {
      this.#waiters.shift()?.();
      if (this.#waiters?.length === 0) this.#waiters = null;
    }
  }

  #hold(): void {
    const bytes = this.#options.socket.bufferedAmount;
    const now = this.#options.nowMs();
    if (this.#held === null || bytes < this.#held.bytes) this.#held = { bytes, sinceMs: now };
    else if (now - this.#held.sinceMs > TOO_SLOW_MS) this.#giveUp();
  }
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
