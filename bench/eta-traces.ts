// The recordings that bench/eta.ts replays: all in one shape.
import { readFileSync } from "node:fs";
import path from "node:path";

/** One job as it was recorded, or simulated. */
export interface Trace {
  readonly id: string;
  readonly family: string;
  readonly slots: number;
  /** Items that are known when it begins; the others are found on the way. */
  readonly atFirst: number;
  readonly items: readonly TraceItem[];
  readonly events: readonly TraceEvent[];
  /** When it ended, in seconds of the clock on the wall, and without its pauses. */
  readonly endSec: number;
  readonly activeSec: number;
  /** The wall's time of an active time. */
  wallOf(activeSec: number): number;
}

export interface TraceItem {
  readonly kind: string;
  readonly style: string | null;
  readonly content: string | null;
  readonly sizes: Readonly<Record<string, number>>;
  /** It waits for all others. */
  readonly isLast: boolean;
}

/** What happened, by the wall's clock. */
export type TraceEvent = { readonly atSec: number } & (
  | { readonly type: "started"; readonly item: number; readonly sizes?: TraceItem["sizes"] }
  | { readonly type: "progressed"; readonly item: number; readonly fraction: number }
  | { readonly type: "ended" | "failed"; readonly item: number }
  | { readonly type: "found"; readonly first: number; readonly count: number }
  | { readonly type: "limited"; readonly untilSec: number }
  | { readonly type: "paused" | "resumed" | "finished" }
);

const FRAMES_A_SECOND = 25;

/** @param folder of `real.jsonl` and `sim.jsonl` */
export function loadTraces(folder: string): readonly Trace[] {
  const lines = (name: string) =>
    readFileSync(path.join(folder, name), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  return [...realTraces(lines("real.jsonl")), ...lines("sim.jsonl").map(simTrace)];
}

type Raw = ReturnType<typeof JSON.parse>;

function simTrace({ j, fam, conc, init, items, ev }: Raw): Trace {
  const events = ev.map(([atSec, type, a, b]: Raw) => eventOf(atSec, type, a, b));
  return traceOf({
    ...{ id: j, family: fam, slots: conc, atFirst: init, events },
    items: items.map(({ k, st, sc, x, after }: Raw) => ({
      ...{ kind: k, style: st ?? null, content: sc ?? null, sizes: x },
      isLast: after !== undefined,
    })),
  });
}

function eventOf(atSec: number, type: string, a: number, b: number): TraceEvent {
  switch (type) {
    case "s":
      return { atSec, type: "started", item: a };
    case "p":
      return { atSec, type: "progressed", item: a, fraction: b };
    case "d":
      return { atSec, type: "ended", item: a };
    case "x":
      return { atSec, type: "failed", item: a };
    case "a":
      return { atSec, type: "found", first: a, count: b };
    case "rl":
      return { atSec, type: "limited", untilSec: a };
    case "pz":
      return { atSec, type: "paused" };
    case "rs":
      return { atSec, type: "resumed" };
    default:
      return { atSec, type: "finished" };
  }
}

function realTraces(lines: readonly Raw[]): readonly Trace[] {
  const traces: Trace[] = [];
  for (const job of lines.filter(({ e }) => e === "job")) {
    const own = lines.filter(({ e, j }) => j === job.j && e !== "job");
    if (!own.some(({ e }) => e === "end")) continue;
    const merge = job.items.find(({ k }: Raw) => k === "merge");
    const renders = job.items.filter(({ k }: Raw) => k === "render");
    const sum = (items: readonly Raw[], field: string) => items.reduce((all, item) => all + item[field], 0);
    const styles = [...new Set(renders.map(({ st }: Raw) => st))];
    const merged = styles.find(
      (style) =>
        merge !== undefined &&
        sum(
          renders.filter(({ st }: Raw) => st === style),
          "fr",
        ) === merge.fr,
    );
    const mergedFrames =
      Math.round(
        sum(
          renders.filter(({ st }: Raw) => st === merged),
          "dur",
        ) * FRAMES_A_SECOND,
      ) ||
      (merge?.fr ?? 0);
    const frames = (item: Raw): number => (item.k === "merge" ? mergedFrames : item.fr);
    const items = job.items.map((item: Raw) => ({
      ...{ kind: item.k, style: item.st ?? null, content: item.sc ?? null, isLast: item.after !== undefined },
      sizes:
        item.k === "render"
          ? { fr: item.fr, opx: item.opx, bpf: item.ib / item.fr }
          : item.k === "merge"
            ? { fr: mergedFrames }
            : {},
    }));
    const events = own
      .map(({ e, t, i, fr, ib }: Raw): TraceEvent => {
        const item = Math.min(i ?? 0, items.length - 1);
        const raw = job.items[item];
        if (e === "s") return { atSec: t, type: "started", item, ...(ib > 0 && { sizes: { b: ib } }) };
        if (e === "p")
          return {
            atSec: t,
            type: "progressed",
            item,
            fraction: raw.k === "upload" ? fr : Math.min(1, fr / frames(raw)),
          };
        return e === "d" ? { atSec: t, type: "ended", item } : { atSec: t, type: "finished" };
      })
      .sort((a, b) => a.atSec - b.atSec);
    traces.push(traceOf({ id: job.j, family: "real", slots: job.conc, atFirst: items.length, items, events }));
  }
  return traces;
}

function traceOf(trace: Omit<Trace, "endSec" | "activeSec" | "wallOf">): Trace {
  const pauses: (readonly [number, number])[] = [];
  let pausedAt = 0;
  for (const { type, atSec } of trace.events) {
    if (type === "paused") pausedAt = atSec;
    if (type === "resumed") pauses.push([pausedAt, atSec]);
  }
  const endSec = trace.events.at(-1)?.atSec ?? 0;
  return {
    ...trace,
    endSec,
    activeSec: endSec - pauses.reduce((sum, [from, to]) => sum + to - from, 0),
    wallOf(activeSec) {
      let wallSec = activeSec;
      for (const [from, to] of pauses) {
        if (from >= wallSec - 1e-9) break;
        wallSec += to - from;
      }
      return wallSec;
    },
  };
}
