import type { BudgetSettings, KeepingChange, SendingCost } from "../budget/budget.ts";
import { createBudget } from "../budget/budget.ts";
import { createTotalsBook } from "../budget/totals.ts";
import { createSummaries, type Summaries } from "../summary/summary.ts";
import type { SetTimer } from "../timer.ts";
import type { Keeping } from "./execution.ts";
import { createRecordMaker, type Observation } from "./execution-record.ts";
import { createLane, type OwnLane } from "./lane.ts";
import { createObserver, laneOf, type Observer } from "./observer.ts";
import { openLane } from "./process-lane.ts";
import { createReadings, type Meters } from "./readings.ts";
import { createSpanIds } from "./span-ids.ts";

/** What is recorded of calls, and what that may cost. */
export interface MonitoringOptions {
  /** False: calls of instrumented functions are not recorded; they cost next to nothing. @defaultValue true */
  readonly enabled?: boolean;
  /** What recording calls may cost; false: whatever it takes. */
  readonly budget?: Partial<BudgetSettings> | false;
  /** Names of yours that mean a secret, beside `password`, `token` and their like; in any spelling. */
  readonly secrets?: readonly string[];
  /** Calls that wait in memory to be sent; what comes on top is added up. @defaultValue 16 384 */
  readonly capacity?: number;
  /** Milliseconds, with fractions, from any start. @defaultValue the platform's */
  readonly clock?: () => number;
  /** Processor time, memory and the event loop's delay. @defaultValue those of this process */
  readonly meters?: Meters;
}

/** What the monitoring of calls costs, and what it leaves out. */
export interface MonitoringReport {
  readonly is_enabled: boolean;
  /** Spent on it since the start: measured in part, so an estimate. */
  readonly own_cost_ms: number;
  /** Of run time, 0..1, over the last second. */
  readonly own_cost_share: number;
  /** Of run time, 0..1; null: whatever it takes. */
  readonly budget_share: number | null;
  /** Calls that were added up instead of recorded one by one. */
  readonly summarized_calls: number;
  /** Functions that are added up now. */
  readonly summarized_functions: readonly { readonly name: string; readonly keeping: Exclude<Keeping, "recorded"> }[];
  /** Facts and log lines that are lost: there was no room for them while the server was away, or it refused their batch. */
  readonly lost_records: number;
}

/** The part of a Playhead that observes. */
export interface Monitoring {
  readonly observer: Observer;
  /** Null when calls are not recorded. */
  readonly lane: OwnLane | null;
  report(): Omit<MonitoringReport, "lost_records">;
  /** Takes secrets out, also those that the user has named. */
  readonly summaries: Summaries;
  close(): void;
}

export interface MonitoringDeps {
  readonly options: MonitoringOptions;
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  readonly randomId: () => string;
  /** Calls wait to be made records of. */
  readonly onWaiting: (isCrowd: boolean) => void;
  readonly record: (observation: Observation, importance: "execution" | "log") => void;
  /** Calls that have ended; the list is the taker's from then on. */
  readonly recordEnded: (observations: Observation[]) => void;
}

const CAPACITY = 16_384;
const BUDGET: BudgetSettings = { share: 0.02, ceiling: 0.05 };
/** The first records are made by code that has not run yet: ten times what they cost later. */
const FIRST_SENDING_MS: SendingCost = { made: 0.004, sent: 0.001 };

export function createMonitoring(deps: MonitoringDeps): Monitoring {
  const { options, nowMs, setTimer, randomId, onWaiting, record, recordEnded } = deps;
  const { clock = performance.now.bind(performance), enabled = true } = options;
  const settings = options.budget === false ? null : { ...BUDGET, ...options.budget };
  const budget = settings === null ? null : createBudget(settings, clock(), FIRST_SENDING_MS);
  const summaries = createSummaries(options.secrets);
  const lane = enabled ? makeLane() : null;
  const observer = createObserver({ lane, nowMs, summaries, record });
  const closeLane = lane === null ? () => undefined : openLane(lane);
  if (lane !== null) laneOf(observer, lane);

  function makeLane(): OwnLane {
    const ids = createSpanIds(randomId);
    return createLane({
      nowMs,
      clock,
      setTimer,
      ids,
      maker: createRecordMaker({ ids, summaries }),
      readings: createReadings(options.meters),
      totals: createTotalsBook(),
      budget,
      capacity: options.capacity ?? CAPACITY,
      onWaiting,
      record,
      recordEnded,
      onKeepingChanged: (change) => observer.log(lineAbout(change)),
    });
  }

  return {
    observer,
    lane,
    summaries,
    report() {
      const { spentMs, share } = budget?.report() ?? { spentMs: 0, share: 0 };
      return {
        is_enabled: enabled,
        own_cost_ms: spentMs,
        own_cost_share: share,
        budget_share: settings?.share ?? null,
        summarized_calls: lane?.summarizedCalls() ?? 0,
        summarized_functions: (lane?.lowered() ?? []).flatMap(({ name, keeping }) =>
          keeping === "recorded" ? [] : [{ name, keeping }],
        ),
      };
    },
    close() {
      closeLane();
      lane?.close();
    },
  };
}

const SAID: Record<Keeping, string> = {
  recorded: "each call is recorded again",
  summarized: "its calls are added up by the minute",
  counted: "its calls are counted, and one in 64 is timed",
};

/** Says openly that less is recorded than was asked for, or all of it again. */
function lineAbout({ account: { name, keeping }, from, callsPerSecond }: KeepingChange) {
  const calls_per_second = Math.round(callsPerSecond);
  const isLess = keeping === "counted" || from === "recorded";
  const why = isLess ? `is called ${calls_per_second} times a second, over the budget for monitoring` : "is calm again";
  return {
    level: isLess ? ("warning" as const) : ("info" as const),
    logger: "playhead",
    function_name: name,
    message: `${name} ${why}: ${SAID[keeping]}`,
    fields: { keeping, calls_per_second },
  };
}
