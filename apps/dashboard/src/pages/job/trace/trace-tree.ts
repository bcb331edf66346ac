import type { Job, LogEntry, Task } from "@playhead/core";

/** A piece of work that calls were made in, or a call. */
export interface TraceNode {
  readonly id: string;
  /** Null for a piece of work. */
  readonly call: LogEntry | null;
  readonly task: Task | null;
  readonly startMs: number;
  /** Null while it runs. */
  readonly endMs: number | null;
  /** By their start. */
  readonly children: readonly TraceNode[];
  /** How many calls there are in it, itself included. */
  readonly calls: number;
}

/** A line of the waterfall. */
export interface TraceRow {
  readonly node: TraceNode;
  readonly depth: number;
  readonly folded: boolean;
}

interface Growing extends TraceNode {
  readonly children: Growing[];
  calls: number;
}

/** From so many children on a node is folded at first. */
const MANY_CHILDREN = 24;

/**
 * What called what: pieces of work that hold calls, and under them the calls, each under the one that made it. A call
 * whose caller is not in hand stands under its piece of work; without one, at the top.
 */
export function traceTree(calls: readonly LogEntry[], tasks: Job["tasks"]): readonly TraceNode[] {
  const bySpan = new Map<string, Growing>();
  for (const call of calls) if (call.span_id !== null) bySpan.set(call.span_id, nodeOfCall(call, call.span_id));
  const byTask = new Map<string, Growing>();
  const roots: Growing[] = [];

  function nodeOfTask(taskId: string): Growing | undefined {
    const known = byTask.get(taskId);
    const task = tasks.get(taskId);
    if (known !== undefined || task === undefined) return known;
    const node = emptyNode(taskId, task);
    byTask.set(taskId, node);
    const parent = task.parent_id === null ? undefined : nodeOfTask(task.parent_id);
    (parent?.children ?? roots).push(node);
    return node;
  }

  for (const [span, node] of bySpan) {
    const { parent_span_id: parentSpan, task_id: taskId } = node.call as LogEntry;
    const caller = parentSpan === null || parentSpan === span ? undefined : bySpan.get(parentSpan);
    const owner = caller ?? (taskId === null ? undefined : nodeOfTask(taskId));
    (owner?.children ?? roots).push(node);
  }
  const inOrder = sortedByStart(roots);
  for (const node of walkUp(inOrder)) node.calls += node.children.reduce((sum, child) => sum + child.calls, 0);
  return inOrder;
}

/** The lines of the waterfall: each node, and under it its children unless it is folded. */
export function traceRows(roots: readonly TraceNode[], folded: ReadonlySet<string>): readonly TraceRow[] {
  const rows: TraceRow[] = [];
  const open = roots.map((node) => ({ node, depth: 0 })).reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    const isFolded = folded.has(node.id);
    rows.push({ node, depth, folded: isFolded });
    if (isFolded) continue;
    for (const child of node.children.toReversed()) open.push({ node: child, depth: depth + 1 });
  }
  return rows;
}

/** The nodes of which the children would hide all else. */
export function foldedTraceAtFirst(roots: readonly TraceNode[]): ReadonlySet<string> {
  const folded = new Set<string>();
  for (const node of walkUp(roots)) if (node.children.length >= MANY_CHILDREN) folded.add(node.id);
  return folded;
}

function nodeOfCall(call: LogEntry, span: string): Growing {
  const startMs = Date.parse(call.timestamp);
  const endMs = call.duration === null ? null : startMs + call.duration;
  return { id: span, call, task: null, startMs, endMs, children: [], calls: 1 };
}

function emptyNode(taskId: string, task: Task): Growing {
  return {
    id: `task ${taskId}`,
    call: null,
    task,
    startMs: Date.parse(task.started_at ?? task.created_at),
    endMs: task.ended_at === null ? null : Date.parse(task.ended_at),
    children: [],
    calls: 0,
  };
}

/** Callers that call each other in a ring belong nowhere, and are not walked to. */
function sortedByStart(roots: Growing[]): Growing[] {
  const byStart = (a: TraceNode, b: TraceNode) => a.startMs - b.startMs;
  roots.sort(byStart);
  const open = [...roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    node.children.sort(byStart);
    open.push(...node.children);
  }
  return roots;
}

/** All nodes, children before what holds them. */
function walkUp<Node extends TraceNode>(roots: readonly Node[]): readonly Node[] {
  const down: Node[] = [...roots];
  for (let at = 0; at < down.length; at++) down.push(...((down[at] as Node).children as readonly Node[]));
  return down.reverse();
}
