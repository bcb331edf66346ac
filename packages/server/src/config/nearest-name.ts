/** Beyond this share of its letters a name means something else. */
const MOST_DIFFERENT = 0.4;

/** The name that somebody meant who wrote another one; null where none is near. */
export function nearestName(written: string, names: readonly string[]): string | null {
  const byDistance = names
    .map((name) => ({ name, distance: editDistance(written.toLowerCase(), name) }))
    .sort((a, b) => a.distance - b.distance);
  const [nearest] = byDistance;
  if (nearest === undefined) return null;
  const longest = Math.max(written.length, nearest.name.length);
  return nearest.distance <= longest * MOST_DIFFERENT ? nearest.name : null;
}

/** How many letters are to be put in, left out, changed, or swapped with their neighbour, to come from one to the other. */
function editDistance(from: string, to: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const changed = (last[j - 1] ?? 0) + (isSame ? 0 : 1);
      const swapped = isSwapped ? (before[j - 2] ?? 0) + 1 : changed;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed, swapped));
    }
    [before, last] = [last, row];
  }
  return last[to.length] ?? 0;
}
