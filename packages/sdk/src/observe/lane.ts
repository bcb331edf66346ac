import { untilWholeSecond } from "@playhead/core";
import { type Budget, blended, type KeepingChange } from "../budget/budget.ts";
import { addTo, addUnsent, dataOf, MINUTE_MS, type TotalsBook } from "../budget/totals.ts";
import { enteringMs } from "../context.ts";
import { isoTime } from "../recorder/iso-time.ts";
import { capture, captureAll } from "../summary/capture.ts";
import type { SetTimer } from "../timer.ts";
import type { EndedExecution } from "./ended-execution.ts";
import {
  type Account,
  type Execution,
  type Lane,
  NOTHING,
  type Site,
  type SpanScope,
  type Watch,
} from "./execution.ts";
import { createExecutionChain } from "./execution-chain.ts";
import { createExecutionPool } from "./execution-pool.ts";
import { type Observation, type RecordMaker, traceIdOf } from "./execution-record.ts";
import { isNewest, type Reading, type Readings } from "./readings.ts";
import { plainSite } from "./site.ts";
import type { SpanIds } from "./span-ids.ts";
import { createWatchList } from "./watch-list.ts";

/** A lane as its Playhead has it. */
export interface OwnLane extends Lane {
  /** A call that others have measured. */
  takeEnded(execution: EndedExecution, scope: SpanScope): void;
  /** Makes records of calls that have ended. @returns whether there are more */
  drain(): boolean;
  /** A record of calls that could be neither sent nor kept: it is added up. @returns false when there is no room for that */
  addUp(observation: Observation): boolean;
  /** Hands on what calls add up to, of all minutes. */
  sendTotals(): void;
  /** Functions whose calls are not recorded one by one. */
  lowered(): readonly Account[];
  /** How many calls were added up so far. */
  summarizedCalls(): number;
  /** It took so long to send so many records. */
  noteSent(records: number, ms: number): void;
  close(): void;
}

export interface LaneOptions {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly clock: () => number;
  readonly setTimer: SetTimer;
  /** Asked for when the first call is recorded. */
  readonly ids: SpanIds;
  readonly maker: RecordMaker;
  readonly readings: Readings;
  readonly totals: TotalsBook;
  /** Null: whatever it costs. */
  readonly budget: Budget | null;
  /** Calls that wait to be made records of; what comes on top is added up. */
  readonly capacity: number;
  /** The first call waits; or a crowd of them. */
  readonly onWaiting: (isCrowd: boolean) => void;
  readonly record: (observation: Observation, importance: "execution" | "log") => void;
  /** Calls that have ended; the list is the taker's from then on. */
  readonly recordEnded: (observations: Observation[]) => void;
  readonly onKeepingChanged: (change: KeepingChange) => void;
}

/** So many records are made in one go, and then more for as long as this: it holds nobody up. */
const DRAINED_AT_ONCE = 1_000;
const DRAIN_MS = 4;
/** From then on it is said of a call that it runs. */
const LONG_MS = 1_000;
/** One call in so many has its own cost measured; after so many the budget is looked at. */
const MEASURED_ONE_IN = 64;
const CHECKED_AFTER = 256;
const MAX_ACCOUNTS = 10_000;
/** What a call is taken to cost before any was measured. */
const FIRST_GUESS_MS = { recorded: 0.002, summarized: 0.000_4, counted: 0.000_02 } as const;

export function createLane(options: LaneOptions): OwnLane {
  const { nowMs, clock, setTimer, ids, maker, readings, totals, budget, capacity } = options;
  const { onWaiting, record, recordEnded } = options;
  const waiting = createExecutionChain();
  const watchList = createWatchList();
  const pool = createExecutionPool();
  const accounts = new Map<string, Account>();
  const clockMs = readingClockMs(clock);
  const enterMs = enteringMs(clock);
  let active: Account[] = [];
  let lastSerial = 0;
  /** The call whose own cost is measured, and what its beginning cost. */
  let measured: Execution | null = null;
  let measuredMs = 0;
  let untilCheck = CHECKED_AFTER;
  let summarized = 0;
  /** The one that calls begin with. */
  let reading: Reading | null = null;
  let isOpen = true;
  let stopSweep: (() => void) | null = null;
  let stopTotals: (() => void) | null = null;

  function accountOf(site: Site): Account {
    const key = `${site.category} ${site.name}`;
    const account = accounts.get(key) ?? newAccount(site);
    if (accounts.size >= MAX_ACCOUNTS) accounts.clear();
    accounts.set(key, account);
    site.account = account;
    return account;
  }

  function newAccount({ name, category }: Site): Account {
    return {
      lane,
      name,
      category,
      keeping: "recorded",
      isAsync: false,
      calls: 0,
      untimedCalls: 0,
      untimedErrors: 0,
      untilMeasured: MEASURED_ONE_IN,
      totals: null,
      totalsUntilMs: 0,
      stacks: 0,
      stacksSecond: 0,
      costMs: { ...FIRST_GUESS_MS },
      changedMs: 0,
    };
  }

  function called(account: Account): void {
    if (account.calls === 0) active.push(account);
    account.calls += 1;
  }

  function end(execution: Execution, endMs: number): void {
    const { account, startReading } = execution;
    execution.durationMs = endMs - execution.startMs;
    if (startReading !== null) {
      // Not written again where it is there already, as at the beginning.
      const endReading = isNewest(startReading, endMs) ? startReading : readings.at(endMs);
      if (execution.endReading !== endReading) execution.endReading = endReading;
    }
    const { watch } = execution;
    if (watch?.isRunning === true) watchList.remove(execution, watch);
    wait(execution);
    if (account === null) return;
    if (execution === measured) {
      measured = null;
      const ownMs = measuredMs + clock() - endMs + (account.isAsync ? enterMs : 0);
      account.costMs.recorded = blended(account.costMs.recorded, ownMs, 0.2);
    }
    untilCheck -= 1;
    if (untilCheck <= 0) check(endMs);
  }

  function wait(execution: Execution): void {
    if (waiting.size() >= capacity) {
      const { account, site, startMs, durationMs } = execution;
      const minute = account === null ? openMinute(startMs, site) : minuteOf(account, startMs);
      addTo(minute, durationMs, hasFailed(execution) ? 1 : 0, 1);
      summarized += 1;
      pool.giveBack(execution);
      return;
    }
    waiting.push(execution);
    const size = waiting.size();
    if (size === 1 || size === DRAINED_AT_ONCE) onWaiting(size > 1);
  }

  function openMinute(startMs: number, { name, category }: Pick<Site, "name" | "category">) {
    const epochMs = startMs + nowMs() - clock();
    const minuteMs = Math.floor(epochMs / MINUTE_MS) * MINUTE_MS;
    stopTotals ??= setTimer(sendPastTotals, MINUTE_MS - (((epochMs % MINUTE_MS) + MINUTE_MS) % MINUTE_MS), false);
    return totals.open(name, category, minuteMs);
  }

  /** Mostly that of the call before: it is kept at hand. */
  function minuteOf(account: Account, startMs: number) {
    const { totals: known, totalsUntilMs } = account;
    if (known !== null && !known.isTaken && startMs < totalsUntilMs && startMs >= totalsUntilMs - MINUTE_MS)
      return known;
    const minute = openMinute(startMs, account);
    account.totals = minute;
    account.totalsUntilMs = minute.minuteMs + MINUTE_MS - (nowMs() - clock());
    return minute;
  }

  function sendPastTotals(): void {
    stopTotals = null;
    settleUntimed();
    sendTotalsBefore(Math.floor(nowMs() / MINUTE_MS) * MINUTE_MS);
    if (!totals.isEmpty()) stopTotals = setTimer(sendPastTotals, MINUTE_MS, false);
  }

  function sendTotalsBefore(minuteMs: number): void {
    for (const each of totals.takeBefore(minuteMs))
      record({ type: "function.summarized", ts: isoTime(each.minuteMs), data: dataOf(each) }, "log");
  }

  function check(atMs: number): void {
    untilCheck = CHECKED_AFTER;
    if (budget === null) return;
    const called = active;
    active = [];
    for (const change of budget.check(atMs, called)) options.onKeepingChanged(change);
  }

  /** Calls that were counted since the last that was timed. */
  function settleUntimed(): void {
    for (const account of budget?.lowered() ?? []) {
      if (account.untimedCalls === 0) continue;
      const minute = openMinute(clock(), account);
      minute.count += account.untimedCalls;
      minute.errors += account.untimedErrors;
      summarized += account.untimedCalls;
      account.untimedCalls = 0;
      account.untimedErrors = 0;
    }
  }

  function sweep(): void {
    stopSweep = null;
    const atMs = clock();
    const now = readings.at(atMs);
    for (let execution = watchList.first(); execution !== null; execution = execution.next) {
      if (atMs - execution.startMs < LONG_MS) break;
      const watch = execution.watch as Watch;
      watch.peakBytes = Math.max(watch.peakBytes, now.memoryBytes);
      watch.loopDelayMs = Math.max(watch.loopDelayMs, now.loopDelayMs);
      if (!watch.isSaid) say(execution, watch);
    }
    if (watchList.first() !== null && isOpen) stopSweep = setTimer(sweep, untilWholeSecond(nowMs()), false);
  }

  function say(execution: Execution, watch: Watch): void {
    watch.isSaid = true;
    record(maker.started(execution, nowMs() - clock()), "execution");
  }

  const lane: OwnLane = {
    clock,
    isOpen: () => isOpen,
    accountOf,
    begin(account, site, scope, args) {
      account.untilMeasured -= 1;
      const isMeasured = account.untilMeasured <= 0;
      const enteredMs = isMeasured ? clock() : 0;
      called(account);
      lastSerial += 1;
      const execution = pool.take(site);
      execution.account = account;
      execution.serial = lastSerial;
      execution.parent = scope.span;
      execution.root = scope.root === 0 ? lastSerial : scope.root;
      execution.scope = scope;
      if (site.takesParameters) execution.parameters = captureAll(args);
      let startMs = clock();
      if (site.takesCost) {
        if (reading === null || !isNewest(reading, startMs)) reading = readings.at(startMs);
        // Mostly the one that it had in its last use: to write it again, an old object's field with a young one, costs more.
        if (execution.startReading !== reading) execution.startReading = reading;
        // It took its time.
        if (reading.atMs === startMs) startMs = clock();
      } else execution.startReading = null;
      execution.startMs = startMs;
      if (isMeasured) {
        account.untilMeasured = MEASURED_ONE_IN;
        measured = execution;
        measuredMs = startMs - enteredMs;
      }
      return execution;
    },
    watch(execution, isSaidAtOnce) {
      const watch = watchList.add(execution);
      if (isSaidAtOnce) say(execution, watch);
      stopSweep ??= setTimer(sweep, untilWholeSecond(nowMs()), false);
    },
    complete(execution, result) {
      const endMs = clock();
      if (result !== undefined && execution.site.takesResult) execution.result = capture(result);
      end(execution, endMs);
    },
    fail(execution, error) {
      const endMs = clock();
      execution.error = error;
      end(execution, endMs);
    },
    add(account, startMs, errors, weight) {
      const endMs = clock();
      called(account);
      if (weight > 1) account.calls += weight - 1;
      addTo(minuteOf(account, startMs), endMs - startMs, errors, weight);
      summarized += weight;
      account.untilMeasured -= 1;
      if (account.untilMeasured <= 0) {
        account.untilMeasured = MEASURED_ONE_IN;
        account.costMs.summarized = blended(account.costMs.summarized, clock() - endMs + clockMs, 0.2);
        account.costMs.counted = FIRST_GUESS_MS.counted + account.costMs.summarized / weight;
      }
      untilCheck -= 1;
      if (untilCheck <= 0) check(endMs);
    },
    traceOf({ span, root, place, origin }) {
      return {
        trace_id: traceIdOf(place, origin) ?? (root === 0 ? "" : ids.trace(root)),
        span_id: span === 0 ? (origin?.span_id ?? null) : ids.span(span),
      };
    },
    takeEnded(given, scope) {
      lastSerial += 1;
      const execution = pool.take(plainSite(given.name, given.category));
      execution.account = null;
      execution.startReading = null;
      execution.serial = lastSerial;
      execution.parent = scope.span;
      execution.root = scope.root === 0 ? lastSerial : scope.root;
      execution.scope = scope;
      execution.startMs = given.startMs - (nowMs() - clock());
      execution.durationMs = given.durationMs;
      execution.metadata = given.metadata ?? null;
      execution.given = given;
      wait(execution);
    },
    drain() {
      const startMs = clock();
      const offsetMs = nowMs() - startMs;
      let made = 0;
      do {
        const portion = new Array<Observation>(Math.min(DRAINED_AT_ONCE, waiting.size()));
        for (let at = 0; at < portion.length; at++) {
          const execution = waiting.shift() as Execution;
          portion[at] = maker.ended(execution, offsetMs);
          pool.giveBack(execution);
        }
        recordEnded(portion);
        made += portion.length;
      } while (waiting.size() > 0 && clock() - startMs < DRAIN_MS);
      const endMs = clock();
      budget?.noteSending("made", made, endMs - startMs);
      check(endMs);
      return waiting.size() > 0;
    },
    addUp({ type, ts, data }) {
      const minuteOf = (site: Pick<Site, "name" | "category">) => openMinute(Date.parse(ts) - nowMs() + clock(), site);
      if (type === "function.summarized") {
        if (totals.isFull()) return false;
        addUnsent(minuteOf(data), data);
      } else if (type === "function.completed" || type === "function.failed") {
        addTo(minuteOf(data), data.duration_ms, data.error === undefined ? 0 : 1, 1);
        summarized += 1;
      }
      return true;
    },
    sendTotals() {
      settleUntimed();
      sendTotalsBefore(Number.POSITIVE_INFINITY);
    },
    lowered: () => budget?.lowered() ?? [],
    summarizedCalls: () => summarized,
    noteSent: (records, ms) => budget?.noteSending("sent", records, ms),
    close() {
      isOpen = false;
      stopSweep?.();
      stopTotals?.();
    },
  };
  return lane;
}

function hasFailed({ given, error }: Execution): boolean {
  return given === null ? error !== NOTHING : given.error !== undefined;
}

/** What looking at the clock costs. */
function readingClockMs(clock: () => number): number {
  const startMs = clock();
  for (let times = 0; times < 62; times++) clock();
  return (clock() - startMs) / 63;
}
