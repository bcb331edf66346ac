import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLeadership, type Lease, type LeaseHolder } from "./leadership.ts";

const LEASE_MS = 6_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The row that all nodes share; a node may be cut off from it. */
function createRow() {
  const row = { term: 0, holder: "", expiresMs: 0 };
  return {
    row,
    leaseOf(holder: string) {
      const line = { isCut: false, hangs: false };
      const isOurs = () => row.holder === holder;
      async function ask<Answer>(answer: () => Answer): Promise<Answer> {
        if (line.hangs) return new Promise(() => {});
        if (line.isCut) throw new Error("cut off");
        return answer();
      }
      const lease: Lease = {
        acquire: () =>
          ask(() => {
            if (row.expiresMs > Date.now() && !isOurs()) return null;
            row.term += 1;
            row.holder = holder;
            row.expiresMs = Date.now() + LEASE_MS;
            return row.term;
          }),
        renew: () =>
          ask(() => {
            if (!isOurs()) return false;
            row.expiresMs = Date.now() + LEASE_MS;
            return true;
          }),
        release: () =>
          ask(() => {
            if (isOurs()) row.expiresMs = 0;
          }),
        read: () => ask((): LeaseHolder => ({ ...row, url: `http://${row.holder}` })),
      };
      return { lease, line };
    },
  };
}

function startNode(name: string, shared: ReturnType<typeof createRow>, all: Set<string>) {
  const { lease, line } = shared.leaseOf(name);
  const log: string[] = [];
  const node = { startFails: false, closeMs: 0 };
  let known: string | null = null;
  const leadership = createLeadership({
    lease,
    leaseMs: LEASE_MS,
    nowMs: () => performance.now(),
    random: () => 0.5,
    async lead(term, lost) {
      if (node.startFails) throw new Error("no");
      log.push(`start ${term}`);
      lost.addEventListener("abort", () => log.push(`lost ${term}`));
      all.add(name);
      return {
        async close() {
          if (node.closeMs > 0) await new Promise((resolve) => setTimeout(resolve, node.closeMs));
          all.delete(name);
          log.push(`end ${term}`);
        },
      };
    },
    onStanding: (standing) => log.push(standing.role),
    onHolder: (holder) => {
      known = holder?.url ?? null;
    },
    onError: (what) => log.push(what),
  });
  return { name, leadership, line, log, node, known: () => known };
}

async function setup(...names: readonly string[]) {
  const shared = createRow();
  /** Who runs an engine. */
  const engines = new Set<string>();
  const nodes = [];
  for (const name of names) {
    nodes.push(startNode(name, shared, engines));
    await vi.advanceTimersByTimeAsync(1);
  }
  return { ...shared, engines, nodes: nodes as [(typeof nodes)[0], ...typeof nodes] };
}

test("the first to ask runs the engine, the others know where it is", async () => {
  const { engines, nodes } = await setup("a", "b", "c");
  await vi.advanceTimersByTimeAsync(60_000);
  expect([...engines]).toEqual(["a"]);
  expect(nodes.map(({ known }) => known())).toEqual([null, "http://a", "http://a"]);
  expect(nodes[0].log).toEqual(["starting", "start 1", "leading"]);
});

test("it is known how long ago the lease was asked for", async () => {
  const { nodes } = await setup("a", "b");
  const ages = () => nodes.map(({ leadership }) => leadership.leaseAgeMs());
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ages()).toEqual([1_002, null]);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(ages()).toEqual([502, null]);
  await nodes[0].leadership.close();
  expect(ages()[0]).toBeNull();
});

test("one that ends gives the lease back, and another has it within a moment, in a later term", async () => {
  const { engines, nodes } = await setup("a", "b");
  await vi.advanceTimersByTimeAsync(3_000);
  await nodes[0].leadership.close();
  expect([...engines]).toEqual([]);
  await vi.advanceTimersByTimeAsync(LEASE_MS / 6 + 1);
  expect([...engines]).toEqual(["b"]);
  expect(nodes[1]?.log).toEqual(["starting", "start 2", "leading"]);
});

test.each([
  ["is cut off from the database", "isCut"],
  ["gets no answer from it", "hangs"],
] as const)("one that %s has ended its engine before another starts one", async (_what, fault) => {
  const { engines, nodes } = await setup("a", "b");
  await vi.advanceTimersByTimeAsync(3_000);
  nodes[0].line[fault] = true;
  let most = 0;
  let noneMs = 0;
  for (let at = 0; at < 20_000; at += 100) {
    await vi.advanceTimersByTimeAsync(100);
    most = Math.max(most, engines.size);
    if (engines.size === 0) noneMs += 100;
  }
  expect(most).toBe(1);
  expect([...engines]).toEqual(["b"]);
  expect(nodes[0].log).toContain("the lease could not be renewed in time");
  expect(noneMs).toBeLessThan(LEASE_MS / 2);
});

test("a database that is back before the lease is over costs the engine nothing", async () => {
  const { engines, nodes } = await setup("a", "b");
  await vi.advanceTimersByTimeAsync(2_500);
  for (const { line } of nodes) line.isCut = true;
  await vi.advanceTimersByTimeAsync(3_500);
  for (const { line } of nodes) line.isCut = false;
  await vi.advanceTimersByTimeAsync(30_000);
  expect([...engines]).toEqual(["a"]);
  expect(nodes[0].log.filter((each) => each.startsWith("end"))).toEqual([]);
});

test("one whose lease another took ends its engine when it next asks", async () => {
  const { row, engines, nodes } = await setup("a");
  row.holder = "b";
  row.term += 1;
  row.expiresMs = Date.now() + 60_000;
  await vi.advanceTimersByTimeAsync(LEASE_MS / 3 + 1);
  expect([...engines]).toEqual([]);
  expect(nodes[0].log).toEqual([
    ...["starting", "start 1", "leading", "the lease is another node's", "lost 1", "ending", "end 1", "follower"],
  ]);
  // It did not give away what was not its own.
  expect(row.expiresMs).toBeGreaterThan(Date.now());
});

test("one whose engine takes long to end, because it lost the lease, knows meanwhile who has it", async () => {
  const { row, nodes } = await setup("a");
  nodes[0].node.closeMs = 4 * LEASE_MS;
  Object.assign(row, { holder: "b", term: 2, expiresMs: Date.now() + 60_000 });
  await vi.advanceTimersByTimeAsync(LEASE_MS / 3 + 1);
  expect([nodes[0].log.at(-1), nodes[0].known()]).toEqual(["ending", "http://b"]);
  row.holder = "c";
  await vi.advanceTimersByTimeAsync(LEASE_MS / 6);
  expect([nodes[0].log.at(-1), nodes[0].known()]).toEqual(["ending", "http://c"]);
});

test("an engine that takes its time to end keeps its lease until it has", async () => {
  const { engines, nodes } = await setup("a", "b");
  nodes[0].node.closeMs = 4 * LEASE_MS;
  const closed = nodes[0].leadership.close();
  await vi.advanceTimersByTimeAsync(3 * LEASE_MS);
  expect([...engines]).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(2 * LEASE_MS);
  await closed;
  expect([...engines]).toEqual(["b"]);
});

test("a node that cannot start the engine leaves it to another", async () => {
  const { engines, nodes } = await setup("a", "b");
  await nodes[1]?.leadership.close();
  const third = createRow();
  third.row.term = 7;
  const failing = startNode("x", third, engines);
  failing.node.startFails = true;
  const other = startNode("y", third, engines);
  await vi.advanceTimersByTimeAsync(2 * LEASE_MS);
  expect([...engines]).toEqual(["a", "y"]);
  expect(failing.log).toContain("the engine could not be started");
  await Promise.all([failing, other].map(({ leadership }) => leadership.close()));
});
