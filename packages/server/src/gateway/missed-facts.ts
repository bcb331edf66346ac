import type { PlayheadEvent } from "@playhead/core";
import type { Store } from "../store/store.ts";
import type { Since } from "./feed-job.ts";
import { MAX_REPLAY } from "./job-start.ts";

/** How much is read at a time where only some of it is wanted. */
const PAGE = 1_000;

/** @returns the facts up to `head` that a client missed, in order; null when they are more than anyone is sent */
export async function readMissedFacts(
  store: Pick<Store, "readFacts">,
  jobId: string,
  since: Since,
  head: number,
): Promise<readonly PlayheadEvent[] | null> {
  if ("seq" in since) return (await store.readFacts(jobId, since.seq, MAX_REPLAY)).filter(({ seq }) => seq <= head);
  // Times are those of the workers, and need not grow with the numbers: all facts are looked at.
  const missed: PlayheadEvent[] = [];
  for (let after = 0; after < head; ) {
    const page = await store.readFacts(jobId, after, PAGE);
    for (const event of page) if (event.seq <= head && Date.parse(event.ts) > since.afterMs) missed.push(event);
    if (missed.length > MAX_REPLAY) return null;
    if (page.length < PAGE) break;
    after = page.at(-1)?.seq ?? head;
  }
  return missed;
}
