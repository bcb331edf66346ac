import type { LogEntry } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeEntries } from "./merge-entries.ts";

const entry = (entry_id: number, second: number) =>
  ({ entry_id, timestamp: new Date(second * 1_000).toISOString() }) as LogEntry;
const log = fc.uniqueArray(fc.tuple(fc.nat(50), fc.nat(10)), { selector: ([id]) => id });

test("however entries come, each is there once, the newest first", () => {
  fc.assert(
    fc.property(log, fc.array(fc.nat(50)), (given, picks) => {
      const all = given.map(([id, second]) => entry(id, second));
      const some = picks.flatMap((pick) => all[pick % all.length] ?? []);
      const merged = [some, all, some].reduce(mergeEntries, [] as readonly LogEntry[]);
      const expected = all.toSorted(
        (a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp) || b.entry_id - a.entry_id,
      );
      expect(merged).toEqual(expected);
      expect(mergeEntries(merged, some)).toBe(merged);
    }),
  );
});
