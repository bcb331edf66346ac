import type { After } from "../outbound/after.ts";

export interface DispatcherOptions {
  /** Works on one entry; must not reject. @returns after how long it wants another turn; null for none */
  readonly work: (id: string) => Promise<number | null>;
  readonly after: After;
  readonly atOnce: number;
  /** So that one slow receiver does not hold up the others. */
  readonly atOncePerLane: number;
}

interface Lane {
  /** In the order of their coming. */
  readonly due: Set<string>;
  running: number;
}

/** Gives each entry its turn when it is due: so many at once, and so many of one lane (a receiver's host). */
export function createDispatcher({ work, after, atOnce, atOncePerLane }: DispatcherOptions) {
  const lanes = new Map<string, Lane>();
  const later = new Map<string, () => void>();
  const underWay = new Map<string, Promise<void>>();
  let isClosed = false;

  function pump(): void {
    for (const [name, lane] of lanes) {
      for (const id of lane.due) {
        if (isClosed || underWay.size >= atOnce) return;
        if (lane.running >= atOncePerLane) break;
        lane.due.delete(id);
        start(name, lane, id);
      }
      if (lane.due.size === 0 && lane.running === 0) lanes.delete(name);
    }
  }

  function start(name: string, lane: Lane, id: string): void {
    lane.running += 1;
    underWay.set(id, runOne(name, lane, id));
  }

  async function runOne(name: string, lane: Lane, id: string): Promise<void> {
    const againMs = await work(id);
    lane.running -= 1;
    underWay.delete(id);
    // Who waits in other lanes comes before more of this one.
    lanes.delete(name);
    if (lane.due.size > 0 || lane.running > 0) lanes.set(name, lane);
    if (againMs !== null) add(name, id, againMs);
    pump();
  }

  function enqueue(laneName: string, id: string): void {
    const lane = lanes.get(laneName) ?? { due: new Set(), running: 0 };
    lane.due.add(id);
    lanes.set(laneName, lane);
    pump();
  }

  function add(lane: string, id: string, delayMs: number): void {
    if (isClosed || later.has(id) || underWay.has(id) || lanes.get(lane)?.due.has(id) === true) return;
    if (delayMs <= 0) enqueue(lane, id);
    else {
      const cancel = after(delayMs, () => {
        later.delete(id);
        enqueue(lane, id);
      });
      later.set(id, cancel);
    }
  }

  return {
    /** Has an entry its turn after a delay. One that is known already is not entered twice. */
    add,
    /** Starts nothing more, and waits for what is under way. */
    async close(): Promise<void> {
      isClosed = true;
      for (const cancel of later.values()) cancel();
      later.clear();
      lanes.clear();
      await Promise.all(underWay.values());
    },
  };
}
