/** The jobs that were chosen, and where a range begins. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** The one that was switched last; null before. */
  readonly anchor: string | null;
}

/** Nothing is chosen. */
export const NONE: Selection = { ids: new Set(), anchor: null };

/** One more, or one less. */
export function toggleOne({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/** All from the one that was switched last to this one become as that one is; without one before, just this one. */
export function extendTo(selection: Selection, id: string, order: readonly string[]): Selection {
  const { ids, anchor } = selection;
  const from = anchor === null ? -1 : order.indexOf(anchor);
  const to = order.indexOf(id);
  if (anchor === null || from === -1 || to === -1) return toggleOne(selection, id);
  const next = new Set(ids);
  const isOn = ids.has(anchor);
  for (const each of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (isOn) next.add(each);
    else next.delete(each);
  }
  return { ids: next, anchor };
}

/** All of a list; or none, when all are chosen already. */
export function toggleAll({ ids }: Selection, order: readonly string[]): Selection {
  return order.every((id) => ids.has(id)) ? NONE : { ids: new Set(order), anchor: null };
}
