import type { Task } from "./job.ts";
import { isFinalTaskState } from "./task-state.ts";

/** Expected working time of a task that nobody weighed, in seconds; at least 0. */
export type ExpectedSeconds = (task: Task) => number;

export interface ProgressTreeOptions {
  /** @defaultValue one second for each leaf */
  readonly expectedSeconds?: ExpectedSeconds;
  /** Tasks that are known already, parents before their children, and where the bar stood with them (0..1). */
  readonly tasks?: Iterable<Task>;
  readonly shown?: number;
}

/** A job's percentage, kept up to date in O(depth of the tree) an event. */
export interface ProgressTree {
  /** Takes in a task as it now stands; a parent must have come before its children. */
  update(task: Task): void;
  /** 0..{@link CEILING}; never falls. */
  fraction(): number;
}

/** The bar stays below this until the job has completed: what is found late still needs room. */
const CEILING = 0.995;

/** One place in the tree of work. The sums are over its children; a leaf has none. */
interface Node {
  readonly parent: Node | null;
  /** The user's share of the parent's work; null: by expected seconds. */
  readonly weight: number | null;
  /** 0..1 of its work that is behind us. */
  fraction: number;
  /** A leaf's own expected seconds, else the sum over its children. */
  expectedSec: number;
  settled: boolean;
  children: number;
  weighted: number;
  weightSum: number;
  weightDone: number;
  unweightedDone: number;
  expectedSum: number;
  expectedDone: number;
}

/**
 * The work behind us, as a share of all known work, is r = Σ share · fraction over the tree; siblings share their
 * parent by the user's weights or, where no weight is given, by expected seconds. The bar p is not r itself: work that
 * is found late, or done again, would pull it back. So progress moves the rest of the bar in proportion to the rest of
 * the work, p += (1 − p) · Δr / (1 − r), while a change of the tree moves r alone. Without late work, p = r.
 */
export function createProgressTree(options: ProgressTreeOptions = {}): ProgressTree {
  const expectedSeconds = options.expectedSeconds ?? (() => 1);
  const root = newNode(null, null, 0);
  const nodes = new Map<string, Node>();
  let shown = 0;

  function admit(task: Task): Node {
    const parent = (task.parent_id === null ? undefined : nodes.get(task.parent_id)) ?? root;
    const node = newNode(parent, task.weight, Math.max(0, expectedSeconds(task)));
    nodes.set(task.task_id, node);
    parent.children += 1;
    if (node.weight !== null) parent.weighted += 1;
    addToSums(parent, node, 1);
    // A leaf that gets its first child is from now on what its children are.
    settleUpwards(parent, fractionOf(parent), parent.expectedSum);
    return node;
  }

  function update(task: Task): void {
    const node = nodes.get(task.task_id) ?? admit(task);
    // A settled task counts whole: the counts, not the bar, tell success from failure.
    const settled = isFinalTaskState(task.state);
    if (node.children > 0 && !settled) return;
    node.settled = settled;
    const fraction = settled ? 1 : task.percent_complete / 100;
    if (fraction === node.fraction) return;
    const before = root.fraction;
    settleUpwards(node, fraction, node.expectedSec);
    const gained = root.fraction - before;
    if (gained > 0) shown += (1 - shown) * Math.min(1, gained / (1 - before));
  }

  for (const task of options.tasks ?? []) update(task);
  shown = options.shown ?? shown;
  return { update, fraction: () => Math.min(CEILING, shown) };
}

/** Gives a node new values and carries what follows from them up to the root. */
function settleUpwards(start: Node, startFraction: number, startExpectedSec: number): void {
  let node = start;
  let fraction = startFraction;
  let expectedSec = startExpectedSec;
  for (;;) {
    const { parent } = node;
    if (parent !== null) addToSums(parent, node, -1);
    node.fraction = node.settled ? 1 : fraction;
    node.expectedSec = expectedSec;
    if (parent === null) return;
    addToSums(parent, node, 1);
    fraction = fractionOf(parent);
    expectedSec = parent.expectedSum;
    node = parent;
  }
}

function addToSums(parent: Node, node: Node, sign: 1 | -1): void {
  parent.expectedSum += sign * node.expectedSec;
  parent.expectedDone += sign * node.expectedSec * node.fraction;
  if (node.weight === null) {
    parent.unweightedDone += sign * node.fraction;
  } else {
    parent.weightSum += sign * node.weight;
    parent.weightDone += sign * node.weight * node.fraction;
  }
}

function fractionOf(node: Node): number {
  const { children, weighted, weightSum, weightDone, unweightedDone, expectedSum, expectedDone } = node;
  if (children === 0) return node.fraction;
  if (weighted === 0) return clamp(expectedSum > 0 ? expectedDone / expectedSum : unweightedDone / children);
  // Among weighted siblings, one without a weight counts as an average one: units are never mixed.
  const mean = weightSum / weighted;
  return clamp((weightDone + mean * unweightedDone) / (weightSum + mean * (children - weighted)));
}

/** Sums of many small differences drift by a few ulps. */
function clamp(fraction: number): number {
  return fraction < 1e-12 ? 0 : Math.min(1, fraction);
}

function newNode(parent: Node | null, weight: number | null, expectedSec: number): Node {
  return {
    parent,
    weight,
    fraction: 0,
    expectedSec,
    settled: false,
    children: 0,
    weighted: 0,
    weightSum: 0,
    weightDone: 0,
    unweightedDone: 0,
    expectedSum: 0,
    expectedDone: 0,
  };
}
