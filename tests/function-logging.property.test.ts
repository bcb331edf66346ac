import type { LogEntry } from "@playhead/core";
import { createLocalTransport, createPlayhead, monitor, type Playhead, setCurrentObserver } from "@playhead/sdk";
import { createEngine } from "@playhead/server";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createTestFolder } from "./fixtures/video.ts";

const folder = createTestFolder();
afterAll(() => folder.remove());

/** A call, how long it works by itself, and the calls that it makes then, one after the other. */
interface CallTree {
  readonly kind: "sync" | "async" | "timer" | "generator";
  readonly tookMs: number;
  readonly throws: boolean;
  readonly calls: readonly CallTree[];
}

const treeOf = (depth: number): fc.Arbitrary<CallTree> =>
  fc.record({
    kind: fc.constantFrom("sync" as const, "async" as const, "timer" as const, "generator" as const),
    tookMs: fc.nat(90_000),
    throws: fc.boolean(),
    calls: depth === 0 ? fc.constant([]) : fc.array(treeOf(depth - 1), { maxLength: 3 }),
  });

/** What has to be stored of a call. */
interface Expected {
  readonly name: string;
  readonly parent: string | null;
  readonly startMs: number;
  durationMs: number;
  readonly throws: boolean;
}

/** Performs trees of calls by monitored functions, in a time that passes only where they work. */
function createPerformer(time: { ms: number }) {
  const expected: Expected[] = [];

  async function perform(tree: CallTree, name: string, parent: string | null): Promise<void> {
    const call: Expected = { name, parent, startMs: time.ms, durationMs: 0, throws: tree.throws };
    expected.push(call);
    const end = () => {
      time.ms += tree.tookMs;
      call.durationMs = time.ms - call.startMs;
      if (tree.throws) throw new RangeError(`${name} failed`, { cause: new TypeError(`why ${name}`) });
      return { of: name };
    };
    const children = async () => {
      for (const [at, each] of tree.calls.entries()) await perform(each, `${name}.${at}`, name);
    };
    const functions = {
      sync(_name: string, _tookMs: number) {
        for (const [at, each] of tree.calls.entries()) performNow(each, `${name}.${at}`, name);
        return end();
      },
      async async(_name: string, _tookMs: number) {
        await children();
        return end();
      },
      async timer(_name: string, _tookMs: number) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        await children();
        return end();
      },
      async *generator(_name: string, _tookMs: number) {
        await children();
        yield 1;
        end();
      },
    };
    try {
      const made: unknown = monitor(functions[tree.kind], { name })(name, tree.tookMs);
      if (tree.kind === "generator") for await (const _ of made as AsyncIterable<number>);
      else await made;
    } catch {
      // As it is to.
    }
  }

  /** The same for calls within one that returns at once: they all do. */
  const performNow = (tree: CallTree, name: string, parent: string | null) =>
    void perform({ ...tree, kind: "sync" }, name, parent);

  return { perform, expected };
}

test("property 1: every call is one stored entry, with name, parameters, time and outcome, under its caller in the trace", async () => {
  const time = { ms: 0 };
  const nowMs = () => Date.parse("2026-11-21T10:00:00.000Z") + time.ms;
  const engine = await createEngine({ dataFolder: folder.at("data"), log: () => undefined, nowMs });
  const trees = fc.array(treeOf(2), { minLength: 1, maxLength: 3 });
  try {
    await fc.assert(
      fc.asyncProperty(trees, fc.boolean(), async (roots, isInJob) => {
        const playhead = createPlayhead({
          transport: createLocalTransport(engine.local),
          nowMs,
          monitoring: { clock: () => time.ms, budget: false },
        });
        const stop = setCurrentObserver(playhead.observer);
        const { perform, expected } = createPerformer(time);
        const work = async () => {
          for (const [at, root] of roots.entries()) await perform(root, `call ${at}`, null);
        };
        const job = isInJob ? playhead.job({ kind: "calls" }) : null;
        await (job === null ? work() : job.run(work));
        stop();
        expect(await playhead.flush()).toBe(true);
        const entries = await (job === null
          ? readAll(playhead, "logs", { session_id: `local:${playhead.source}` }, "entries")
          : readAll(playhead, `jobs/${job.job_id}/executions`, {}, "executions"));
        expect(await playhead.close()).toBe(true);

        const names = new Map(entries.map(({ span_id, function_name }) => [span_id, function_name]));
        expect(names.size).toBe(expected.length);
        expect(entries.map((entry) => toldOf(entry, names)).sort(byName)).toEqual(
          expected
            .map(({ startMs, ...call }) => ({
              ...call,
              startMs: Date.parse("2026-11-21T10:00:00.000Z") + startMs,
              parameters: { _name: call.name, _tookMs: expect.any(Number) },
              outcome: call.throws ? failureOf(call.name) : "returned",
            }))
            .sort(byName),
        );
        const traces = new Set(entries.map(({ trace_id }) => trace_id));
        if (job === null) expect(traces.size).toBe(roots.length);
        else expect([...traces]).toEqual([job.correlation_id]);
      }),
      { numRuns: 40 },
    );
  } finally {
    await engine.close();
  }
});

const byName = (one: { readonly name: string | null }, other: { readonly name: string | null }) =>
  (one.name ?? "").localeCompare(other.name ?? "");

/** A stored entry in the words of what is expected. */
function toldOf(entry: LogEntry, names: ReadonlyMap<string | null, string | null>) {
  const { function_name, parent_span_id, timestamp, duration, event_type, parameters } = entry;
  return {
    name: function_name,
    parent: parent_span_id === null ? null : (names.get(parent_span_id) ?? "unknown"),
    startMs: Date.parse(timestamp),
    durationMs: duration,
    throws: event_type === "error",
    parameters,
    outcome: event_type === "complete" && entry.error_details === null ? "returned" : entry.error_details,
  };
}

const failureOf = (name: string) =>
  expect.objectContaining({
    class: "RangeError",
    message: `${name} failed`,
    stack: expect.stringContaining(`${name} failed`),
    causes: [expect.objectContaining({ class: "TypeError", message: `why ${name}` })],
  });

/** All pages of a list, over the same way as any program reads them. */
async function readAll(
  playhead: Playhead,
  path: string,
  query: Readonly<Record<string, string>>,
  list: "executions" | "entries",
): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  let page_token: string | undefined;
  do {
    const reading = await playhead.read(path, { ...query, page_size: 200, page_token });
    const page = (await reading.json()) as { next_page_token: string | null } & Record<string, LogEntry[]>;
    entries.push(...(page[list] ?? []));
    page_token = page.next_page_token ?? undefined;
  } while (page_token !== undefined);
  return entries;
}
