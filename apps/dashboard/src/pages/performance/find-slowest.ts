import type { LogEntry } from "@playhead/core";

export interface SlowestPage {
  readonly entries: readonly LogEntry[];
  readonly next_page_token: string | null;
}

const MOST_QUESTIONS = 6;

/**
 * The slowest calls, the slowest first. The log is in the order of time: so it is asked for what took longer than `overMs`,
 * and as long as that fills a page, for what took longer than half of that page.
 *
 * @param ask for a page of the calls that took longer
 */
export async function findSlowest(
  ask: (overMs: number) => Promise<SlowestPage>,
  overMs: number,
  count: number,
): Promise<readonly LogEntry[]> {
  let found: readonly LogEntry[] = [];
  for (let question = 0; question < MOST_QUESTIONS; question += 1) {
    const page = await ask(overMs);
    const slowest = page.entries.toSorted((a, b) => (b.duration ?? 0) - (a.duration ?? 0));
    // All that took as long as each other are over no bound of theirs.
    if (slowest.length === 0) break;
    found = slowest.slice(0, count);
    const middle = slowest[Math.floor(slowest.length / 2)]?.duration ?? 0;
    if (page.next_page_token === null || slowest.length < 2 * count || middle <= overMs) break;
    overMs = middle;
  }
  return found;
}
