import { isErrorCode, PlayheadError } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseClientFrame } from "./client-frame.ts";

test.each([
  { type: "subscribe", data: { ref: "a", job_id: "j" } },
  { type: "subscribe", data: { ref: "a", job_id: "j", since: { epoch: "e", seq: 0, tick: 3 } } },
  { type: "subscribe", data: { ref: "a", logs: { job_id: "j" } } },
  { type: "subscribe", data: { ref: "a", logs: { job_id: "j", after: 7, level: "warning" } } },
  { type: "auth", data: { ref: "a", token: "t" } },
  { type: "subscribe", data: { ref: "a", jobs: {} } },
  { type: "subscribe", data: { ref: "a", jobs: { state: ["running"], kind: ["clips"], user_id: "u", limit: 200 } } },
  { type: "unsubscribe", data: { ref: "a" } },
  { type: "ping", data: {} },
])("$type $data is understood", (frame) => {
  expect(parseClientFrame(JSON.stringify(frame))).toEqual(frame);
});

test.each([
  { given: "{", says: "JSON" },
  { given: "null", says: "" },
  { given: "[]", says: "" },
  { given: '{"type":"shout","data":{}}', says: "type" },
  { given: '{"type":"ping"}', says: "data" },
  { given: '{"type":"subscribe","data":{"ref":"a"}}', says: "data" },
  { given: '{"type":"subscribe","data":{"ref":"","job_id":"j"}}', says: "data" },
  {
    given: '{"type":"subscribe","data":{"ref":"a","job_id":"j","since":{"epoch":"e","seq":-1,"tick":0}}}',
    says: "data",
  },
  { given: '{"type":"subscribe","data":{"ref":"a","jobs":{"limit":201}}}', says: "data" },
  { given: '{"type":"subscribe","data":{"ref":"a","job_id":"j","logs":true}}', says: "data" },
  { given: '{"type":"subscribe","data":{"ref":"a","logs":{"job_id":"j","level":"loud"}}}', says: "data" },
  { given: '{"type":"auth","data":{"ref":"a"}}', says: "data.token" },
  { given: '{"type":"unsubscribe","data":{"ref":7}}', says: "data.ref" },
])("$given is refused, with what is wrong", ({ given, says }) => {
  expect(() => parseClientFrame(given)).toThrow(
    expect.objectContaining({ code: "invalid_request", message: expect.stringContaining(says) }),
  );
});

const almostFrame = fc.record(
  {
    type: fc.oneof(fc.constantFrom("subscribe", "unsubscribe", "auth", "ping"), fc.string()),
    data: fc.oneof(
      fc.record(
        {
          ref: fc.oneof(fc.string(), fc.jsonValue()),
          job_id: fc.oneof(fc.string(), fc.jsonValue()),
          since: fc.oneof(fc.record({ epoch: fc.string(), seq: fc.integer(), tick: fc.double() }), fc.jsonValue()),
          jobs: fc.jsonValue(),
          logs: fc.jsonValue(),
          token: fc.oneof(fc.string(), fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    ),
  },
  { requiredKeys: [] },
);

test("whatever a client sends is either a frame or refused with a code of ours", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    almostFrame.map((each) => JSON.stringify(each)),
  );
  fc.assert(
    fc.property(anything, (text) => {
      try {
        const frame = parseClientFrame(text);
        expect(["subscribe", "unsubscribe", "auth", "ping"]).toContain(frame.type);
      } catch (error) {
        expect(error).toBeInstanceOf(PlayheadError);
        expect(isErrorCode((error as PlayheadError).code)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
