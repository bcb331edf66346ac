import type { Job, LogEntry, Task } from "@playhead/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldedTraceAtFirst, type TraceNode, traceRows, traceTree } from "./trace-tree.ts";

const START = Date.parse("2026-11-21T10:00:00.000Z");

interface CallShape {
  readonly parent?: string;
  readonly task?: string;
  readonly at?: number;
  readonly took?: number | null;
}

const call = (span: string, { parent, task, at = 0, took = 10 }: CallShape = {}) =>
  ({
    timestamp: new Date(START + at).toISOString(),
    event_type: took === null ? "start" : "complete",
    function_name: span,
    duration: took,
    span_id: span,
    parent_span_id: parent ?? null,
    task_id: task ?? null,
  }) as LogEntry;

const tasksOf = (parents: Readonly<Record<string, string | null>>): Job["tasks"] =>
  new Map(
    Object.entries(parents).map(([id, parent]) => [
      id,
      {
        task_id: id,
        parent_id: parent,
        created_at: new Date(START).toISOString(),
        started_at: null,
        ended_at: null,
      } as Task,
    ]),
  );

const outline = (roots: readonly TraceNode[], folded: ReadonlySet<string> = new Set()) =>
  traceRows(roots, folded).map(({ node, depth }) => `${"  ".repeat(depth)}${node.id}`);

describe("the tree of calls", () => {
  test("each call stands under the one that made it, by its start", () => {
    const calls = [call("b", { parent: "a", at: 5 }), call("a"), call("c", { parent: "a", at: 2 })];
    expect(outline(traceTree(calls, new Map()))).toEqual(["a", "  c", "  b"]);
  });

  test("what was called in a piece of work stands under it, and that under what it is part of", () => {
    const calls = [
      call("probe", { at: 1 }),
      call("render", { task: "clip", at: 2 }),
      call("encode", { parent: "render", at: 3 }),
    ];
    const roots = traceTree(calls, tasksOf({ scene: null, clip: "scene", other: "scene" }));
    expect(outline(roots)).toEqual(["task scene", "  task clip", "    render", "      encode", "probe"]);
    expect(roots[0]?.calls).toBe(2);
  });

  test("a call whose caller is not in hand stands at the top, and no task that holds no call is shown", () => {
    expect(outline(traceTree([call("a", { parent: "gone" })], tasksOf({ idle: null })))).toEqual(["a"]);
  });

  test("a call that runs has no end", () => {
    const [root] = traceTree([call("a", { took: null })], new Map());
    expect(root?.endMs).toBeNull();
  });

  test("what is folded hides what is under it; very many children are folded at first", () => {
    const calls = [
      call("a"),
      ...Array.from({ length: 30 }, (_, index) => call(`b${index}`, { parent: "a", at: index })),
    ];
    const roots = traceTree(calls, new Map());
    expect(outline(roots, foldedTraceAtFirst(roots))).toEqual(["a"]);
    expect(outline(roots)).toHaveLength(31);
  });

  test("every call stands there once, whatever called what, however deep", () => {
    const shape = fc.array(fc.nat({ max: 1_000 }), { maxLength: 300 });
    fc.assert(
      fc.property(shape, (parents) => {
        // Each is called by one before it, or by none.
        const calls = parents.map((pick, index) =>
          call(`s${index}`, index === 0 || pick % 7 === 0 ? {} : { parent: `s${pick % index}`, at: index }),
        );
        const rows = traceRows(traceTree(calls.toReversed(), new Map()), new Set());
        expect(rows.map(({ node }) => node.id).sort()).toEqual(calls.map(({ span_id }) => span_id).sort());
      }),
    );
  });
});
