import fc from "fast-check";
import { expect, test } from "vitest";
import { describeTrend } from "./describe-trend.ts";

const DAY_MS = 86_400_000;

/** So many hours of a duration that grows by a share a day, with a little noise. */
const hours = (count: number, growth: number, noise = 0.01) =>
  Array.from({ length: count }, (_, at) => ({
    atMs: at * 3_600_000,
    value: (at / 24) * Math.log1p(growth) + Math.sin(at * 12.9898) * noise,
  }));

test.each([
  { name: "grows", points: hours(48, 0.1), trend: "regressing" },
  { name: "shrinks", points: hours(48, -0.1), trend: "improving" },
  { name: "stays", points: hours(48, 0), trend: "steady" },
  { name: "grows by next to nothing", points: hours(48, 0.005, 0.0001), trend: "steady" },
  { name: "grows among much noise", points: hours(48, 0.05, 1), trend: "steady" },
  { name: "is too short", points: hours(14, 0.5), trend: "unknown" },
] as const)("a series that $name", ({ points, trend }) => {
  expect(describeTrend(points).trend).toBe(trend);
});

test("property 10: the slope of an exact growth is that growth, whatever the unit and the gaps", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -0.3, max: 0.5, noNaN: true }),
      fc.uniqueArray(fc.integer({ min: 0, max: 40 * 24 }), { minLength: 15, maxLength: 60 }),
      fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      (growth, places, unit) => {
        const points = places
          .toSorted((a, b) => a - b)
          .map((hour) => ({ atMs: hour * 3_600_000, value: Math.log(unit) + (hour / 24) * Math.log1p(growth) }));
        const told = describeTrend(points);
        expect(told.slope_per_day).toBeCloseTo(growth, 9);
        const total = Math.log1p(growth) * (((points.at(-1)?.atMs ?? 0) - (points[0]?.atMs ?? 0)) / DAY_MS);
        if (Math.abs(total) > 0.051) expect(told.trend).toBe(growth > 0 ? "regressing" : "improving");
        if (Math.abs(total) < 0.048) expect(told.trend).toBe("steady");
      },
    ),
  );
});
