import type { AlertCause } from "@playhead/core";

/** How often each cause came within one step. */
export type Causes = Map<string, number>;

/** So many causes are told apart within one step: the first that come. */
const MAX_CAUSES_PER_STEP = 20;
/** So many are told of. */
const MAX_CAUSES = 5;

/** @returns the causes with one more; made, where there were none */
export function addCause(
  causes: Causes | null,
  { cause, count }: { readonly cause: string | null; readonly count: number },
): Causes | null {
  if (cause === null || cause === "") return causes;
  const known = causes ?? new Map<string, number>();
  const before = known.get(cause);
  if (before !== undefined || known.size < MAX_CAUSES_PER_STEP) known.set(cause, (before ?? 0) + count);
  return known;
}

/** The most frequent of all, the first first. */
export function topCauses(all: readonly (Causes | null)[]): readonly AlertCause[] {
  const counts: Causes = new Map();
  for (const causes of all) {
    if (causes === null) continue;
    for (const [cause, count] of causes) counts.set(cause, (counts.get(cause) ?? 0) + count);
  }
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MAX_CAUSES);
  return sorted.map(([cause, count]) => ({ cause, count }));
}
