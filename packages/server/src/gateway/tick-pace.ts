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
  const paces = new Map<string, { dueMs: number }>();
  const kept = new Map<string, Publication>();
  let timer: NodeJS.Timeout | null = null;
  /** What passes now; null in between, since very many of these are held for long, and an empty list each is not little. */
  let passing: Publication[] | null = null;

  function paceOf(slot: string, now: number): { dueMs: number } {
    const known = paces.get(slot);
    if (known !== undefined) return known;
    const pace = { dueMs: now };
    paces.set(slot, pace);
    return pace;
  }

  /** How long the slot has to wait; a clock that was set back makes nobody wait longer than the pace. */
  const waitMs = (pace: { readonly dueMs: number }, now: number) => Math.min(everyMs, pace.dueMs - now);

  function step(pace: { dueMs: number }, now: number): void {
    const { dueMs } = pace;
    pace.dueMs = (dueMs > now && dueMs - now <= everyMs ? dueMs : now) + everyMs;
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
    for (const [slot, publication] of kept) {
      step(paceOf(slot, now), now);
      addPassing(publication);
    }
    kept.clear();
    if (paces.size > MANY_SLOTS) for (const [slot, { dueMs }] of paces) if (dueMs <= now) paces.delete(slot);
  }

  function keep(publication: Publication, slot: string, forMs: number): void {
    // Last again: the order is that of the numbers.
    kept.delete(slot);
    kept.set(slot, publication);
    timer ??= setTimeout(passLate, Math.max(0, forMs));
  }

  function passLate(): void {
    passKept();
    emitPassing();
  }

  /** @returns whether it passes now; else it is kept */
  function mayPass(publication: Publication): boolean {
    const { slot } = publication;
    if (slot === null) {
      if (kept.size > 0 && !("log_id" in publication.content)) passKept();
      return true;
    }
    const now = clockMs();
    const pace = paceOf(slot, now);
    const forMs = waitMs(pace, now);
    const passes = kept.size === 0 && forMs <= everyMs * EARLY_SHARE;
    if (passes) step(pace, now);
    else keep(publication, slot, forMs);
    return passes;
  }

  return {
    take(publications: readonly Publication[]): void {
      const [only] = publications;
      if (only !== undefined && publications.length === 1) {
        // Nearly all there is: what passes as it came needs no list of its own.
        if (!mayPass(only)) return;
        if (passing === null) return emit(publications);
        addPassing(only);
      } else {
        for (const publication of publications) if (mayPass(publication)) addPassing(publication);
      }
      emitPassing();
    },
    close(): void {
      if (timer !== null) clearTimeout(timer);
      kept.clear();
    },
  };
}
