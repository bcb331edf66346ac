import type { Account, Keeping } from "../observe/execution.ts";

/**
 * Holds what the monitoring costs to a share of the time. What one call costs is known from those that are measured; what
 * is spent is that times the calls. A burst is let through, as long as any second holds the ceiling; after that, the
 * functions that cost the most are kept with less, until the rest is within the share:
 *
 *     recorded ──► summarized ──► counted          a step down when over the budget,
 *        ◄────────────◄─────────────              a step up when half of it would do, after a calm while
 */
export interface Budget {
  /** Spent on something that is no single call. */
  charge(ms: number): void;
  /**
   * Settles what was spent since it was last asked.
   * @param accounts those that were called since
   * @returns the accounts whose keeping was changed
   */
  check(nowMs: number, accounts: readonly Account[]): readonly KeepingChange[];
  /** What a call costs, in milliseconds, if it is kept this way. */
  costOf(account: Account, keeping: Keeping): number;
  /** Records were made of calls, or sent: it took so long. */
  noteSending(stage: "made" | "sent", records: number, ms: number): void;
  /** The accounts that are not recorded call by call. */
  lowered(): readonly Account[];
  report(): BudgetReport;
}

/** A function whose calls are from now on kept otherwise. */
export interface KeepingChange {
  readonly account: Account;
  readonly from: Keeping;
  readonly callsPerSecond: number;
}

/** What the monitoring costs. */
export interface BudgetReport {
  /** Spent since the start, in milliseconds: measured in part, so an estimate. */
  readonly spentMs: number;
  /** Of the last whole second, 0..1. */
  readonly share: number;
}

export interface BudgetSettings {
  /** Of run time, 0..1. @defaultValue 0.02 */
  readonly share: number;
  /** What bursts may reach within any second, 0..1. @defaultValue 0.05 */
  readonly ceiling: number;
}

/** A step up is taken after so long without a change. */
const CALM_MS = 10_000;
/** Rates are looked at over this much time at least, but for when there is no time to lose. */
const WINDOW_MS = 1_000;
/** What is owed beyond this is forgiven: it will not be made good by recording nothing. */
const MOST_OWED_MS = 30;
/** So much of the budget is to be left by a step down, and by a step up. */
const AIM = 0.8;
const ROOMY = 0.5;
const LESS = { recorded: "summarized", summarized: "counted", counted: "counted" } as const;
const MORE = { recorded: "recorded", summarized: "recorded", counted: "summarized" } as const;

/** What a record costs once its call has ended, in milliseconds: to be made, and to be sent. */
export interface SendingCost {
  readonly made: number;
  readonly sent: number;
}

/** @param sending what a record is taken to cost before any was made: they are, once the program leaves time for it */
export function createBudget(
  { share, ceiling }: BudgetSettings,
  startMs: number,
  sending: SendingCost = { made: 0, sent: 0 },
): Budget {
  const burstMs = Math.max(0, ceiling - share) * 1_000;
  /** What may be spent now; below zero it is owed. */
  let leftMs = burstMs;
  let spentMs = 0;
  let chargedMs = 0;
  let lastMs = startMs;
  let windowStartMs = startMs;
  let windowSpentMs = 0;
  let lastShare = 0;
  /** Of one record, once its call has ended: running averages. */
  const sendingMs = { ...sending };
  const callsInWindow = new Map<Account, number>();
  const lowered = new Set<Account>();

  const costOf = (account: Account, keeping: Keeping) =>
    account.costMs[keeping] + (keeping === "recorded" ? sendingMs.made + sendingMs.sent : 0);

  function change(account: Account, keeping: Keeping, nowMs: number): void {
    account.keeping = keeping;
    account.changedMs = nowMs;
    if (keeping === "recorded") lowered.delete(account);
    else lowered.add(account);
  }

  function settle(nowMs: number, accounts: readonly Account[]): void {
    let spent = chargedMs;
    chargedMs = 0;
    for (const account of accounts) {
      spent += account.calls * costOf(account, account.keeping);
      callsInWindow.set(account, (callsInWindow.get(account) ?? 0) + account.calls);
      account.calls = 0;
    }
    spentMs += spent;
    windowSpentMs += spent;
    leftMs = Math.min(burstMs, Math.max(-MOST_OWED_MS, leftMs + (nowMs - lastMs) * share - spent));
    lastMs = nowMs;
  }

  function newWindow(nowMs: number): void {
    windowStartMs = nowMs;
    windowSpentMs = 0;
    callsInWindow.clear();
  }

  /** Takes steps down, the dearest first, until what goes on at this rate fits. */
  function lower(nowMs: number): KeepingChange[] {
    const elapsedMs = Math.max(nowMs - windowStartMs, 0.001);
    const rows = [...callsInWindow].map(([account, calls]) => ({
      account,
      perMs: calls / elapsedMs,
      from: account.keeping,
    }));
    const rateOf = ({ account, perMs }: (typeof rows)[number]) => perMs * costOf(account, account.keeping);
    let total = rows.reduce((sum, row) => sum + rateOf(row), 0);
    if (total <= share) return [];
    while (total > share * AIM) {
      const dearest = rows
        .filter(({ account }) => lessOf(account) !== account.keeping)
        .reduce<(typeof rows)[number] | null>(
          (top, row) => (top === null || rateOf(row) > rateOf(top) ? row : top),
          null,
        );
      if (dearest === null) break;
      total -= rateOf(dearest);
      change(dearest.account, lessOf(dearest.account), nowMs);
      total += rateOf(dearest);
    }
    return rows
      .filter(({ account, from }) => account.keeping !== from)
      .map(({ account, from, perMs }) => ({ account, from, callsPerSecond: perMs * 1_000 }));
  }

  /** Takes one step up, of the function that costs the least by it, if there is room for it. */
  function raise(nowMs: number): KeepingChange[] {
    const elapsedMs = nowMs - windowStartMs;
    let cheapest: { readonly account: Account; readonly extra: number; readonly perMs: number } | null = null;
    for (const account of lowered) {
      const next = MORE[account.keeping];
      if (nowMs - account.changedMs < CALM_MS) continue;
      const perMs = (callsInWindow.get(account) ?? 0) / elapsedMs;
      const extra = perMs * (costOf(account, next) - costOf(account, account.keeping));
      if (cheapest === null || extra < cheapest.extra) cheapest = { account, extra, perMs };
    }
    if (cheapest === null || windowSpentMs / elapsedMs + cheapest.extra > share * ROOMY) return [];
    const { account, perMs } = cheapest;
    const from = account.keeping;
    change(account, MORE[from], nowMs);
    return [{ account, from, callsPerSecond: perMs * 1_000 }];
  }

  return {
    charge(ms) {
      chargedMs += ms;
    },
    check(nowMs, accounts) {
      settle(nowMs, accounts);
      const isWindowOver = nowMs - windowStartMs >= WINDOW_MS;
      const changes = leftMs < 0 ? lower(nowMs) : isWindowOver ? raise(nowMs) : [];
      if (isWindowOver) lastShare = windowSpentMs / (nowMs - windowStartMs);
      if (isWindowOver || changes.length > 0) newWindow(nowMs);
      return changes;
    },
    costOf,
    noteSending(stage, records, ms) {
      if (records > 0) sendingMs[stage] = blended(sendingMs[stage], ms / records, 0.2);
    },
    lowered: () => [...lowered],
    report: () => ({ spentMs, share: lastShare }),
  };
}

/** Of a call that goes on after it has returned the end is awaited anyway: to count it alone would save little. */
function lessOf({ keeping, isAsync }: Account): Keeping {
  return isAsync && keeping === "summarized" ? keeping : LESS[keeping];
}

/** A running average that a single odd value, such as of a call that met the garbage collector, does not spoil. */
export function blended(average: number, value: number, weight: number): number {
  return average + (Math.min(value, average * 4 + 0.000_1) - average) * weight;
}
