import type { JobsQuery } from "@playhead/client";
import { isJobState, JOB_STATES, type JobState } from "@playhead/core";
import { boundsOf, type JobSpan, readSpan, writeSpan } from "./job-span.ts";

/** What the list shows: kept in the address, so that a link restores it. */
export interface JobsView {
  readonly states: readonly JobState[];
  readonly kinds: readonly string[];
  readonly user: string | null;
  readonly span: JobSpan | null;
  readonly text: string;
  readonly sort: JobsSort;
}

/** An order of the list. */
export interface JobsSort {
  readonly by: (typeof SORT_FIELDS)[number];
  readonly order: "asc" | "desc";
}

const SORT_FIELDS = ["created_at", "ended_at", "title"] as const;

/** The order when nobody chose one. */
export const NEWEST_FIRST: JobsSort = { by: "created_at", order: "desc" };

/** All jobs, newest first. */
export const ALL_JOBS: JobsView = { states: [], kinds: [], user: null, span: null, text: "", sort: NEWEST_FIRST };

/** The groups in which people think of states; each stands for one or several. */
export const STATE_GROUPS = [
  { name: "waiting", word: "Waiting", shape: "pending", states: ["pending"] },
  { name: "running", word: "Running", shape: "processing", states: ["running", "completing"] },
  { name: "paused", word: "Paused", shape: "paused", states: ["pausing", "paused"] },
  { name: "done", word: "Done", shape: "completed", states: ["completed"] },
  { name: "failed", word: "Failed", shape: "failed", states: ["failed"] },
  { name: "canceled", word: "Canceled", shape: "canceled", states: ["canceling", "canceled"] },
] as const satisfies readonly {
  readonly name: string;
  readonly word: string;
  readonly shape: string;
  readonly states: readonly JobState[];
}[];

/** Reads the address; what it does not know it leaves out. */
export function readJobsView(search: URLSearchParams): JobsView {
  const wanted = new Set(search.getAll("state").filter(isJobState));
  return {
    states: JOB_STATES.filter((state) => wanted.has(state)),
    kinds: [...new Set(search.getAll("kind").filter((kind) => kind !== ""))],
    user: search.get("user") || null,
    span: readSpan(search),
    text: search.get("q") ?? "",
    sort: readSort(search),
  };
}

function readSort(search: URLSearchParams): JobsSort {
  const by = SORT_FIELDS.find((field) => field === search.get("sort")) ?? NEWEST_FIRST.by;
  const order = search.get("order");
  return { by, order: order === "asc" || order === "desc" ? order : firstOrder(by) };
}

/** The order in which a field is sorted when one only says by what: names from A on, times from the newest on. */
export function firstOrder(by: JobsSort["by"]): JobsSort["order"] {
  return by === "title" ? "asc" : "desc";
}

/** The address of a view. */
export function writeJobsView({ states, kinds, user, span, text, sort }: JobsView): URLSearchParams {
  const search = new URLSearchParams();
  for (const state of states) search.append("state", state);
  for (const kind of kinds) search.append("kind", kind);
  if (user !== null) search.set("user", user);
  writeSpan(span, search);
  if (text !== "") search.set("q", text);
  if (sort.by !== NEWEST_FIRST.by) search.set("sort", sort.by);
  if (sort.order !== firstOrder(sort.by)) search.set("order", sort.order);
  return search;
}

/** How many are read at a time; the most that the server gives. */
export const PAGE_SIZE = 200;

/** What the server is asked for; the moments are fixed, so that all pages are pages of one list. */
export interface ListQuery extends Omit<JobsQuery, "page_token"> {
  readonly user_id?: string;
  readonly sort: JobsSort["by"];
  readonly order: JobsSort["order"];
}

/** The question to the server behind a view. */
export function queryOf({ states, kinds, user, span, text, sort }: JobsView, nowMs: number): ListQuery {
  return {
    ...(states.length > 0 && { state: states }),
    ...(kinds.length > 0 && { kind: kinds }),
    ...(user !== null && { user_id: user }),
    ...boundsOf(span, nowMs),
    ...(text.trim() !== "" && { q: text.trim() }),
    sort: sort.by,
    order: sort.order,
    page_size: PAGE_SIZE,
  };
}

/** @returns whether a view keeps some jobs out. */
export function isFiltered({ states, kinds, user, span, text }: JobsView): boolean {
  return states.length > 0 || kinds.length > 0 || user !== null || span !== null || text.trim() !== "";
}

/** The view with one group of states switched on or off. */
export function toggleGroup(view: JobsView, group: readonly JobState[]): JobsView {
  const on = group.every((state) => view.states.includes(state));
  const states = JOB_STATES.filter((state) => (group.includes(state) ? !on : view.states.includes(state)));
  return { ...view, states };
}

/** The view sorted by a field: the other way round when it is sorted by it already. */
export function toggleSort(view: JobsView, by: JobsSort["by"]): JobsView {
  const order = view.sort.by !== by ? firstOrder(by) : view.sort.order === "asc" ? "desc" : "asc";
  return { ...view, sort: { by, order } };
}

/** How many jobs there are by state; a state that is missing has none. */
export type StateCounts = Readonly<Partial<Record<JobState, number>>>;

/** How many jobs stand in any of some states. */
export function countOf(counts: StateCounts, states: readonly JobState[]): number {
  return states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}

const COUNT = new Intl.NumberFormat("en-GB");

/** A count as people read it: `100,000`. */
export const formatCount = (count: number): string => COUNT.format(count);

/** The page's one line: `412 jobs, 3 running, 2 failed`. */
export function jobsAnswer(counts: StateCounts): string {
  const total = countOf(counts, JOB_STATES);
  const parts = STATE_GROUPS.filter(({ name }) => name === "running" || name === "paused" || name === "failed")
    .map(({ word, states }) => [countOf(counts, states), word.toLowerCase()] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatCount(count)} ${word}`);
  return [`${formatCount(total)} ${total === 1 ? "job" : "jobs"}`, ...parts].join(", ");
}
