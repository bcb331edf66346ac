import { isFinalTaskState, type Job, type Task } from "@playhead/core";
import { isMilestone } from "../../ui/step-words.ts";
import type { Span } from "./span.ts";

/** A stretch of a track: work on a step, or waiting. */
export interface Segment {
  readonly kind: "work" | "wait";
  /** The step; null while nothing was said of one. */
  readonly step: string | null;
  readonly startMs: number;
  /** Null while it lasts. */
  readonly endMs: number | null;
}

/** One row of the timeline: a piece of work, or the heading of several. */
export type TimelineRow =
  | { readonly kind: "track"; readonly id: string; readonly task: Task; readonly depth: number }
  | {
      readonly kind: "group";
      readonly id: string;
      readonly task: Task;
      readonly depth: number;
      readonly folded: boolean;
      readonly tally: Tally;
      readonly children: readonly Branch[];
    };

/** How the pieces of a group stand. */
export interface Tally {
  readonly total: number;
  /** Made, now or by an earlier run. */
  readonly done: number;
  readonly failed: number;
}

/** A task together with the tasks under it, in the order in which they came to be. */
export interface Branch {
  readonly task: Task;
  readonly children: readonly Branch[];
}

/** The job's tasks as a tree; one whose parent is not in hand stands at the top. */
export function branchesOf(job: Pick<Job, "tasks">): readonly Branch[] {
  const children = new Map<string | null, Task[]>();
  for (const task of job.tasks.values()) {
    const parent = task.parent_id !== null && job.tasks.has(task.parent_id) ? task.parent_id : null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [task]);
    else siblings.push(task);
  }
  const grow = (task: Task): Branch => ({ task, children: (children.get(task.task_id) ?? []).map(grow) });
  return (children.get(null) ?? []).map(grow);
}

/** The ids of what a task is part of, nearest first. */
export function lineageOf(job: Pick<Job, "tasks">, taskId: string): readonly string[] {
  const lineage: string[] = [];
  let parent = job.tasks.get(taskId)?.parent_id ?? null;
  while (parent !== null && !lineage.includes(parent)) {
    lineage.push(parent);
    parent = job.tasks.get(parent)?.parent_id ?? null;
  }
  return lineage;
}

/** The tree without a single trunk: one heading over all the others says nothing. */
export function withoutTrunk(branches: readonly Branch[]): readonly Branch[] {
  const [only] = branches;
  const isTrunk = branches.length === 1 && only?.children.some(({ children }) => children.length > 0) === true;
  return isTrunk ? withoutTrunk(only.children) : branches;
}

/** What stands on one card: a group with the leaves right below it; the leaves that have no group share one. */
export interface Card {
  readonly group: Task | null;
  readonly leaves: readonly Task[];
}

/** The tree as cards, in order. */
export function cardsOf(branches: readonly Branch[], group: Task | null = null): readonly Card[] {
  const isLeaf = ({ task, children }: Branch) => children.length === 0 && task.kind !== "scene";
  const leaves = branches.filter(isLeaf).map(({ task }) => task);
  const cards = branches.filter((branch) => !isLeaf(branch)).flatMap(({ task, children }) => cardsOf(children, task));
  const isOwn = leaves.length > 0 || (group !== null && branches.length === 0);
  return isOwn ? [{ group, leaves }, ...cards] : cards;
}

/** The rows of a timeline: each group's heading, and below it, unless it is folded, what it holds. */
export function timelineRows(branches: readonly Branch[], folded: ReadonlySet<string>): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  const add = ({ task, children }: Branch, depth: number) => {
    const id = task.task_id;
    if (children.length === 0 && task.kind !== "scene") {
      rows.push({ kind: "track", id, task, depth });
      return;
    }
    const isFolded = folded.has(id);
    rows.push({ kind: "group", id, task, depth, folded: isFolded, tally: tallyOf(children), children });
    if (!isFolded) for (const child of children) add(child, depth + 1);
  };
  for (const branch of branches) add(branch, 0);
  return rows;
}

/** From so many leaves on, what is over is folded away at first. */
const MANY_LEAVES = 60;

/** The groups that are folded when a reader comes: none in a small job, in a large one those that are over. */
export function foldedAtFirst(branches: readonly Branch[]): ReadonlySet<string> {
  const folded = new Set<string>();
  if (tallyOf(branches).total <= MANY_LEAVES) return folded;
  const visit = ({ task, children }: Branch) => {
    if (children.length === 0) return;
    if (isFinalTaskState(task.state)) folded.add(task.task_id);
    children.forEach(visit);
  };
  branches.forEach(visit);
  return folded;
}

/** When each of the leaves was worked on, of those that were. */
export function workSpansOf(children: readonly Branch[]): readonly Span[] {
  return children.flatMap(({ task, children: below }) => {
    if (below.length > 0) return workSpansOf(below);
    if (task.started_at === null) return [];
    return [{ startMs: Date.parse(task.started_at), endMs: task.ended_at === null ? null : Date.parse(task.ended_at) }];
  });
}

/** How the leaves of a branch stand. */
export function tallyOf(children: readonly Branch[]): Tally {
  let tally: Tally = { total: 0, done: 0, failed: 0 };
  for (const { task, children: below } of children) {
    const own: Tally =
      below.length > 0
        ? tallyOf(below)
        : {
            total: 1,
            done: task.state === "completed" || task.state === "skipped" ? 1 : 0,
            failed: task.state === "failed" ? 1 : 0,
          };
    tally = { total: tally.total + own.total, done: tally.done + own.done, failed: tally.failed + own.failed };
  }
  return tally;
}

/** What a task's track shows: waiting until it started, then its steps as long as they really took. */
export function segmentsOf(task: Task): readonly Segment[] {
  const createdMs = Date.parse(task.created_at);
  const endedMs = task.ended_at === null ? null : Date.parse(task.ended_at);
  const startedMs = task.started_at === null ? null : Date.parse(task.started_at);
  // What never started waited until it was skipped or canceled.
  if (startedMs === null) return [{ kind: "wait", step: null, startMs: createdMs, endMs: endedMs }];
  const segments: Segment[] = [];
  const add = (kind: Segment["kind"], step: string | null, startMs: number, endMs: number | null) => {
    if (endMs === null || endMs > startMs) segments.push({ kind, step, startMs, endMs });
  };
  add("wait", null, createdMs, startedMs);
  const [first] = task.steps;
  if (first === undefined) {
    add("work", task.step, startedMs, endedMs);
    return segments;
  }
  add("work", null, startedMs, Date.parse(first.started_at));
  for (const { step, started_at, ended_at } of task.steps) {
    const endMs = ended_at === null ? endedMs : Date.parse(ended_at);
    add(isMilestone(step) ? "wait" : "work", step, Date.parse(started_at), endMs);
  }
  return segments;
}

/** How long a task has been worked on, in milliseconds; null before it started. */
export function workedMs(task: Pick<Task, "started_at" | "ended_at">, nowMs: number): number | null {
  if (task.started_at === null) return null;
  return Math.max(0, (task.ended_at === null ? nowMs : Date.parse(task.ended_at)) - Date.parse(task.started_at));
}
