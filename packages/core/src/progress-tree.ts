import type { Task } from "./job.ts";
import { isFinalTaskState } from "./task-state.ts";

/** Expected working time of a task that nobody weighed, in seconds, at least 0; what is no number counts as 1. */
export type ExpectedSeconds = (task: Task) => number;

/** What a progress tree starts from. */
export interface ProgressTreeOptions {
  /** @defaultValue one second for each leaf */
  readonly expectedSeconds?: ExpectedSeconds;
  /** Tasks that are known already, parents before their children. */
  readonly tasks?: Iterable<Task>;
  /** Where the bar stood with them (0..1). @defaultValue where their work puts it */
  readonly shown?: number;
}

/** A job's percentage, kept up to date in O(depth of the tree) an event. */
export interface ProgressTree {
  /** Takes in a task as it now stands; a parent must have come before its children. */
  update(task: Task): void;
  /** 0..0.995; never falls. */
  fraction(): number;
}

/**
 * The bar stays below this until the job has completed: what is found late still needs room. From the knee on it moves
 * at half the pace, so that it comes there with the last piece of work and does not wait there for it.
 */
const CEILING = 0.995;
const KNEE = 2 * CEILING - 1;

/** One step leaves at least so much of the rest: also when all known work is done, what is found then moves the bar. */
const KEPT_OF_REST = 1e-4;
/** A bar that is taken up again at its end has so much of it left. */
const LEAST_REST = 1e-9;

/** A weight under this is none; beside one above it, the others would be. */
const LEAST_WEIGHT = 1e-9;
const MOST_WEIGHT = 1e15;

/** What takes less time takes none; and so long that nothing takes longer. What sums of such drift by is far less than the least. */
const LEAST_SECONDS = 1e-3;
const MOST_SECONDS = 1e9;

/** One place in the tree of work. The sums are over its children; a leaf has none. */
interface Node {
  readonly parent: Node | null;
  /** The user's share of the parent's work; null: by expected seconds. */
  readonly weight: number | null;
  /** 0..1 of its work that is left: kept rather than what is done, since near the end little is left, and exactly. */
  left: number;
  /** A leaf's own expected seconds, else the sum over its children. */
  expectedSec: number;
  settled: boolean;
  children: number;
  childrenLeft: number;
  weighted: number;
  weightSum: number;
  weightLeft: number;
  unweightedLeft: number;
  expectedSum: number;
  expectedLeft: number;
}

/**
 * The work that is left, as a share of all known work, is l = Σ share · left over the tree; siblings share their parent
 * by the user's weights or, where no weight is given, by expected seconds. The bar p is not 1 − l itself: work that is
 * found late, or done again, would pull it back. So progress shrinks the rest of the bar as it shrinks the rest of the
 * work, (1 − p) · l_after / l_before, while a change of the tree changes l alone. Without late work, p = 1 − l.
 *
 * Whoever knows that work will come says so early (one task for each stage to come, with its weight): when all that is
 * known is done, the bar stands at its end, and what is found then has only a sliver left to share.
 */
export function createProgressTree(options: ProgressTreeOptions = {}): ProgressTree {
  const expectedSeconds = options.expectedSeconds ?? (() => 1);
  const root = newNode(null, null, 0);
  const nodes = new Map<string, Node>();

  function admit(task: Task): Node {
    const parent = (task.parent_id === null ? undefined : nodes.get(task.parent_id)) ?? root;
    const weight = task.weight === null ? null : boundedWeight(task.weight);
    const node = newNode(parent, weight, secondsOr1(expectedSeconds(task)));
    nodes.set(task.task_id, node);
    parent.children += 1;
    parent.childrenLeft += 1;
    parent.expectedSum += node.expectedSec;
    parent.expectedLeft += node.expectedSec;
    if (weight === null) {
      parent.unweightedLeft += 1;
    } else {
      parent.weighted += 1;
      parent.weightSum += weight;
      parent.weightLeft += weight;
    }
    // A leaf that gets its first child is from now on what its children are.
    carryUp(parent, leftOf(parent), parent.expectedSum);
    return node;
  }

  /** @returns how much is left of what was left without it: under 1 where work was done */
  function place(task: Task): number {
    const node = nodes.get(task.task_id) ?? admit(task);
    // A settled task counts whole: the counts, not the bar, tell success from failure.
    const settled = isFinalTaskState(task.state);
    if (node.children > 0 && !settled) return 1;
    node.settled = settled;
    const left = settled ? 0 : 1 - task.percent_complete / 100;
    if (left === node.left) return 1;
    const before = root.left;
    carryUp(node, left, node.expectedSec);
    return before > 0 ? root.left / before : 1;
  }

  for (const task of options.tasks ?? []) place(task);
  const bar = options.shown === undefined ? 1 - root.left : barOf(options.shown);
  /** Of the bar: 1 − p. */
  let rest = Math.max(LEAST_REST, 1 - bar);

  return {
    update(task) {
      const kept = place(task);
      if (kept < 1) rest *= Math.max(KEPT_OF_REST, kept);
    },
    fraction: () => shownOf(1 - rest),
  };
}

function shownOf(bar: number): number {
  return bar <= KNEE ? bar : KNEE + (bar - KNEE) / 2;
}

function barOf(shown: number): number {
  return shown <= KNEE ? Math.max(0, shown) : Math.min(1, KNEE + (shown - KNEE) * 2);
}

/** Gives a node new values and carries what follows from them up to the root. */
function carryUp(start: Node, startLeft: number, startExpectedSec: number): void {
  let node = start;
  let left = startLeft;
  let expectedSec = startExpectedSec;
  for (;;) {
    if (node.settled) left = 0;
    const { parent, weight } = node;
    const change = left - node.left;
    if (parent !== null) {
      parent.expectedSum += expectedSec - node.expectedSec;
      parent.childrenLeft += change;
      parent.expectedLeft += expectedSec * left - node.expectedSec * node.left;
      if (weight === null) parent.unweightedLeft += change;
      else parent.weightLeft += weight * change;
    }
    node.left = left;
    node.expectedSec = expectedSec;
    if (parent === null) return;
    left = leftOf(parent);
    expectedSec = parent.expectedSum;
    node = parent;
  }
}

function leftOf(node: Node): number {
  const { children, childrenLeft, weighted, weightSum, weightLeft, unweightedLeft, expectedSum, expectedLeft } = node;
  if (children === 0) return node.left;
  // Siblings that all weigh nothing share evenly.
  if (weighted === 0)
    return clamp(expectedSum > LEAST_SECONDS / 2 ? expectedLeft / expectedSum : childrenLeft / children);
  if (weightSum === 0) return clamp(childrenLeft / children);
  // Among weighted siblings, one without a weight counts as an average one: units are never mixed.
  const mean = weightSum / weighted;
  return clamp((weightLeft + mean * unweightedLeft) / (weightSum + mean * (children - weighted)));
}

/** Sums of many differences drift by a few ulps: what is that little is nothing. */
function clamp(share: number): number {
  return share < 1e-12 ? 0 : Math.min(1, share);
}

function boundedWeight(weight: number): number {
  return weight < LEAST_WEIGHT ? 0 : Math.min(MOST_WEIGHT, weight);
}

function secondsOr1(seconds: number): number {
  if (seconds >= 0) return seconds < LEAST_SECONDS ? 0 : Math.min(MOST_SECONDS, seconds);
  return 1;
}

function newNode(parent: Node | null, weight: number | null, expectedSec: number): Node {
  return {
    parent,
    weight,
    left: 1,
    expectedSec,
    settled: false,
    children: 0,
    childrenLeft: 0,
    weighted: 0,
    weightSum: 0,
    weightLeft: 0,
    unweightedLeft: 0,
    expectedSum: 0,
    expectedLeft: 0,
  };
}
