import { ALERT_LEVELS, type AlertLevel, type AlertState } from "@playhead/core";
import type { AlertsQuery } from "../../alerts/alerts-api.ts";

/** What the history shows: kept in the address, so that a link restores it. */
export interface HistoryView {
  readonly level: AlertLevel | null;
  readonly state: AlertState | null;
  /** The id of a rule. */
  readonly rule: string | null;
  readonly since: (typeof SINCES)[number]["name"] | null;
}

const HOUR_MS = 3_600_000;
/** The stretches of time that are offered. */
export const SINCES = [
  { name: "24h", word: "Last 24 hours", ms: 24 * HOUR_MS },
  { name: "7d", word: "Last 7 days", ms: 7 * 24 * HOUR_MS },
  { name: "30d", word: "Last 30 days", ms: 30 * 24 * HOUR_MS },
] as const;

const STATES = ["pending", "firing", "resolved"] as const;

/** Reads the address; what it does not know it leaves out. */
export function readHistoryView(search: URLSearchParams): HistoryView {
  return {
    level: ALERT_LEVELS.find((level) => level === search.get("level")) ?? null,
    state: STATES.find((state) => state === search.get("state")) ?? null,
    rule: search.get("rule") || null,
    since: SINCES.find(({ name }) => name === search.get("since"))?.name ?? null,
  };
}

/** The address of a view. */
export function writeHistoryView(view: HistoryView): URLSearchParams {
  const said = Object.entries(view).filter((entry): entry is [string, string] => entry[1] !== null);
  return new URLSearchParams(said);
}

/** What the server is asked for a view. */
export function historyQuery({ level, state, rule, since }: HistoryView, nowMs: number): AlertsQuery {
  const span = SINCES.find(({ name }) => name === since);
  return {
    ...(level !== null && { level: [level] }),
    ...(state !== null && { state: [state] }),
    ...(rule !== null && { rule_id: rule }),
    ...(span !== undefined && { from: new Date(nowMs - span.ms).toISOString() }),
  };
}
