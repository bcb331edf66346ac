import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { allReports, openReportWorld, TENANT } from "../../test/report-world.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { csvRow } from "../export/csv.ts";
import { renderReport } from "./render/render-report.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TWO_YEARS_MS = 731 * DAY_MS;
/** Clocks that change at night, at midnight, by half an hour, around Ramadan, in the south, and not at all. */
const ZONES = [
  "UTC",
  "Europe/Rome",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Africa/Casablanca",
  "Pacific/Auckland",
  "Asia/Kolkata",
];

const anyLife = fc.record({
  /** How long the server is up, and how often it looks meanwhile. */
  upHours: fc.integer({ min: 1, max: 24 * 60 }),
  lookHours: fc.integer({ min: 7, max: 60 }),
  /** How long it is down afterwards. */
  downHours: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 48 }) },
    { weight: 1, arbitrary: fc.integer({ min: 24 * 7, max: 24 * 40 }) },
  ),
  /** A crash in the midst of something: at which of the writes to the store. */
  diesAtWrite: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 12 })),
});

/** What a week's report is of, and when it is due: by the calendar alone. */
function weeksOf(zone: string, fromMs: number, toMs: number) {
  const weeks: { readonly from: string; readonly to: string; readonly dueMs: number }[] = [];
  const first = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(zone).toPlainDate();
  for (let day = first.subtract({ days: first.dayOfWeek - 1 }); ; day = day.add({ weeks: 1 })) {
    const at = (date: Temporal.PlainDate, time = "00:00") =>
      date.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds;
    const dueMs = at(day, "06:00");
    if (dueMs > toMs) return weeks;
    const iso = (ms: number) => new Date(ms).toISOString();
    if (dueMs > fromMs) weeks.push({ from: iso(at(day.subtract({ weeks: 1 }))), to: iso(at(day)), dueMs });
  }
}

test("property 16: over two years, whatever the zone, downtime and crashes, each week has one report, in PDF, and none has two", async () => {
  const anyRun = fc.record({
    zone: fc.constantFrom(...ZONES),
    startMs: fc.integer({ min: Date.UTC(2025, 11, 1), max: Date.UTC(2026, 2, 1) }),
    lives: fc.array(anyLife, { minLength: 8, maxLength: 30, size: "max" }),
  });
  let sampled = 0;
  await fc.assert(
    fc.asyncProperty(anyRun, async ({ zone, startMs, lives }) => {
      const world = await openReportWorld(tempFolder(), { timeZone: zone, startMs });
      const { clock, store } = world;
      try {
        const endMs = startMs + TWO_YEARS_MS;
        await world.live({ timeZone: zone }).schedules.give(TENANT);
        // Days are another test's: they would be seven times the work.
        await store.removeDocument("report_schedules", `sch_daily_${TENANT}`);
        for (let life = 0; clock.nowMs < endMs; life += 1) {
          const { upHours, lookHours, downHours, diesAtWrite } = lives[life % lives.length] as (typeof lives)[number];
          const process = world.live({ timeZone: zone, diesAtWrite });
          await process.schedules.give(TENANT).catch(() => undefined);
          const downMs = Math.min(endMs, clock.nowMs + upHours * HOUR_MS);
          for (; clock.nowMs < downMs; clock.nowMs += lookHours * HOUR_MS) await process.runner.run();
          clock.nowMs += downHours * HOUR_MS;
        }
        const last = world.live({
          timeZone: zone,
          // One is drawn as people get it.
          draw: async (report) => {
            sampled += 1;
            return renderReport(report, csvRow);
          },
        });
        clock.nowMs = Math.max(clock.nowMs, endMs) + 8 * DAY_MS;
        await last.runner.run();

        const weeks = weeksOf(zone, startMs, clock.nowMs);
        const reports = (await allReports(last.reports.list)).toReversed();
        expect(reports.map(({ from, to }) => ({ from, to }))).toEqual(weeks.map(({ from, to }) => ({ from, to })));
        for (const [at, report] of reports.entries()) {
          expect(report).toMatchObject({ kind: "weekly", status: "made", time_zone: zone });
          expect(Date.parse(report.created_at)).toBeGreaterThanOrEqual(weeks[at]?.dueMs ?? Number.POSITIVE_INFINITY);
          expect(await last.reports.readFile(TENANT, report.report_id, "pdf")).not.toBeNull();
        }
        const newest = await last.reports.readFile(TENANT, reports.at(-1)?.report_id ?? "", "pdf");
        expect(newest?.subarray(0, 8).toString()).toBe("%PDF-1.7");
      } finally {
        await world.close();
      }
    }),
    { numRuns: 2 },
  );
  expect(sampled).toBeGreaterThan(0);
});

async function setup(timeZone: string, startMs: number) {
  const world = await openReportWorld(tempFolder(), { timeZone, startMs });
  onTestFinished(() => world.close());
  return world;
}

test.each([
  { zone: "Europe/Rome", from: "2026-03-20", to: "2026-04-08" },
  { zone: "Europe/Rome", from: "2026-10-15", to: "2026-11-05" },
  { zone: "Australia/Lord_Howe", from: "2026-03-25", to: "2026-04-15" },
  { zone: "America/Santiago", from: "2026-08-30", to: "2026-09-15" },
])(
  "each day has one report, also one due at a time that a change of clocks leaves out or repeats: $zone, $from",
  async ({ zone, from, to }) => {
    const dayOf = (date: Temporal.PlainDate) => date.toZonedDateTime(zone).epochMilliseconds;
    const world = await setup(zone, dayOf(Temporal.PlainDate.from(from)));
    const { reports, schedules, runner } = world.live({ timeZone: zone });
    await schedules.create(TENANT, { kind: "daily", cron: "30 2 * * *" });
    for (; world.clock.nowMs < dayOf(Temporal.PlainDate.from(to)); world.clock.nowMs += HOUR_MS) await runner.run();
    const days: string[] = [];
    for (let day = Temporal.PlainDate.from(from).subtract({ days: 1 }); `${day}` < to; day = day.add({ days: 1 })) {
      days.push(`${day}`);
    }
    const made = (await allReports(reports.list)).toReversed();
    const dateOf = (iso: string) => Temporal.Instant.from(iso).toZonedDateTimeISO(zone).toPlainDate().toString();
    expect(made.map((report) => dateOf(report.from))).toEqual(days.slice(0, -1));
    for (const report of made)
      expect(dateOf(report.to)).toBe(`${Temporal.PlainDate.from(dateOf(report.from)).add({ days: 1 })}`);
  },
);

test("of those that were missed, people hear of the last one only", async () => {
  const world = await setup("UTC", Date.UTC(2026, 10, 1));
  const { schedules, runner, reports } = world.live({ timeZone: "UTC" });
  await schedules.create(TENANT, { kind: "weekly", send_to: ["ops"] });
  world.clock.nowMs = Date.UTC(2026, 10, 25);
  await runner.run();
  await runner.run();
  expect(await allReports(reports.list)).toHaveLength(4);
  expect(world.sent.map(({ channels, report }) => [channels, report.from])).toEqual([
    [["ops"], "2026-11-16T00:00:00.000Z"],
  ]);
});

test("one that fails is kept as failed, made again later, and after three tries the next one has its turn", async () => {
  const world = await setup("UTC", Date.UTC(2026, 10, 1));
  const broken = world.live({ timeZone: "UTC", draw: () => Promise.reject(new Error("no ink")) });
  await broken.schedules.create(TENANT, { kind: "weekly", send_to: ["ops"] });
  world.clock.nowMs = Date.UTC(2026, 10, 3);
  for (let run = 0; run < 4; run += 1) {
    await broken.runner.run();
    world.clock.nowMs += 10 * 60_000;
  }
  const [failed, ...others] = await allReports(broken.reports.list);
  expect(others).toEqual([]);
  expect(failed).toMatchObject({ status: "failed", formats: [], error: expect.stringContaining("log says why") });
  expect(world.errors.map(String)).toEqual(Array.from({ length: 3 }, () => "Error: no ink"));
  expect(world.sent).toEqual([]);
  expect(await broken.reports.readFile(TENANT, failed?.report_id ?? "", "pdf")).toBeNull();
});

test("one that failed is made when that is over, under the same id", async () => {
  const world = await setup("UTC", Date.UTC(2026, 10, 1));
  const broken = world.live({ timeZone: "UTC", draw: () => Promise.reject(new Error("no ink")) });
  await broken.schedules.create(TENANT, { kind: "weekly" });
  world.clock.nowMs = Date.UTC(2026, 10, 3);
  await broken.runner.run();
  const [failed] = await allReports(broken.reports.list);
  const mended = world.live({ timeZone: "UTC" });
  await mended.runner.run();
  expect(await allReports(mended.reports.list)).toMatchObject([{ report_id: failed?.report_id, status: "made" }]);
});

test("the server's own schedules go by its zone, also when that changes; a week is not told of twice for it", async () => {
  const world = await setup("UTC", Date.UTC(2026, 10, 1));
  const before = world.live({ timeZone: "Pacific/Auckland" });
  await before.schedules.give(TENANT);
  await before.schedules.remove(TENANT, `sch_daily_${TENANT}`);
  // Monday, the 9th, 06:00 is in New Zealand half a day before it is in New York.
  world.clock.nowMs = Date.UTC(2026, 10, 8, 20);
  await before.runner.run();
  const after = world.live({ timeZone: "America/New_York" });
  await after.schedules.give(TENANT);
  world.clock.nowMs = Date.UTC(2026, 10, 17);
  await after.runner.run();
  const zones = (await allReports(after.reports.list)).map(({ time_zone, from }) => [time_zone, from.slice(0, 10)]);
  expect(zones).toEqual([
    ["America/New_York", "2026-11-09"],
    ["Pacific/Auckland", "2026-11-01"],
    ["Pacific/Auckland", "2026-10-25"],
  ]);
  // What was removed does not come back.
  expect((await after.schedules.list(TENANT)).map(({ kind }) => kind)).toEqual(["weekly"]);
});
