import fc from "fast-check";
import { expect, test } from "vitest";
import { attributesOf, logRecord, logsOf, span, spanId, tracesOf } from "../../../test/otlp-spans.ts";
import { openReading, type Slice } from "./reading-service.ts";

type Signal = Slice["signal"];

/** All slices of a request, as they arrive in the other thread. */
function slicesOf(signal: Signal, request: object): readonly Slice[] {
  const reading = openReading();
  const slices = [reading.read({ signal, encoding: "json", body: Buffer.from(JSON.stringify(request)) }).first];
  while (slices.at(-1)?.isLast === false) slices.push(reading.next());
  return structuredClone(slices);
}

const partsOf = (slices: readonly Slice[]) => slices.flatMap(({ parts }) => [...parts]);
const traceOf = (trace: number) => (trace + 1).toString(16).padStart(32, "0");
const heavy = attributesOf(Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`name ${at}`, at])));

const spans = fc.array(fc.record({ trace: fc.nat(4), parent: fc.nat(40), events: fc.nat(3), isHeavy: fc.boolean() }), {
  maxLength: 600,
  size: "max",
});

test("a request is cut so that no slice is large, and put together it is all there, once and in order", () => {
  fc.assert(
    fc.property(spans, (given) => {
      const request = tracesOf(
        given.map(({ trace, parent, events, isHeavy }, at) => ({
          // Later ones are parents, too: clocks differ.
          ...span(at + 1, { traceId: traceOf(trace), parent: spanId(parent % (at + 1)), from: -at }),
          events: Array.from({ length: events }, (_, event) => ({ name: `${at + 1}.${event}` })),
          ...(isHeavy && { attributes: heavy }),
        })),
      );
      const slices = slicesOf("traces", request);
      for (const { parts } of slices) {
        expect(parts.reduce((sum, { items }) => sum + items.length, 0)).toBeLessThanOrEqual(256);
        expect(JSON.stringify(parts).length).toBeLessThan(400_000);
      }
      const parts = partsOf(slices);
      const byTrace = Map.groupBy(parts, ({ whole }) => whole.traceId);
      for (const [traceId, ofTrace] of byTrace) {
        expect(ofTrace.map(({ isLast }) => isLast)).toEqual(ofTrace.map((_, at) => at === ofTrace.length - 1));
        const said = ofTrace.flatMap(({ items }) => [...items] as object[]);
        const ids = said.map((item) => ("spanId" in item ? Number.parseInt(String(item.spanId), 16) : "event"));
        const expected = given.flatMap(({ trace, events }, at) =>
          traceOf(trace) === traceId ? [at + 1, ...Array.from({ length: events }, () => "event")] : [],
        );
        expect([...ids].sort()).toEqual([...expected].sort());
        const seen = new Set<unknown>();
        for (const id of ids.filter((each) => each !== "event").map(Number)) {
          seen.add(id);
          const parent = (given[id - 1]?.parent ?? 0) % id;
          if (given[parent - 1]?.trace === given[id - 1]?.trace) expect(seen).toContain(parent);
        }
      }
    }),
    { numRuns: 30 },
  );
});

test("events come after their span, also where a slice ends between them", () => {
  const events = Array.from({ length: 128 }, (_, at) => ({ name: `event ${at}` }));
  const slices = slicesOf("traces", tracesOf([1, 2, 3, 4].map((id) => ({ ...span(id), events }))));
  expect(slices.map(({ parts }) => parts.map(({ items }) => items.length))).toEqual([[254], [256], [6]]);
  const order = partsOf(slices).flatMap(({ items }) =>
    items.map((item) => ("spanId" in item ? item.spanId : item.observed.data)),
  );
  expect(order[129]).toBe(spanId(2));
  expect(order[128]).toMatchObject({ message: "event 127", span_id: spanId(1) });
  expect(order[258]).toBe(spanId(3));
});

test("log records of many traces share a slice; those of none are a part of their own", () => {
  const records = Array.from({ length: 300 }, (_, at) =>
    logRecord(`line ${at}`, {}, { traceId: at % 100 === 0 ? "" : traceOf(at % 3) }),
  );
  const slices = slicesOf("logs", logsOf(records));
  expect(slices.map(({ isLast }) => isLast)).toEqual([false, true]);
  const parts = partsOf(slices);
  expect(parts.filter(({ isLast }) => isLast).map(({ whole }) => whole.traceId)).toEqual(
    expect.arrayContaining([null, traceOf(0), traceOf(1), traceOf(2)]),
  );
  expect(parts.flatMap(({ items }) => [...items])).toHaveLength(300);
});

test("a request with nothing in it is one slice with nothing in it", () => {
  expect(slicesOf("traces", {})).toEqual([{ signal: "traces", parts: [], isLast: true }]);
});
