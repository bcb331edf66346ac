import { LOG_LEVELS } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LASTS } from "../../ui/range/view-range.ts";
import { exportAddress } from "./export-address.ts";
import {
  entriesFilter,
  isFiltered,
  type LogsView,
  readLogsView,
  USUAL_VIEW,
  WHATS,
  writeLogsView,
} from "./logs-view.ts";

const between = { from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z" };
const views: fc.Arbitrary<LogsView> = fc.record({
  level: fc.constantFrom(...LOG_LEVELS),
  what: fc.constantFrom(...WHATS.map(({ name }) => name)),
  text: fc.string({ unit: "grapheme" }),
  jobId: fc.option(fc.string({ unit: "grapheme", minLength: 1 })),
  range: fc.option(fc.oneof(fc.constant(between), fc.constantFrom(...LASTS.map(({ name }) => ({ last: name }))))),
});

test("a link restores the view", () => {
  fc.assert(
    fc.property(views, (view) => {
      expect(readLogsView(new URLSearchParams(writeLogsView(view).toString()))).toEqual(view);
    }),
  );
});

test("what is shown at first is in no address, and is not filtered", () => {
  expect(writeLogsView(USUAL_VIEW).toString()).toBe("");
  expect(readLogsView(new URLSearchParams("level=loud&what=toys&last=1y"))).toEqual(USUAL_VIEW);
  expect(isFiltered(USUAL_VIEW)).toBe(false);
  expect(isFiltered({ ...USUAL_VIEW, jobId: "j" })).toBe(true);
});

const NOW = Date.parse("2026-11-21T12:00:00.000Z");

test("a range up to now is open at its end; one between moments is not", () => {
  const asked = { level: "info", event_type: ["log", "error"] };
  expect(entriesFilter({ ...USUAL_VIEW, range: { last: "1h" } }, NOW)).toEqual({
    ...asked,
    from: "2026-11-21T11:00:00.000Z",
  });
  expect(entriesFilter({ ...USUAL_VIEW, range: between, text: " slow " }, NOW)).toEqual({
    ...asked,
    ...between,
    q: "slow",
  });
});

test("what is saved is what is shown", () => {
  const filter = entriesFilter({ ...USUAL_VIEW, jobId: "a&b", level: "error" }, NOW);
  expect(exportAddress("csv", filter)).toBe(
    "/api/v1/export?format=csv&level=error&event_type=log&event_type=error&job_id=a%26b",
  );
});
