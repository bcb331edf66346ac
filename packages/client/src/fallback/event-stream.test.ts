import fc from "fast-check";
import { expect, test } from "vitest";
import { createEventStreamReader } from "./event-stream.ts";

const TEXT = `retry: 250

: still there

id: e1:1:0
data: {"a":1}

data: two
data: lines
id:e1:2:0

event: other
data
data: x

id: e1:9:9
data: not whole`;

test.each(["\n", "\r\n"])("I17: events are read however lines end (%j)", (end) => {
  const part = createEventStreamReader()(TEXT.replaceAll("\n", end));
  expect(part).toEqual({ events: ['{"a":1}', "two\nlines", "\nx"], lastId: "e1:2:0", retryMs: 250 });
});

test("I17: however a stream is cut, the same events come, and the last id is that of an event that is whole", () => {
  const text = TEXT.replaceAll("\n", "\r\n");
  const cuts = fc.array(fc.nat(text.length), { maxLength: 12 });
  fc.assert(
    fc.property(cuts, (at) => {
      const read = createEventStreamReader();
      const ends = [...at.sort((a, b) => a - b), text.length];
      const parts = ends.map((end, index) => read(text.slice(ends[index - 1] ?? 0, end)));
      expect(parts.flatMap(({ events }) => events)).toEqual(['{"a":1}', "two\nlines", "\nx"]);
      expect(parts.map(({ lastId }) => lastId).findLast((id) => id !== null)).toBe("e1:2:0");
    }),
  );
});
