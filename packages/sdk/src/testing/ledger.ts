import type { EventRecord } from "@playhead/core";
import { recordsIn, type SeenRequest, type TestAnswer, takenAll } from "./test-server.ts";

/**
 * How a server takes a batch: it does; it is overloaded; it wants fewer; it is not there; it takes it, and the
 * connection breaks before the worker hears of it.
 */
export type ServerMood = "well" | "unavailable" | "rate limited" | "away" | "cut after taking";

/** What a server has taken, each fact once by `(source, n)`, as the real one does. It survives restarts. */
export interface Ledger {
  mood: ServerMood;
  /** The numbers of the records taken from a source, in the order in which they came. */
  numbers(source: string): readonly number[];
  records(): readonly EventRecord[];
  sources(): readonly string[];
  /** How many records came that were known. */
  known(): number;
  answer(request: SeenRequest): TestAnswer | Promise<TestAnswer>;
}

export function createLedger(): Ledger {
  const taken = new Map<string, number[]>();
  const records: EventRecord[] = [];
  let known = 0;

  function take(request: SeenRequest): void {
    const batch = recordsIn(request);
    const numbers = taken.get(String(batch.source)) ?? [];
    taken.set(String(batch.source), numbers);
    for (const record of batch.records) {
      if (record.n === undefined) continue;
      if (record.n <= (numbers.at(-1) ?? 0)) {
        known += 1;
        continue;
      }
      numbers.push(record.n);
      records.push(record);
    }
  }

  const ledger: Ledger = {
    mood: "well",
    numbers: (source) => taken.get(source) ?? [],
    records: () => records,
    sources: () => [...taken.keys()],
    known: () => known,
    answer(request) {
      if (ledger.mood === "away") return {};
      if (request.path.includes("/commands")) return new Promise(() => undefined);
      if (!request.path.endsWith("/events")) return { body: { known: true } };
      if (ledger.mood === "unavailable") return { status: 503, body: "" };
      if (ledger.mood === "rate limited") return { status: 429, headers: { "retry-after": "1" }, body: "" };
      take(request);
      return ledger.mood === "well" ? { body: takenAll(request) } : {};
    },
  };
  return ledger;
}
