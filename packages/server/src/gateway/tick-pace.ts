import type { Publication } from "../bus/bus.ts";
import type { Hearing } from "../bus/listeners.ts";

/** SPEC §3: four a second for each task and for the job itself. */
const EVERY_MS = 250;
/** Workers that keep this pace themselves are not exact to the millisecond: one tick may be early by this share. */
const EARLY_SHARE = 0.2;
/** So many tasks' paces are remembered before those that are over are forgotten. */
const MANY_SLOTS = 1_000;

export interface TickPaceOptions {
  readonly nowMs: () => number;
  /** @defaultValue 250 */
  readonly everyMs?: number | undefined;
}

/** Takes what is due, in the order in which it happened; never nothing. */
export interface PacedSink {
  pass(publications: readonly Publication[]): void;
}

/**
 * Lets the ticks of one job pass at most four times a second for each slot; of what comes faster the latest is kept, and
 * passes when it is due. Ticks are numbered, and viewers ignore one whose number is behind: so while one is kept, those
 * of other slots wait with it. A fact waits for nothing: what is kept passes before it.
 *
 * A class, since there is one for each job that is followed, and functions of its own would be most of what it weighs.
 */
export class TickPace implements Hearing<readonly Publication[]> {
  readonly #nowMs: () => number;
  readonly #everyMs: number;
  readonly #startMs: number;
  readonly #sink: PacedSink;
  /** What passed last, and when its next is due. Most jobs have one task that reports at a time: they need no more. */
  #lastSlot: string | null = null;
  #lastDueMs = 0;
  /** When the next ticks of other slots are due, and when all of them are. */
  #others: Map<string, number> | null = null;
  #othersDueMs = 0;
  #kept: Map<string, Publication> | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** What passes now; null in between. */
  #passing: Publication[] | null = null;

  constructor(options: TickPaceOptions, sink: PacedSink) {
    this.#nowMs = options.nowMs;
    this.#everyMs = options.everyMs ?? EVERY_MS;
    // Counted from here, times are small numbers, which are held without a box for each.
    this.#startMs = options.nowMs();
    this.#sink = sink;
  }

  hear(publications: readonly Publication[]): void {
    const [only] = publications;
    if (only !== undefined && publications.length === 1) {
      // Nearly all there is: what passes as it came needs no list of its own.
      if (!this.#mayPass(only)) return;
      if (this.#passing === null) return this.#sink.pass(publications);
      this.#passing.push(only);
    } else {
      for (const publication of publications) if (this.#mayPass(publication)) this.#addPassing(publication);
    }
    this.#emitPassing();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#kept = null;
  }

  /** @returns whether it passes now; else it is kept */
  #mayPass(publication: Publication): boolean {
    const { slot } = publication;
    if (slot === null) {
      if (this.#kept !== null && !("log_id" in publication.content)) this.#passKept();
      return true;
    }
    const now = this.#clockMs();
    const forMs = this.#waitMs(slot, now);
    const passes = this.#kept === null && forMs <= this.#everyMs * EARLY_SHARE;
    if (passes) this.#step(slot, now);
    else this.#keep(publication, slot, forMs);
    return passes;
  }

  #clockMs(): number {
    return this.#nowMs() - this.#startMs;
  }

  #dueMs(slot: string, now: number): number {
    return slot === this.#lastSlot ? this.#lastDueMs : (this.#others?.get(slot) ?? now);
  }

  /** How long the slot has to wait; a clock that was set back makes nobody wait longer than the pace. */
  #waitMs(slot: string, now: number): number {
    return Math.min(this.#everyMs, this.#dueMs(slot, now) - now);
  }

  #step(slot: string, now: number): void {
    const everyMs = this.#everyMs;
    const dueMs = this.#dueMs(slot, now);
    if (slot !== this.#lastSlot) this.#rememberLast(now);
    this.#lastSlot = slot;
    this.#lastDueMs = (dueMs > now && dueMs - now <= everyMs ? dueMs : now) + everyMs;
  }

  /** Another slot passes: the pace of the one before counts as long as it is not over. */
  #rememberLast(now: number): void {
    if (this.#others !== null && this.#othersDueMs <= now) this.#others = null;
    if (this.#lastSlot === null || this.#lastDueMs <= now) return;
    this.#others ??= new Map();
    this.#others.set(this.#lastSlot, this.#lastDueMs);
    this.#othersDueMs = Math.max(this.#othersDueMs, this.#lastDueMs);
    if (this.#others.size > MANY_SLOTS)
      for (const [slot, dueMs] of this.#others) if (dueMs <= now) this.#others.delete(slot);
  }

  #keep(publication: Publication, slot: string, forMs: number): void {
    this.#kept ??= new Map();
    // Last again: the order is that of the numbers.
    this.#kept.delete(slot);
    this.#kept.set(slot, publication);
    this.#timer ??= setTimeout(() => this.#passLate(), Math.max(0, forMs));
  }

  #passLate(): void {
    this.#passKept();
    this.#emitPassing();
  }

  #passKept(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const now = this.#clockMs();
    for (const [slot, publication] of this.#kept ?? []) {
      this.#step(slot, now);
      this.#addPassing(publication);
    }
    this.#kept = null;
  }

  #addPassing(publication: Publication): void {
    if (this.#passing === null) this.#passing = [publication];
    else this.#passing.push(publication);
  }

  #emitPassing(): void {
    const due = this.#passing;
    this.#passing = null;
    if (due !== null) this.#sink.pass(due);
  }
}
