import { EVENT_TYPES, type EventType, type PlayheadEvent } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { publishEvent } from "./publication.ts";

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom('"', "\\", "\u2028\u2029", '","seq":0,"x":"', "</script>", "\0", "\ud800", "𝒳", "\n\r\t"),
);

const event: fc.Arbitrary<PlayheadEvent> = fc
  .record({
    type: fc.constantFrom(...(Object.keys(EVENT_TYPES) as EventType[])),
    ts: hostile,
    job_id: hostile,
    seq: fc.nat(),
    tick: fc.option(fc.nat(), { nil: undefined }),
    correlation_id: hostile,
    data: fc.dictionary(hostile, fc.jsonValue() as fc.Arbitrary<string>),
  })
  .map(({ tick, ...others }) => ({ ...others, ...(tick !== undefined && { tick }) }));

test("the frame that is joined by hand says what JSON.stringify would, whatever the strings hold", () => {
  fc.assert(
    fc.property(event, hostile, fc.boolean(), (each, epoch, isSerialised) => {
      const dataJson = isSerialised ? JSON.stringify(each.data) : null;
      const frame = publishEvent(epoch, "default", each, dataJson).frame();
      expect(JSON.parse(frame)).toEqual(JSON.parse(JSON.stringify({ ...each, epoch })));
    }),
  );
});

test("a frame is made once, and only when someone wants it", () => {
  let serialised = 0;
  const data = {
    toJSON() {
      serialised += 1;
      return {};
    },
  };
  const each = {
    type: "log",
    ts: "",
    job_id: "j",
    seq: 1,
    tick: 2,
    correlation_id: "",
    data,
  } as unknown as PlayheadEvent;
  const publication = publishEvent("e", "default", each, null);
  expect(serialised).toBe(0);
  expect(publication.frame()).toBe(publication.frame());
  expect(serialised).toBe(1);
});

test("ticks of a task share a slot, those of the job have their own, and facts have none", () => {
  const base = { type: "progress.updated", ts: "", job_id: "j", seq: 1, correlation_id: "" } as const;
  const slotOf = (tick: number | undefined, taskId?: string) =>
    publishEvent(
      "e",
      "default",
      { ...base, ...(tick !== undefined && { tick }), data: { ...(taskId && { task_id: taskId }) } },
      null,
    ).slot;
  expect([slotOf(1, "a"), slotOf(2, "a"), slotOf(3, "b"), slotOf(4), slotOf(undefined, "a")]).toEqual([
    "a",
    "a",
    "b",
    "",
    null,
  ]);
});
