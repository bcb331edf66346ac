import type { AlertBacktest } from "@playhead/core";

/** `Would have fired 3 times in the last 7 days.` */
export function backtestWords({ fired, samples }: AlertBacktest, days: number): string {
  const when = days === 1 ? "in the last day" : `in the last ${days} days`;
  if (samples === 0) return `Nothing that it looks at happened ${when}.`;
  const times = fired === 1 ? "once" : `${fired} times`;
  return fired === 0 ? `Would not have fired ${when}.` : `Would have fired ${times} ${when}.`;
}

/** A part of the strip of time, 0..1 from its beginning to its end. */
export interface FiringSpan {
  readonly from: number;
  readonly to: number;
}

/** Where on the strip it would have fired. */
export function firingSpans({ from, to, firings }: AlertBacktest): readonly FiringSpan[] {
  const [startMs, endMs] = [Date.parse(from), Date.parse(to)];
  const place = (at: string | null) => {
    const share = ((at === null ? endMs : Date.parse(at)) - startMs) / Math.max(1, endMs - startMs);
    return Math.min(1, Math.max(0, share));
  };
  return firings.map(({ at, until }) => ({ from: place(at), to: place(until) }));
}
