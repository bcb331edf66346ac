import type { ReportFilter, ReportKind, TimeRange } from "@playhead/core";

/** What a report is asked to tell. */
export interface ReportQuery {
  readonly tenantId: string;
  readonly kind: ReportKind;
  readonly range: TimeRange;
  readonly timeZone: string;
  readonly filter: ReportFilter;
  /** @defaultValue says what it is, and of when */
  readonly title?: string;
}

/** What it is called, and when it was asked for. */
export interface ReportIdentity {
  readonly reportId: string;
  readonly createdMs: number;
}

/** A filter that lets everything through. */
export const ALL: ReportFilter = { functions: null, kinds: null, metrics: null };

/** Whether a list that may be missing holds this. */
export function wants<Item>(list: readonly Item[] | null, item: Item): boolean {
  return list === null || list.includes(item);
}

/** A range as it is told. */
export function told({ fromMs, toMs }: TimeRange): { readonly from: string; readonly to: string } {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

/** Share by which a number grew; null where that says nothing. */
export function growth(before: number | null, after: number | null): number | null {
  return before === null || after === null || before === 0 ? null : after / before - 1;
}
