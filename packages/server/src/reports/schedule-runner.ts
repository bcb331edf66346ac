import type { ReportInfo } from "@playhead/core";
import { type After, afterByTimer } from "../outbound/after.ts";
import { reportIdOf } from "./report-id.ts";
import { ALL } from "./report-query.ts";
import { lastPeriod, periodEnd, periodName } from "./report-range.ts";
import type { ReportShelf } from "./report-shelf.ts";
import type { Reports } from "./reports.ts";
import { nextDueMs } from "./schedule-times.ts";
import type { KeptSchedule, Schedules } from "./schedules.ts";

export interface RunnerDeps {
  readonly schedules: Pick<Schedules, "all" | "noteDone">;
  readonly reports: Pick<Reports, "makeScheduled">;
  readonly shelf: Pick<ReportShelf, "find">;
  /** Tells people of a report; the same one any number of times. */
  readonly send: (tenantId: string, channels: readonly string[], report: ReportInfo) => Promise<void>;
  readonly nowMs: () => number;
  readonly onError: (error: unknown, scheduleId: string) => void;
  /** @defaultValue a timer */
  readonly after?: After;
}

/** Clocks are set, machines sleep: it looks at least so often. */
const LOOK_MS = 60_000;
/** A report that failed is made again after so long, so often; then the next one has its turn. */
const RETRY_MS = 5 * 60_000;
const MOST_TRIES = 3;

/**
 * Makes reports when they are due, and after a downtime those that were missed, the oldest first. What was due is done in
 * three steps, each of which may be the last before a crash: the report is made under an id that is the schedule's and the
 * period's alone, people are told of it, and the schedule is moved on. So a period has one report, never two, and is left
 * out by nothing.
 */
export function createScheduleRunner(deps: RunnerDeps) {
  const { schedules, reports, shelf, send, nowMs, onError, after = afterByTimer } = deps;
  /** By the schedule, how often what is due has failed. */
  const failures = new Map<string, { readonly tries: number; readonly againMs: number }>();
  let underWay: Promise<void> = Promise.resolve();
  let isClosed = false;
  let cancelTimer = () => {};

  async function runAll(): Promise<void> {
    for (const kept of await schedules.all()) {
      try {
        await catchUp(kept);
      } catch (error) {
        onError(error, kept.schedule.schedule_id);
      }
    }
  }

  async function catchUp(kept: KeptSchedule): Promise<void> {
    const { schedule_id: scheduleId, cron, time_zone: timeZone } = kept.schedule;
    if ((failures.get(scheduleId)?.againMs ?? 0) > nowMs()) return;
    let dueMs = nextDueMs(cron, timeZone, kept.doneMs);
    while (dueMs !== null && dueMs <= nowMs() && !isClosed) {
      const nextMs = nextDueMs(cron, timeZone, dueMs);
      const isLast = nextMs === null || nextMs > nowMs();
      if (!(await makeDue(kept, dueMs, isLast))) return;
      await schedules.noteDone(scheduleId, dueMs);
      dueMs = nextMs;
    }
  }

  /** @returns whether it is done with, be it in vain */
  async function makeDue({ tenantId, schedule }: KeptSchedule, dueMs: number, isLast: boolean): Promise<boolean> {
    const { schedule_id: scheduleId, kind, time_zone: timeZone, send_to: channels } = schedule;
    const range = lastPeriod(kind, timeZone, dueMs);
    const name = periodName(range, timeZone);
    const reportId = reportIdOf(Date.parse(`${periodEnd(range, timeZone)}T00:00:00Z`), `${scheduleId} ${name}`);
    const there = (await shelf.find(reportId))?.info;
    const report =
      there?.status === "made"
        ? there
        : await reports.makeScheduled({ tenantId, kind, range, timeZone, filter: ALL }, { scheduleId, reportId });
    if (report.status === "failed") return isGivenUp(scheduleId);
    failures.delete(scheduleId);
    // Of many that were missed, people want to hear of the last.
    if (isLast && channels.length > 0) await send(tenantId, channels, report);
    return true;
  }

  function isGivenUp(scheduleId: string): boolean {
    const tries = (failures.get(scheduleId)?.tries ?? 0) + 1;
    if (tries < MOST_TRIES) {
      failures.set(scheduleId, { tries, againMs: nowMs() + RETRY_MS });
      return false;
    }
    failures.delete(scheduleId);
    return true;
  }

  /** Makes all that is due; one run at a time. */
  function run(): Promise<void> {
    underWay = underWay.then(runAll).catch((error: unknown) => onError(error, "all"));
    return underWay;
  }

  async function loop(): Promise<void> {
    await run();
    if (!isClosed) cancelTimer = after(LOOK_MS, start);
  }

  function start(): void {
    loop().catch((error: unknown) => onError(error, "all"));
  }

  return {
    run,
    /** Runs by itself from then on. */
    start,
    async close(): Promise<void> {
      isClosed = true;
      cancelTimer();
      await underWay;
    },
  };
}
