import {
  type BetweenRange,
  boundsOfRange,
  readMoment,
  readViewRange,
  type ViewRange,
  writeViewRange,
} from "../../ui/range/view-range.ts";
import type { CompareQuery } from "./performance-api.ts";
import { USUAL_RANGE } from "./performance-view.ts";

const DAY_MS = 86_400_000;

/** How much earlier the other period is; null: right before, as long as the period itself. */
export const EARLIERS = [
  { name: "before", word: "The time before", than: "the time before", ms: null },
  { name: "1d", word: "A day earlier", than: "a day earlier", ms: DAY_MS },
  { name: "7d", word: "A week earlier", than: "a week earlier", ms: 7 * DAY_MS },
  { name: "28d", word: "Four weeks earlier", than: "four weeks earlier", ms: 28 * DAY_MS },
] as const;
export type EarlierName = (typeof EARLIERS)[number]["name"];

/** What is compared with what: kept in the address, so that a link restores it. */
export type CompareView =
  | {
      readonly of: "periods";
      readonly range: ViewRange;
      readonly with: EarlierName | (BetweenRange & { readonly to: string });
    }
  | { readonly of: "jobs"; readonly jobId: string | null; readonly withJobId: string | null };

/** Reads the address; what it does not know it leaves out. */
export function readCompareView(search: URLSearchParams): CompareView {
  if (search.get("of") === "jobs") {
    return { of: "jobs", jobId: search.get("job") || null, withJobId: search.get("with_job") || null };
  }
  const [from, to] = [readMoment(search.get("with_from")), readMoment(search.get("with_to"))];
  const between = from !== null && to !== null && from < to ? { from, to } : null;
  const earlier = EARLIERS.find(({ name }) => name === search.get("with"))?.name ?? "before";
  return { of: "periods", range: readViewRange(search, USUAL_RANGE), with: between ?? earlier };
}

/** The address of a view. */
export function writeCompareView(view: CompareView): URLSearchParams {
  const search = new URLSearchParams();
  if (view.of === "jobs") {
    search.set("of", "jobs");
    if (view.jobId !== null) search.set("job", view.jobId);
    if (view.withJobId !== null) search.set("with_job", view.withJobId);
    return search;
  }
  writeViewRange(view.range, search);
  if (typeof view.with !== "string") {
    search.set("with_from", view.with.from);
    search.set("with_to", view.with.to);
  } else if (view.with !== "before") search.set("with", view.with);
  return search;
}

/** The question to the server behind a view; null while two jobs have not been chosen. */
export function compareQuery(view: CompareView, nowMs: number): CompareQuery | null {
  if (view.of === "jobs") {
    const { jobId, withJobId } = view;
    return jobId === null || withJobId === null ? null : { job_id: jobId, before_job_id: withJobId };
  }
  const { fromMs, toMs } = boundsOfRange(view.range, nowMs);
  const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  if (typeof view.with !== "string") return { ...range, before_from: view.with.from, before_to: view.with.to };
  const ms = EARLIERS.find(({ name }) => name === view.with)?.ms ?? null;
  if (ms === null) return range;
  const earlier = (at: number) => new Date(at - ms).toISOString();
  return { ...range, before_from: earlier(fromMs), before_to: earlier(toMs) };
}
