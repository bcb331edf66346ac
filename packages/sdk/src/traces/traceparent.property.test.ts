import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatTraceparent, parseTraceparent, type TraceParent } from "./traceparent.ts";

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const id = (length: number) => hex(length).filter((digits) => /[^0]/.test(digits));
const place: fc.Arbitrary<TraceParent> = fc.record({ trace_id: id(32), span_id: id(16), is_sampled: fc.boolean() });

/** The rules of the standard once more, read another way: part by part, without a pattern. */
function isTraceparent(text: string): boolean {
  const [version = "", trace = "", span = "", flags = "", ...rest] = text.split("-");
  const isHex = (part: string, length: number) =>
    part.length === length && [...part].every((digit) => "0123456789abcdef".includes(digit));
  return (
    isHex(version, 2) &&
    isHex(trace, 32) &&
    isHex(span, 16) &&
    isHex(flags, 2) &&
    version !== "ff" &&
    !(version === "00" && rest.length > 0) &&
    [...trace].some((digit) => digit !== "0") &&
    [...span].some((digit) => digit !== "0")
  );
}

test("what is written is read back", () => {
  fc.assert(
    fc.property(place, (given) => {
      expect(parseTraceparent(formatTraceparent(given))).toEqual(given);
    }),
  );
});

test("headers that are nearly right are read exactly when the standard's rules hold", () => {
  const edit = fc.oneof(
    fc.record({ at: fc.nat(60), put: fc.constantFrom("", "0", "f", "F", "g", "-", " ", "00", "ff", "\n") }),
    fc.record({ at: fc.constant(0), put: fc.constantFrom("ff", "01", "cc", "0", "") }),
    fc.record({ at: fc.constant(55), put: fc.constantFrom("-", "-what the future brings", "x", "") }),
  );
  const nearly = fc
    .tuple(
      fc.oneof(
        place,
        place.map((given) => ({ ...given, trace_id: "0".repeat(32) })),
      ),
      fc.array(edit, { maxLength: 2 }),
    )
    .map(([given, edits]) => {
      let text = formatTraceparent(given);
      for (const { at, put } of edits) text = text.slice(0, at) + put + text.slice(at + put.length);
      return text;
    });
  fc.assert(
    fc.property(nearly, (text) => {
      expect(parseTraceparent(text) !== null).toBe(isTraceparent(text));
    }),
    { numRuns: 500 },
  );
});

describe("examples of the standard", () => {
  test.for([
    { header: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", sampled: true },
    { header: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", sampled: false },
    { header: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02", sampled: false },
    { header: "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03-what-comes", sampled: true },
  ])("$header", ({ header, sampled }) => {
    expect(parseTraceparent(header)?.is_sampled).toBe(sampled);
  });

  test.for([undefined, null, 12, "", ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"]])(
    "%j is none",
    (given) => expect(parseTraceparent(given)).toBeNull(),
  );
});
