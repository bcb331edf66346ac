/** Where something may be at a moment: from `lo` to `hi`. */
export interface Gate {
  readonly lo: number;
  readonly hi: number;
}

/** A place at a moment, counted in steps. */
interface Place {
  readonly at: number;
  readonly value: number;
}

/**
 * Pulls a string tight through gates that stand evenly in time: of all ways through, the one that moves least. It stands
 * still as long as it can, and moves at an even speed where it must. Both of its ends are free. Pure.
 * ```
 *  hi ───┐          ┌───        ┌──●━━━━
 *        └──────────┘     ●━━━━━┿━━┘
 *  lo ━━━━━━━━━━━━━━━━   ───────┘           ● where it bends
 * ```
 * @param gates at least one
 * @param wanted where it is, if it can stay there all the time
 * @returns a value for each gate, within it
 */
export function tautString(gates: readonly Gate[], wanted: number): readonly number[] {
  const start = resting(gates);
  if (start.end === gates.length) return gates.map(() => Math.min(start.hi, Math.max(start.lo, wanted)));
  const end = resting(gates.toReversed());
  const first: Place = { at: 0, value: start.leave };
  const last: Place = { at: gates.length - 1, value: end.leave };
  const bends = [first];
  for (let from = first; from.at < last.at; ) {
    from = nextBend(gates, from, last);
    bends.push(from);
  }
  return valuesAlong(bends);
}

/** How long it can stand still from the beginning on, where, and where it is left from. */
function resting(gates: readonly Gate[]): Gate & { readonly end: number; readonly leave: number } {
  let [lo, hi] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const [end, gate] of gates.entries()) {
    // Whoever has to go up leaves from the highest place, whoever has to go down from the lowest.
    if (gate.lo > hi) return { lo, hi, end, leave: hi };
    if (gate.hi < lo) return { lo, hi, end, leave: lo };
    [lo, hi] = [Math.max(lo, gate.lo), Math.min(hi, gate.hi)];
  }
  return { lo, hi, end: gates.length, leave: lo };
}

/** The furthest it goes straight on: until it touches the gate that turns it, or its end. */
function nextBend(gates: readonly Gate[], from: Place, last: Place): Place {
  const rise = (at: number, value: number) => (value - from.value) / (at - from.at);
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [under, over] = [last, last];
  for (let at = from.at + 1; at <= last.at; at++) {
    const gate = gates[at];
    if (gate === undefined) break;
    const { lo, hi } = at === last.at ? { lo: last.value, hi: last.value } : gate;
    if (rise(at, lo) > most) return over;
    if (rise(at, hi) < least) return under;
    if (rise(at, lo) >= least) [least, under] = [rise(at, lo), { at, value: lo }];
    if (rise(at, hi) <= most) [most, over] = [rise(at, hi), { at, value: hi }];
  }
  return last;
}

function valuesAlong(bends: readonly Place[]): readonly number[] {
  return bends.flatMap((bend, i) => {
    const next = bends[i + 1];
    if (next === undefined) return [bend.value];
    const steps = next.at - bend.at;
    return Array.from({ length: steps }, (_, k) => bend.value + ((next.value - bend.value) * k) / steps);
  });
}
