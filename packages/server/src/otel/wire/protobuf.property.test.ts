import { type HrTime, SpanStatusCode } from "@opentelemetry/api";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { PlayheadError } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LOGS_REQUEST, TRACES_REQUEST } from "./otlp-messages.ts";
import { readMessage } from "./protobuf.ts";
import { readLogs, readSpans } from "./read-requests.ts";

const hex = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length })
    .filter((digits) => /[^0]/.test(digits));
const time = fc.tuple(fc.integer({ min: 1, max: 4_000_000_000 }), fc.integer({ min: 0, max: 999_999_999 }));
const value = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double({ min: -1e15, max: 1e15, noNaN: true }),
  fc.array(fc.string(), { maxLength: 3 }),
);
const attributes = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 20 }).filter((name) => name !== "__proto__"),
  value,
);

const spanOf: fc.Arbitrary<ReadableSpan> = fc
  .record({
    traceId: hex(32),
    spanId: hex(16),
    parent: fc.option(hex(16)),
    isRemote: fc.boolean(),
    name: fc.string({ minLength: 1, maxLength: 50 }),
    kind: fc.integer({ min: 0, max: 4 }),
    start: time,
    attributes,
    code: fc.constantFrom(SpanStatusCode.UNSET, SpanStatusCode.OK, SpanStatusCode.ERROR),
    message: fc.string(),
    events: fc.array(fc.record({ name: fc.string({ minLength: 1 }), time, attributes }), { maxLength: 3 }),
  })
  .map(({ traceId, spanId, parent, isRemote, start, code, message, events, ...rest }) => ({
    ...rest,
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
    ...(parent !== null && { parentSpanContext: { traceId, spanId: parent, traceFlags: 1, isRemote } }),
    startTime: start as HrTime,
    endTime: [start[0] + 1, start[1]] as HrTime,
    status: { code, message },
    links: [{ context: { traceId, spanId, traceFlags: 1 } }],
    events: events.map((event) => ({ ...event, time: event.time as HrTime })),
    duration: [1, 0] as HrTime,
    ended: true,
    resource: resourceFromAttributes({ "service.name": "test" }),
    instrumentationScope: { name: "scope" },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }));

const bytesOf = (made: Uint8Array | undefined): Uint8Array => made ?? new Uint8Array();

test("what the official serializer writes is read the same from protobuf as from JSON", () => {
  fc.assert(
    fc.property(fc.array(spanOf, { maxLength: 5 }), (spans) => {
      const json = JSON.parse(new TextDecoder().decode(bytesOf(JsonTraceSerializer.serializeRequest(spans))));
      const protobuf = readMessage(bytesOf(ProtobufTraceSerializer.serializeRequest(spans)), TRACES_REQUEST);
      const [fromJson, fromProtobuf] = [readSpans(json), readSpans(protobuf)];
      expect(fromProtobuf).toEqual(fromJson);
      expect(fromJson).toMatchObject({ rejected: 0, items: spans.map(({ name }) => ({ name })) });
    }),
    { numRuns: 200 },
  );
});

test("whatever bytes come, they are read or refused, and nothing else", () => {
  const bent = fc
    .tuple(
      fc.array(spanOf, { minLength: 1, maxLength: 2 }),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }),
    )
    .map(([spans, edits]) => {
      const bytes = Uint8Array.from(bytesOf(ProtobufTraceSerializer.serializeRequest(spans)));
      for (const [at, put] of edits) if (at < bytes.length) bytes[at] = put;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), bent), (bytes) => {
      for (const [message, read] of [[TRACES_REQUEST, readSpans] as const, [LOGS_REQUEST, readLogs] as const]) {
        try {
          read(readMessage(bytes, message));
        } catch (error) {
          if (!(error instanceof PlayheadError)) throw error;
          expect(error.code).toBe("invalid_request");
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

/** A length-delimited field. */
const field = (number: number, content: Uint8Array): Uint8Array => {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Uint8Array.of((number << 3) | 2), Uint8Array.from(length), content]);
};

test("values in values are read down to a limit, and many empty ones are refused", () => {
  let deep: Uint8Array = new Uint8Array();
  for (let level = 0; level < 200; level += 1) deep = field(5, field(1, deep));
  const attribute = field(9, Buffer.concat([field(1, Buffer.from("k")), field(2, deep)]));
  const request = field(1, field(2, field(2, attribute)));
  expect(() => readMessage(request, TRACES_REQUEST)).toThrow("expected at most 64 levels");
  const many = field(1, field(2, Buffer.alloc(2_200_000, Uint8Array.of(0x12, 0))));
  expect(() => readMessage(many, TRACES_REQUEST)).toThrow("expected at most 1000000 values");
});
