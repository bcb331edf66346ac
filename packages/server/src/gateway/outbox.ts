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
  /** Queues an event; one of the same slot that still waits is replaced, and takes its place at the end. */
  push(frame: string, slot: string | null): void;
  /** Queues a frame that stands by itself, never inside of another. */
  pushAlone(frame: string): void;
  /** Sends what may be sent. @returns whether it is to be called again soon, though nothing is pushed */
  flush(): boolean;
  /** Resolves when there is room for something large: at once, or when the client has read on, or is gone. */
  room(): Promise<void>;
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
  frame: string | null;
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
  const slots = new Map<string, Entry>();
  let facts = 0;
  let factBytes = 0;
  let tickBytes = 0;
  /** What is unread, and since when nothing of it was taken; null while the client keeps up. */
  let held: { readonly bytes: number; readonly sinceMs: number } | null = null;
  let ended = false;
  let waiters: (() => void)[] = [];

  function add(entry: Entry, bytes: number): void {
    if (ended) return;
    if (entry.slot === null) {
      facts += 1;
      factBytes += bytes;
    } else {
      replace(entry.slot, entry, bytes);
    }
    entries.push(entry);
    if (held !== null && (facts > TOO_SLOW_FRAMES || factBytes > TOO_SLOW_BYTES || tickBytes > TOO_SLOW_TICK_BYTES)) {
      giveUp();
    } else {
      onDirty(outbox);
    }
  }

  function replace(slot: string, entry: Entry, bytes: number): void {
    const older = slots.get(slot);
    if (older !== undefined) {
      tickBytes -= older.frame?.length ?? 0;
      older.frame = null;
    }
    slots.set(slot, entry);
    tickBytes += bytes;
    if (entries.length > MANY_HOLES && entries.length > 2 * (slots.size + facts)) {
      entries = entries.filter((each) => each.frame !== null);
    }
  }

  function giveUp(): void {
    end();
    onTooSlow();
  }

  function end(): void {
    ended = true;
    forgetEntries();
    letOn();
  }

  function forgetEntries(): void {
    entries = [];
    slots.clear();
    facts = 0;
    factBytes = 0;
    tickBytes = 0;
  }

  function letOn(): void {
    for (const resolve of waiters) resolve();
    waiters = [];
  }

  function flush(): boolean {
    if (ended) return false;
    if (socket.bufferedAmount > HOLD_BYTES) {
      hold();
      return !ended;
    }
    const due = entries;
    forgetEntries();
    for (const frame of framesOf(due, join)) socket.send(frame);
    held = null;
    // A large frame may fill the buffer by itself; it is given its time like everything else.
    if (socket.bufferedAmount > HOLD_BYTES) hold();
    else letOn();
    return held !== null;
  }

  function hold(): void {
    const bytes = socket.bufferedAmount;
    const now = nowMs();
    if (held === null || bytes < held.bytes) held = { bytes, sinceMs: now };
    else if (now - held.sinceMs > TOO_SLOW_MS) giveUp();
  }

  const outbox: Outbox = {
    push: (frame, slot) => add({ frame, slot, isAlone: false }, frame.length),
    pushAlone: (frame) => add({ frame, slot: null, isAlone: true }, frame.length),
    flush,
    room() {
      if (ended || (held === null && factBytes <= HOLD_BYTES)) return Promise.resolve();
      return new Promise((resolve) => {
        waiters.push(resolve);
      });
    },
    end,
  };
  return outbox;
}

/** The frames as they are sent: events that stand side by side are joined, up to a size. */
function* framesOf(entries: readonly Entry[], join: OutboxOptions["join"]): Generator<string> {
  let run: string[] = [];
  let size = 0;
  function* joined(): Generator<string> {
    if (run.length > 0) yield join === null || run.length === 1 ? (run[0] as string) : join(run);
    run = [];
    size = 0;
  }
  for (const { frame, isAlone } of entries) {
    if (frame === null) continue;
    if (isAlone || join === null || size + frame.length > JOIN_BYTES) yield* joined();
    if (isAlone || join === null) {
      yield frame;
    } else {
      run.push(frame);
      size += frame.length;
    }
  }
  yield* joined();
}
