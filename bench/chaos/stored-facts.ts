import type { PlayheadEvent } from "@playhead/core";

/** All facts of a job that are stored, as the API pages through them. */
export async function storedFacts(url: string, key: string, jobId: string): Promise<readonly PlayheadEvent[]> {
  const facts: PlayheadEvent[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const address = `${url}/api/v1/jobs/${jobId}/events?after=${after}&limit=500`;
    const answer = await fetch(address, { headers: { authorization: `Bearer ${key}` } });
    const page = (await answer.json()) as { readonly events: PlayheadEvent[]; readonly next_after: number | null };
    facts.push(...page.events);
    after = page.next_after;
  }
  return facts;
}

/** What is wrong with the facts of a job of `worker.ts` that took so many steps; null when nothing is. */
export function workerFaults(facts: readonly PlayheadEvent[], steps: number): string | null {
  const gap = facts.findIndex(({ seq }, at) => seq !== at + 1);
  if (gap >= 0) return `expected fact ${gap + 1} in its place, got ${facts[gap]?.seq}`;
  const told = facts.map(toldOf).filter((each) => each !== null);
  const expected = Array.from({ length: steps }, (_, at) => `step-${at + 1}`);
  const wrong = Math.max(told.length, expected.length);
  for (let at = 0; at < wrong; at += 1) {
    if (told[at] !== expected[at])
      return `expected ${expected[at] ?? "nothing more"}, got ${told[at] ?? "nothing more"}`;
  }
  const ends = facts.filter(({ type }) => type === "job.completed").length;
  return ends === 1 ? null : `expected it to be completed once, got ${ends} times`;
}

/** The step that a fact says to have begun; null where it says something else. */
function toldOf({ data }: PlayheadEvent): string | null {
  return "step" in data && typeof data.step === "string" ? data.step : null;
}
