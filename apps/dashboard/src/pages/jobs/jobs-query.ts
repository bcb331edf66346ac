import { isJobState, JOB_STATES, type JobState } from "@playhead/core";

/** What the list shows: kept in the address, so that a link restores it. */
export interface JobsView {
  readonly states: readonly JobState[];
  readonly text: string;
}

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
  return { states: JOB_STATES.filter((state) => wanted.has(state)), text: search.get("q") ?? "" };
}

/** The address of a view. */
export function writeJobsView({ states, text }: JobsView): URLSearchParams {
  const search = new URLSearchParams();
  for (const state of states) search.append("state", state);
  if (text !== "") search.set("q", text);
  return search;
}

/** The view with one group of states switched on or off. */
export function toggleGroup(view: JobsView, group: readonly JobState[]): JobsView {
  const on = group.every((state) => view.states.includes(state));
  const states = JOB_STATES.filter((state) => (group.includes(state) ? !on : view.states.includes(state)));
  return { ...view, states };
}

/** How many jobs there are by state; a state that is missing has none. */
export type StateCounts = Readonly<Partial<Record<JobState, number>>>;

/** How many jobs stand in any of some states. */
export function countOf(counts: StateCounts, states: readonly JobState[]): number {
  return states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}

/** The page's one line: `412 jobs, 3 running, 2 failed`. */
export function jobsAnswer(counts: StateCounts): string {
  const total = countOf(counts, JOB_STATES);
  const parts = STATE_GROUPS.filter(({ name }) => name === "running" || name === "paused" || name === "failed")
    .map(({ word, states }) => [countOf(counts, states), word.toLowerCase()] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`);
  return [`${total} ${total === 1 ? "job" : "jobs"}`, ...parts].join(", ");
}
