import { EXECUTION_CATEGORIES, type ExecutionCategory } from "@playhead/core";
import { readViewRange, type ViewRange, writeViewRange } from "../../ui/range/view-range.ts";

/** What the list of functions can be sorted by. */
export const SORT_FIELDS = ["name", "count", "errors", "p50", "p95", "p99", "total", "change"] as const;
export type SortField = (typeof SORT_FIELDS)[number];

export interface FunctionsSort {
  readonly by: SortField;
  readonly order: "asc" | "desc";
}

/** What the page shows: kept in the address, so that a link restores it. */
export interface PerformanceView {
  readonly range: ViewRange;
  readonly category: ExecutionCategory | null;
  readonly text: string;
  readonly sort: FunctionsSort;
}

/** Of a week one sees most: whether it is worse than the last, and at which time of the day. */
export const USUAL_RANGE: ViewRange = { last: "7d" };
/** What took most of the time, first. */
const USUAL_SORT: FunctionsSort = { by: "total", order: "desc" };

/** The categories in words. */
export const CATEGORY_WORDS: Readonly<Record<ExecutionCategory, string>> = {
  function: "Functions",
  step: "Steps",
  api: "Endpoints",
  db: "Database",
};

/** Reads the address; what it does not know it leaves out. */
export function readPerformanceView(search: URLSearchParams): PerformanceView {
  const by = SORT_FIELDS.find((field) => field === search.get("sort")) ?? USUAL_SORT.by;
  const order = search.get("order");
  return {
    range: readViewRange(search, USUAL_RANGE),
    category: EXECUTION_CATEGORIES.find((category) => category === search.get("category")) ?? null,
    text: search.get("q") ?? "",
    sort: { by, order: order === "asc" || order === "desc" ? order : firstOrder(by) },
  };
}

/** The address of a view. */
export function writePerformanceView({ range, category, text, sort }: PerformanceView): URLSearchParams {
  const search = new URLSearchParams();
  if (!isUsual(range)) writeViewRange(range, search);
  if (category !== null) search.set("category", category);
  if (text !== "") search.set("q", text);
  if (sort.by !== USUAL_SORT.by) search.set("sort", sort.by);
  if (sort.order !== firstOrder(sort.by)) search.set("order", sort.order);
  return search;
}

/** The view sorted by a field: the other way round when it is sorted by it already. */
export function sortedBy(view: PerformanceView, by: SortField): PerformanceView {
  const again = view.sort.by === by;
  const order = again ? (view.sort.order === "asc" ? "desc" : "asc") : firstOrder(by);
  return { ...view, sort: { by, order } };
}

/** Where one function is shown, over a range. */
export function functionAddress(category: ExecutionCategory, name: string, range: ViewRange): string {
  const search = new URLSearchParams();
  if (!isUsual(range)) writeViewRange(range, search);
  search.set("category", category);
  search.set("name", name);
  return `/performance/function?${search}`;
}

const isUsual = (range: ViewRange) => "last" in range && "last" in USUAL_RANGE && range.last === USUAL_RANGE.last;

/** Names from A on, all else from the most on. */
function firstOrder(by: SortField): FunctionsSort["order"] {
  return by === "name" ? "asc" : "desc";
}
