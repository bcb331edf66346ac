// The rules that others use, each as its project has it. They are told fractions of items, like ours.
import type { Forecast, Forecasting, Method } from "./eta-replay.ts";
import type { Trace, TraceEvent } from "./eta-traces.ts";

/** What a rule sees: how much of all items is done, and when. */
interface View {
  on(event: TraceEvent): void;
  /** Items that are done, with the fractions of those that run. */
  done(): number;
  known(): number;
  running(): readonly { readonly startSec: number; readonly fraction: number }[];
  doneCount(): number;
}

function createView({ atFirst }: Trace): View {
  const fractions = new Map<number, { startSec: number; fraction: number }>();
  const ended = new Set<number>();
  let known = atFirst;
  return {
    on(event) {
      switch (event.type) {
        case "started":
          fractions.set(event.item, { startSec: event.atSec, fraction: 0 });
          break;
        case "progressed":
          fractions.set(event.item, {
            startSec: fractions.get(event.item)?.startSec ?? event.atSec,
            fraction: event.fraction,
          });
          break;
        case "ended":
          ended.add(event.item);
          fractions.delete(event.item);
          break;
        case "failed":
          fractions.delete(event.item);
          break;
        case "found":
          known = event.first + event.count;
          break;
        default:
      }
    },
    done: () => ended.size + fractions.values().reduce((sum, { fraction }) => sum + fraction, 0),
    known: () => known,
    running: () => [...fractions.values()],
    doneCount: () => ended.size,
  };
}

type Rule = (
  view: View,
  trace: Trace,
) => { readonly on?: (event: TraceEvent) => void; readonly left: (atSec: number) => number | null };

function method(name: string, rule: Rule): Method {
  return {
    name,
    begin(trace): Forecasting {
      const view = createView(trace);
      const { on, left } = rule(view, trace);
      return {
        on(event) {
          view.on(event);
          on?.(event);
        },
        ask(atSec): Forecast | null {
          const leftSec = left(atSec);
          return leftSec === null || !Number.isFinite(leftSec) ? null : { leftSec: Math.max(0, leftSec) };
        },
      };
    },
  };
}

/** left × elapsed / done: pv, HandBrake, most hand-made bars. */
export const linear = method("linear", (view) => ({
  left(atSec) {
    const done = view.done();
    return done > 0 ? (atSec * (view.known() - done)) / done : null;
  },
}));

/** tqdm 4: (total − n) · EMA(dt) / EMA(dn), smoothing 0.3, updates from 0.1 s on. */
export const tqdm = method("tqdm", (view) => {
  const SMOOTHING = 0.3;
  let last = { done: 0, atSec: 0 };
  let dn = 0;
  let dt = 0;
  return {
    on({ atSec }) {
      const done = view.done();
      if (done === last.done || atSec - last.atSec < 0.1) return;
      dn = SMOOTHING * (done - last.done) + (1 - SMOOTHING) * dn;
      dt = SMOOTHING * (atSec - last.atSec) + (1 - SMOOTHING) * dt;
      last = { done, atSec };
    },
    left(atSec) {
      const rate = dt > 0 ? dn / dt : view.done() / atSec;
      return rate > 0 ? (view.known() - view.done()) / rate : null;
    },
  };
});

/** rich: the speed of the last 30 s, at most 1,000 samples. */
export const window30 = method("window of 30 s", (view) => {
  const samples: { readonly atSec: number; readonly gained: number }[] = [];
  let last = 0;
  return {
    on({ atSec }) {
      const done = view.done();
      if (done === last) return;
      while (samples.length > 0 && (samples[0]?.atSec ?? 0) < atSec - 30) samples.shift();
      samples.push({ atSec, gained: done - last });
      if (samples.length > 1_000) samples.shift();
      last = done;
    },
    left() {
      const spanSec = (samples.at(-1)?.atSec ?? 0) - (samples[0]?.atSec ?? 0);
      const gained = samples.slice(1).reduce((sum, sample) => sum + sample.gained, 0);
      return samples.length >= 2 && spanSec > 0 && gained > 0
        ? (view.known() - view.done()) / (gained / spanSec)
        : null;
    },
  };
});

/** indicatif 0.17: doubly smoothed, 15 s weigh 90 %. */
export const indicatif = method("indicatif", (view) => {
  const fading = (sec: number) => 0.1 ** (sec / 15);
  let smooth = 0;
  let double = 0;
  let last = { done: 0, atSec: 0 };
  return {
    on({ atSec }) {
      const done = view.done();
      if (done < last.done) {
        smooth = 0;
        double = 0;
        last = { done, atSec };
        return;
      }
      if (done <= last.done || atSec <= last.atSec) return;
      const stepSec = atSec - last.atSec;
      const weight = fading(stepSec);
      const total = 1 - fading(atSec);
      smooth = smooth * weight + ((done - last.done) / stepSec) * (1 - weight);
      double = double * weight + (smooth / total) * (1 - weight);
      last = { done, atSec };
    },
    left(atSec) {
      const weight = fading(atSec - last.atSec);
      const total = 1 - fading(atSec);
      const speed = (double * weight + ((smooth * weight) / total) * (1 - weight)) / total;
      return speed > 0 ? (view.known() - view.done()) / speed : null;
    },
  };
});

/** The mean of the last items' durations, newest first, times what is left, by how many run at a time. */
export const meanItem = method("mean item", (view, { slots }) => {
  const FADING = 0.9;
  const begun = new Map<number, number>();
  let sum = 0;
  let weight = 0;
  return {
    on(event) {
      if (event.type === "started") begun.set(event.item, event.atSec);
      if (event.type !== "ended") return;
      sum = FADING * sum + event.atSec - (begun.get(event.item) ?? event.atSec);
      weight = FADING * weight + 1;
    },
    left(atSec) {
      if (weight === 0) return null;
      const mean = sum / weight;
      const running = view.running();
      const waiting = view.known() - view.doneCount() - running.length;
      const rest = running.reduce((all, { startSec, fraction }) => {
        return all + (fraction > 0 ? mean * (1 - fraction) : Math.max(0.1 * mean, mean - (atSec - startSec)));
      }, waiting * mean);
      return rest / Math.max(1, Math.min(slots, view.known() - view.doneCount()));
    },
  };
});
