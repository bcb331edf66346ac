import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PlayheadError } from "./errors.ts";
import { EVENT_TYPES, type EventRecord, type EventType, isEventType, isTickRecord, SERVER_EVENTS } from "./event.ts";
import { parseRecord } from "./parse-record.ts";
import { isJobId } from "./record-fields.ts";

const VALID = {
  type: "clip.progress",
  ts: "2026-11-21T10:42:00.000Z",
  job_id: "job_1",
  correlation_id: "0af7651916cd43dd8448eb211c80319c",
  n: 7,
  data: { task_id: "c1", step: "rendering", details: { frames: 10, list: [1, null, "x"] } },
} as const;

function refusalOf(value: unknown): PlayheadError | null {
  try {
    parseRecord(value);
    return null;
  } catch (error) {
    if (error instanceof PlayheadError) return error;
    throw error;
  }
}

/** Arrays in arrays, so deep. */
const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));

describe("parsing a record", () => {
  test("I25: takes what is right as it is, and leaves out what it does not know", () => {
    expect(parseRecord(VALID)).toStrictEqual(VALID);
    expect(parseRecord({ ...VALID, source: "w_1", later: true })).toStrictEqual(VALID);
    const { correlation_id: _, n: __, ...least } = VALID;
    expect(parseRecord(least)).toStrictEqual(least);
    expect(parseRecord(VALID).data).toBe(VALID.data);
  });

  test.each((Object.keys(EVENT_TYPES) as EventType[]).filter((type) => !SERVER_EVENTS.has(type)))(
    "I25: takes %s",
    (type) => {
      expect(parseRecord({ ...VALID, type })).toMatchObject({ type });
    },
  );

  test.each([
    { path: "record", given: null },
    { path: "record", given: [VALID] },
    { path: "record", given: "clip.progress" },
    { path: "type", given: { ...VALID, type: "clip.exploded" } },
    { path: "type", given: { ...VALID, type: "toString" } },
    { path: "type", given: { ...VALID, type: 7 } },
    { path: "type", given: { ...VALID, type: "job.progress" } },
    { path: "type", given: { ...VALID, type: "job.liveness_changed" } },
    { path: "ts", given: { ...VALID, ts: undefined } },
    { path: "ts", given: { ...VALID, ts: 1_790_000_000_000 } },
    { path: "ts", given: { ...VALID, ts: "yesterday" } },
    { path: "ts", given: { ...VALID, ts: "2026-11-21" } },
    { path: "ts", given: { ...VALID, ts: "2026-11-21T10:42:00.000" } },
    { path: "ts", given: { ...VALID, ts: "2026-11-21T24:00:00.000Z" } },
    { path: "ts", given: { ...VALID, ts: "2026-13-21T10:42:00.000Z" } },
    { path: "ts", given: { ...VALID, ts: "1969-11-21T10:42:00.000Z" } },
    { path: "ts", given: { ...VALID, ts: "Sat Nov 21 2026 10:42:0Z" } },
    { path: "job_id", given: { ...VALID, job_id: "" } },
    { path: "job_id", given: { ...VALID, job_id: "../etc" } },
    { path: "job_id", given: { ...VALID, job_id: "-rf" } },
    { path: "job_id", given: { ...VALID, job_id: "j".repeat(129) } },
    { path: "job_id", given: { ...VALID, job_id: "job\n" } },
    { path: "data", given: { ...VALID, data: null } },
    { path: "data", given: { ...VALID, data: [] } },
    { path: "data", given: { ...VALID, data: { deep: nested(40) } } },
    { path: "data", given: { ...VALID, data: { big: 7n } } },
    { path: "data", given: { ...VALID, data: { when: { toJSON: () => nested(40) } } } },
    { path: "correlation_id", given: { ...VALID, correlation_id: "0".repeat(32) } },
    { path: "correlation_id", given: { ...VALID, correlation_id: VALID.correlation_id.toUpperCase() } },
    { path: "n", given: { ...VALID, n: 0 } },
    { path: "n", given: { ...VALID, n: 1.5 } },
    { path: "n", given: { ...VALID, n: 2 ** 53 } },
    { path: "n", given: { ...VALID, n: "7" } },
    { path: "data.task_id", given: { ...VALID, data: { task_id: "" } } },
    { path: "data.task_id", given: { ...VALID, data: { task_id: 7 } } },
    { path: "data.task_id", given: { ...VALID, data: { task_id: "t".repeat(201) } } },
  ])("I26: a fault in $path is named, with what was expected and what was got (case %#)", ({ path, given }) => {
    const error = refusalOf(given);
    expect(error).toMatchObject({ code: "validation_error", detail: { path } });
    expect(error?.message).toMatch(new RegExp(`^expected ${path} to be .+, got .+`, "s"));
    expect(error?.message.length).toBeLessThan(1_000);
  });

  test("I26: arbitrary JSON, and a right record with one arbitrary field, gives a record or a PlayheadError", () => {
    const oneFault = fc
      .tuple(fc.constantFrom("type", "ts", "job_id", "correlation_id", "n", "data"), fc.jsonValue())
      .map(([field, value]) => ({ field, given: { ...VALID, [field]: value } }));
    const anything = fc.oneof(
      oneFault,
      fc.oneof(fc.jsonValue(), fc.anything()).map((given) => ({ field: null, given })),
    );
    fc.assert(
      fc.property(anything, ({ field, given }) => {
        const error = refusalOf(given);
        if (error === null) {
          expect(() => JSON.stringify(parseRecord(given))).not.toThrow();
          return;
        }
        expect(error.code).toBe("validation_error");
        const path = String(error.detail.path);
        expect(error.message).toContain(path);
        if (field !== null) expect(path.split(".")[0]).toBe(field);
      }),
      { numRuns: 1_000 },
    );
  });

  test("I26: what nests without end, or cannot be shown, is refused as well", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(refusalOf({ ...VALID, data: cycle })).toMatchObject({ detail: { path: "data" } });
    expect(refusalOf({ ...VALID, type: cycle })).toMatchObject({ detail: { path: "type" } });
    expect(refusalOf({ ...VALID, type: nested(100_000) })).toMatchObject({ detail: { path: "type" } });
    expect(refusalOf({ ...VALID, n: 7n })).toMatchObject({ detail: { path: "n" } });
  });

  test.each([
    { given: "2026-11-21T10:42:00.000Z", kept: "2026-11-21T10:42:00.000Z" },
    { given: "2026-11-21T10:42:00Z", kept: "2026-11-21T10:42:00.000Z" },
    { given: "2026-11-21T11:42:00.123456+01:00", kept: "2026-11-21T10:42:00.123Z" },
    { given: "2026-11-21T10:42Z", kept: "2026-11-21T10:42:00.000Z" },
    { given: "2026-01-31T10:42:00.000Z", kept: "2026-01-31T10:42:00.000Z" },
  ])("a time $given is kept as $kept", ({ given, kept }) => {
    expect(parseRecord({ ...VALID, ts: given }).ts).toBe(kept);
  });

  test("every time comes out in one form, which sorts as text as it does as time", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }),
        (date) => {
          expect(parseRecord({ ...VALID, ts: date.toISOString() }).ts).toBe(date.toISOString());
        },
      ),
    );
    // A day that its month does not have is another day, or refused; never kept as it is.
    const odd = refusalOf({ ...VALID, ts: "2026-02-30T00:00:00.000Z" });
    if (odd === null)
      expect(parseRecord({ ...VALID, ts: "2026-02-30T00:00:00.000Z" }).ts).toBe("2026-03-02T00:00:00.000Z");
  });

  test("data that is not plain JSON yet is made so: what is folded is what is stored", () => {
    const data = { at: new Date(0), fps: Number.NaN, list: [undefined, 1], gone: undefined, call: () => 1 };
    expect(parseRecord({ ...VALID, data }).data).toStrictEqual({
      at: "1970-01-01T00:00:00.000Z",
      fps: null,
      list: [null, 1],
    });
    expect(parseRecord({ ...VALID, data: { details: { fps: Number.POSITIVE_INFINITY } } }).data).toStrictEqual({
      details: { fps: null },
    });
  });

  test("job ids are what is safe in a URL, a file name and a key", () => {
    expect(["job_1", "a", "A.b-c_9", "j".repeat(128)].every(isJobId)).toBe(true);
    expect(["", ".hidden", "a/b", "a b", "ä", 7, null].some(isJobId)).toBe(false);
  });

  test("a record of a type that is both is a tick when it has no number", () => {
    const record = (type: EventType, n?: number): EventRecord => ({
      ...parseRecord({ ...VALID, type, n: undefined }),
      ...(n !== undefined && { n }),
    });
    expect(isTickRecord(record("clip.progress"))).toBe(true);
    expect(isTickRecord(record("clip.progress", 3))).toBe(false);
    expect(isTickRecord(record("progress.updated", 3))).toBe(true);
    expect(isTickRecord(record("task.created"))).toBe(false);
    expect(isEventType("clip.progress")).toBe(true);
  });
});
