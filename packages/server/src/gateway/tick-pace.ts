import type { Publication } from "../bus/bus.ts";

/** SPEC §3: four a second for each task and for the job itself. */
const EVERY_MS = 250;
/** Workers that keep this pace themselves are not exact to the millisecond: one tick may be early by this share. */
const EARLY_SHARE = 0.2;
/** So many tasks' paces are remembered before those that are over are forgotten. */
const MANY_SLOTS = 1_000;

export interface TickPaceOptions {
  readonly nowMs: () => number;
  /** @defaultValue 250 */
  readonly everyMs: number | undefined;
  /** Takes what is due, in the order in which it happened; never nothing. */
  readonly emit: (publications: readonly Publication[]) => void;
}

/**
 * Lets the ticks of one job pass at most four times a second for each slot; of what comes faster the latest is kept, and
 * passes when it is due. Ticks are numbered, and viewers ignore one whose number is behind: so while one is kept, those
 * of other slots wait with it. A fact waits for nothing: what is kept passes before it.
 */
export function createTickPace({ nowMs, everyMs = EVERY_MS, emit }: TickPaceOptions) {
  // Counted from here, times are small numbers, which maps hold without a box for each.
  const startMs = nowMs();
  const clockMs = () => nowMs() - startMs;
  /** When the next tick of a slot is due, if all keep the pace. */
  const dueMs = new Map<string, number>();
  const kept = new Map<string, Publication>();
  let timer: NodeJS.Timeout | null = null;
  /** What passes now; null in between, since very many of these are held for long, and an empty list each is not little. */
  let passing: Publication[] | null = null;

  /** How long the slot has to wait; a clock that was set back makes nobody wait longer than the pace. */
  const waitMs = (slot: string, now: number) => Math.min(everyMs, (dueMs.get(slot) ?? now) - now);

  function pass(publication: Publication, slot: string, now: number): void {
    const due = dueMs.get(slot) ?? now;
    dueMs.set(slot, (due > now && due - now <= everyMs ? due : now) + everyMs);
    addPassing(publication);
  }

  function addPassing(publication: Publication): void {
    if (passing === null) passing = [publication];
    else passing.push(publication);
  }

  function emitPassing(): void {
    const due = passing;
    passing = null;
    if (due !== null) emit(due);
  }

  function passKept(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const now = clockMs();
    for (const [slot, publication] of kept) pass(publication, slot, now);
    kept.clear();
    if (dueMs.size > MANY_SLOTS) for (const [slot, due] of dueMs) if (due <= now) dueMs.delete(slot);
  }

  function keep(publication: Publication, slot: string, now: number): void {
    // Last again: the order is that of the numbers.
    kept.delete(slot);
    kept.set(slot, publication);
    timer ??= setTimeout(passLate, Math.max(0, waitMs(slot, now)));
  }

  function passLate(): void {
    passKept();
    emitPassing();
  }

  function take(publication: Publication): void {
    const { slot } = publication;
    if (slot === null) {
      if (kept.size > 0 && !("log_id" in publication.content)) passKept();
      addPassing(publication);
      return;
    }
    const now = clockMs();
    if (kept.size > 0 || waitMs(slot, now) > everyMs * EARLY_SHARE) keep(publication, slot, now);
    else pass(publication, slot, now);
  }

  return {
    take(publications: readonly Publication[]): void {
      for (const publication of publications) take(publication);
      emitPassing();
    },
    close(): void {
      if (timer !== null) clearTimeout(timer);
      kept.clear();
    },
  };
}
