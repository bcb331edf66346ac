/** A window that rules share: what has the same scope, the same `group_by` and the same length is measured once. */
import type { AlertDimension, AlertRule } from "@playhead/core";
import { createLayout, type GrowingLayout } from "./layout.ts";
import type { Sample } from "./sample.ts";
import { createSeries, type Series, type SeriesStart } from "./series.ts";
import type { Slots } from "./slots.ts";

export interface Window {
  readonly key: string;
  readonly tenantId: string;
  readonly scope: AlertRule["scope"];
  readonly groupBy: readonly AlertDimension[];
  readonly layout: GrowingLayout;
  /** By the values of `groupBy`. */
  readonly series: ReadonlyMap<string, Series>;
  /** The last sample that it was given, so that it takes none twice. */
  heard: Sample | null;
  /** The series that took it. */
  heardBy: Series | null;
  /** The series that a sample belongs to, made where need be; null when it is none of this window's business. */
  seriesOf(sample: Sample): Series | null;
  /** The series of no labels: there before anything was heard. */
  ensureSole(): void;
  forget(series: Series): void;
  /** @returns the series as it was kept; null where there is one already, or no room */
  restore(labels: Readonly<Record<string, string>>, start: SeriesStart): Series | null;
}

/** Combinations of labels that are told apart in one window; the others go together. */
const MAX_SERIES = 1_000;
/** What stands for the labels of those. */
export const OTHER = "(other)";

/** How many series there may be in all windows together. */
export interface Room {
  left: number;
}

type WindowRule = Pick<AlertRule, "scope" | "group_by" | "time_window">;

/** A new combination looks at so many of those that are there for one that can go; the next goes on from there. */
const LOOKS_FOR_ROOM = 16;

export function windowKey(tenantId: string, { scope, group_by, time_window }: WindowRule): string {
  const scopes = Object.entries(scope)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([dimension, values]) => [dimension, values.toSorted()]);
  return JSON.stringify([tenantId, time_window, group_by.toSorted(), scopes]);
}

export function createWindow(tenantId: string, rule: WindowRule, room: Room, slots: Slots): Window {
  const windowMs = rule.time_window * 60_000;
  const layout = createLayout(windowMs, slots);
  const groupBy = rule.group_by.toSorted();
  const series = new Map<string, Series>();
  /** Goes round all series in turn, as a clock's hand does: each new one pays for a few looks, not for a thousand. */
  let hand = series.values();
  const scopes = Object.entries(rule.scope) as [AlertDimension, readonly string[]][];

  function matches(labels: Sample["labels"]): boolean {
    for (const [dimension, values] of scopes) {
      const value = labels[dimension];
      if (value === undefined || !values.includes(value)) return false;
    }
    for (const dimension of groupBy) if (labels[dimension] === undefined) return false;
    return true;
  }

  /** Whether a sample is worth a series of its own: not when all that it says is that something is over. */
  function isNews({ amounts, step, liveness }: Sample): boolean {
    if (amounts.some(({ slot }) => layout.places[slot] !== undefined)) return true;
    return (step !== undefined && "began" in step) || (layout.hasLiveness && (liveness ?? 0) > 0);
  }

  function isFull(): boolean {
    if (series.size < MAX_SERIES && room.left > 0) return false;
    // One that is only kept for what it remembers goes.
    for (let look = 0; look < LOOKS_FOR_ROOM; look++) {
      let { value: each } = hand.next();
      if (each === undefined) {
        hand = series.values();
        each = hand.next().value;
      }
      if (each === undefined) return true;
      if (!each.isIdle) continue;
      forget(each);
      return false;
    }
    return true;
  }

  function make(key: string, labels: Readonly<Record<string, string>>, start?: SeriesStart): Series {
    const made = createSeries(layout, labels, start);
    series.set(key, made);
    room.left--;
    return made;
  }

  function keyOf(labels: Readonly<Record<string, string>>): string {
    if (groupBy.length === 1) return labels[groupBy[0] as string] as string;
    return groupBy.map((dimension) => labels[dimension]).join("\n");
  }

  function forget(each: Series): void {
    if (series.delete(keyOf(each.labels))) room.left++;
  }

  return {
    key: windowKey(tenantId, rule),
    tenantId,
    scope: rule.scope,
    groupBy,
    layout,
    series,
    heard: null,
    heardBy: null,
    seriesOf(sample) {
      if (!matches(sample.labels)) return null;
      const key = keyOf(sample.labels as Readonly<Record<string, string>>);
      const there = series.get(key);
      if (there !== undefined) return there;
      if (!isNews(sample)) return null;
      const isOther = groupBy.length > 0 && isFull();
      const labels = Object.fromEntries(
        groupBy.map((dimension) => [dimension, isOther ? OTHER : (sample.labels[dimension] as string)]),
      );
      const ownKey = keyOf(labels);
      return series.get(ownKey) ?? make(ownKey, labels);
    },
    ensureSole() {
      if (groupBy.length === 0 && series.size === 0) make("", {});
    },
    forget,
    restore(labels, start) {
      const key = keyOf(labels);
      return series.has(key) || isFull() ? null : make(key, labels, start);
    },
  };
}
