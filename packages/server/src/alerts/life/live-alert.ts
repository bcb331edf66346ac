import type { Alert } from "@playhead/core";
import type { AlertRow } from "../../store/alert-store.ts";

/** What the life of an alert goes by, beside what people see of it. All moments in ms. */
export type AlertMemory = {
  /** Since when its condition has held, for rules that wait before they tell. */
  readonly heldSinceMs: number;
  /** Since when its condition has been over without a break, while it fires. */
  readonly overSinceMs: number | null;
  /** When it fired in the hour before it fired last, oldest first, that one included. */
  readonly firedMs: readonly number[];
  /** It fired too often: until it has been stable it is one and the same alert, however often it is over and fires again. */
  readonly isFlapping: boolean;
  /** When it last fired, or was over. */
  readonly changedMs: number;
  /** The incident that it is told with; null before it has fired. */
  readonly groupKey: string | null;
  /** Since when nothing keeps it from being told of; null while something does, or it does not fire. */
  readonly tellableSinceMs: number | null;
  /** When its labels were last told of, by an incident that it is not in any more. */
  readonly toldMs: number | null;
};

/** An alert with its memory. */
export interface LiveAlert extends AlertRow {
  readonly memory: AlertMemory;
}

/** As the alerts engine stored it; what an older one did not remember is as of an alert that was never told. */
export function liveAlertOf(row: AlertRow): LiveAlert {
  const atMs = Date.parse(row.alert.resolved_at ?? row.alert.fired_at ?? row.alert.pending_at);
  const nothing = {
    overSinceMs: null,
    firedMs: [],
    isFlapping: false,
    groupKey: null,
    tellableSinceMs: null,
    toldMs: null,
  };
  return {
    ...row,
    memory: { heldSinceMs: atMs, changedMs: atMs, ...nothing, ...(row.memory as Partial<AlertMemory>) },
  };
}

export const isFiring = ({ alert }: { readonly alert: Alert }): boolean => alert.state === "firing";

/** Fires more often than this within an hour: it flaps. */
export const MAX_FIRINGS_AN_HOUR = 6;
export const HOUR_MS = 3_600_000;
/** What flaps is stable again when it neither fired nor was over for so long. */
export const STABLE_AFTER_MS = 30 * 60_000;

/** Whether it fires and is over again and again, as of now. */
export function isUnstable({ memory }: LiveAlert, nowMs: number): boolean {
  return memory.isFlapping && nowMs - memory.changedMs < STABLE_AFTER_MS;
}
