import type { ServerFrame } from "@playhead/core";
import { expect, test } from "vitest";
import { addresseeOf, parseServerFrame, unpackFrame } from "./server-frame.ts";

test.each(["", "null", "[]", "7", '"x"', "{", '{"type":1,"data":{}}', '{"type":"live"}', '{"type":"live","data":[]}'])(
  "%s is no frame",
  (text) => {
    expect(parseServerFrame(text)).toBeNull();
  },
);

test("neither is what is no text", () => {
  expect(parseServerFrame(new ArrayBuffer(2))).toBeNull();
});

test("a frame of a type that is not known yet is one", () => {
  expect(parseServerFrame('{"type":"tomorrow","data":{"a":1}}')).toEqual({ type: "tomorrow", data: { a: 1 } });
});

const frame = (type: string, data: object, rest: object = {}) => ({ type, data, ...rest }) as ServerFrame;

test.each([
  [frame("heads", {}), null],
  [frame("live", { ref: "s1" }), { ref: "s1" }],
  [frame("error", { ref: null }), null],
  [frame("error", { ref: "s2" }), { ref: "s2" }],
  [frame("log", { job_id: "a" }), { jobId: "a", of: "logs" }],
  [frame("reset", { job_id: "a" }), { jobId: "a", of: "events" }],
  [frame("job.progress", {}, { job_id: "a" }), { jobId: "a", of: "events" }],
])("%o is for %o", (given, expected) => {
  expect(addresseeOf(given)).toEqual(expected);
});

test("a batch stands for what is in it", () => {
  const inside = [frame("job.progress", {}, { job_id: "a" })];
  expect(unpackFrame(frame("batch", { events: inside }))).toBe(inside);
});
