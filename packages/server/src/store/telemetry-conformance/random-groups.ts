import fc from "fast-check";
import type { EntryRow, TelemetryGroup } from "../telemetry-store.ts";
import { callRow, groupOf, HOUR_MS, lineRow, SECOND_MS, TEN_MS } from "./telemetry-case.ts";

const NAMES = ["probe", "Cache.get", "rendre été"] as const;
const MESSAGES = [
  "Rendering clip_17.mp4",
  "CAFÉ crème",
  "编码失败 frame",
  "disk\0full",
  "get the Cache",
  "\uE001 odd \u0001",
  "",
];
const SPANS = ["a", "b", "c", "d"] as const;

const anyMoment = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 400 }).map((seconds) => TEN_MS + seconds * SECOND_MS) },
  { weight: 2, arbitrary: fc.integer({ min: -80, max: 40 }).map((hours) => TEN_MS + hours * HOUR_MS) },
  { weight: 1, arbitrary: fc.constantFrom(1, Date.UTC(1999, 0, 1, 5), Date.UTC(2090, 5)) },
);

const anyRow = fc.record({
  isCall: fc.boolean(),
  eventType: fc.constantFrom("start", "complete", "complete", "error"),
  level: fc.constantFrom("debug", "info", "error"),
  category: fc.constantFrom("function", "api"),
  tsMs: anyMoment,
  name: fc.constantFrom(...NAMES),
  message: fc.constantFrom(...MESSAGES),
  durationMs: fc.constantFrom(0, 0.5, 3, 70, 90_000),
  spanId: fc.option(fc.constantFrom(...SPANS), { nil: null }),
  sessionId: fc.constantFrom("worker-1", "worker-2"),
  jobId: fc.constantFrom(null, "job-1", "job-2"),
  metadata: fc.constantFrom(undefined, { size: 17, path: "a\0b" }, { size: "17", deep: { size: 17 } }),
} as const);

/** Groups of lines and calls of some tenants, which may be any of those that a store is given. */
export const anyGroups = (tenants: readonly string[]): fc.Arbitrary<readonly TelemetryGroup[]> => {
  const row = fc.tuple(anyRow, fc.constantFrom(...tenants)).map(([given, tenantId]): EntryRow => {
    const { isCall, eventType, level, category, name, message, durationMs, metadata, ...more } = given;
    const body = metadata === undefined ? {} : { metadata };
    if (!isCall) return lineRow(tenantId, { ...more, level, message, body, spanId: null });
    const isStart = eventType === "start";
    const call = { ...more, eventType, category, functionName: name, message, body } as const;
    return callRow(tenantId, { ...call, level: isStart ? "debug" : level, durationMs: isStart ? null : durationMs });
  });
  return fc.array(
    fc.array(row, { minLength: 1, maxLength: 12 }).map((rows) => groupOf(rows)),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
};
