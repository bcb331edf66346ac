/**
 * How late the main thread's event loop is, seen from another thread: the main thread says now and then, in memory that
 * both see, that it got its turn; who looks can tell how long ago that was, also while it does not come back at all.
 */
export interface LoopWatch {
  /** What both threads see. */
  readonly shared: SharedArrayBuffer;
  stop(): void;
}

const LAST_TURN = 0;
const WORST_MS = 1;
const SLOTS = 2;
const NS_PER_MS = 1_000_000n;

/** Starts to watch the loop of the thread that calls. Never keeps the process alive. @param everyMs how often it reports */
export function watchLoop(everyMs: number): LoopWatch {
  const shared = new SharedArrayBuffer(SLOTS * BigInt64Array.BYTES_PER_ELEMENT);
  const slots = new BigInt64Array(shared);
  const turn = () => {
    const delayMs = sinceTurnMs(slots, everyMs);
    if (delayMs > Atomics.load(slots, WORST_MS)) Atomics.store(slots, WORST_MS, delayMs);
    Atomics.store(slots, LAST_TURN, process.hrtime.bigint());
  };
  Atomics.store(slots, LAST_TURN, process.hrtime.bigint());
  const timer = setInterval(turn, everyMs).unref();
  return { shared, stop: () => clearInterval(timer) };
}

/** The longest that the watched loop has been late since this was last called, or is now, in milliseconds. */
export function takeLoopDelayMs(shared: SharedArrayBuffer, everyMs: number): number {
  const slots = new BigInt64Array(shared);
  const worstMs = Atomics.exchange(slots, WORST_MS, 0n);
  const nowMs = sinceTurnMs(slots, everyMs);
  return Number(nowMs > worstMs ? nowMs : worstMs);
}

function sinceTurnMs(slots: BigInt64Array, everyMs: number): bigint {
  const lateMs = (process.hrtime.bigint() - Atomics.load(slots, LAST_TURN)) / NS_PER_MS - BigInt(everyMs);
  return lateMs > 0n ? lateMs : 0n;
}
