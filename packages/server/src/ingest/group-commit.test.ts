import { setImmediate as nextTurn } from "node:timers/promises";
import { PlayheadError } from "@playhead/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { factEvent, factRow, publicationOf, tickEvent } from "../../test/publications.ts";
import { createScriptedStore, type ScriptedStore } from "../../test/scripted-store.ts";
import type { Publication } from "../bus/bus.ts";
import type { JobProjection } from "../store/store.ts";
import { OVER } from "../store/store-over.ts";
import { createGroupCommit } from "./group-commit.ts";

function setup(store: ScriptedStore = createScriptedStore()) {
  const said: Publication[] = [];
  const retries: number[] = [];
  let due: JobProjection[] = [];
  const commit = createGroupCommit({
    store,
    publish: (publications) => said.push(...publications),
    takeProjections: () => due.splice(0),
    onRetry: (_, retryInMs) => retries.push(retryInMs),
  });
  let seq = 0;
  return {
    store,
    commit,
    said,
    retries,
    names: () => said.map(nameOf),
    stored: () => store.groups.flatMap(({ facts }) => facts.map((fact) => fact.seq)),
    project: (projection: JobProjection) => {
      due = [projection];
    },
    isDue: () => due.length > 0,
    fact() {
      seq += 1;
      const event = factEvent("j", seq);
      commit.addFact(factRow(event), publicationOf(event));
      return `fact ${seq}`;
    },
    tick(number: number) {
      commit.addTick(publicationOf(tickEvent("j", seq, number)));
      return `tick ${number}`;
    },
  };
}

function nameOf({ seq, tick }: Publication): string {
  return tick === undefined ? `fact ${seq}` : `tick ${tick}`;
}

/** Turns of the event loop, in which all that needs no timer happens. */
async function settle(turns = 30): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextTurn();
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a group", () => {
  test("is said, and its sender answered, only after it is stored", async () => {
    const { store, commit, fact, names } = setup();
    const release = store.hold();
    fact();
    let isAnswered = false;
    void commit.settled().then(() => {
      isAnswered = true;
    });
    await settle();
    expect({ names: names(), isAnswered, pending: commit.pending() }).toEqual({
      names: [],
      isAnswered: false,
      pending: 1,
    });
    release();
    await settle();
    expect({ names: names(), isAnswered, pending: commit.pending() }).toEqual({
      names: ["fact 1"],
      isAnswered: true,
      pending: 0,
    });
  });

  test("holds all that comes while the store is busy, facts and ticks in their order", async () => {
    const { store, commit, fact, tick, names } = setup();
    const release = store.hold();
    const first = [fact()];
    commit.schedule();
    await settle();
    const second = [tick(1), fact(), tick(2), fact()];
    commit.schedule();
    await settle();
    expect(store.calls()).toBe(1);
    release();
    await commit.settled();
    expect(names()).toEqual([...first, ...second]);
    expect(store.groups.map(({ facts }) => facts.length)).toEqual([1, 2]);
  });

  test("closes at 2,000 entries while others are under way, three at most", async () => {
    const { store, commit, fact } = setup();
    const release = store.hold();
    for (let count = 0; count < 10_000; count++) {
      fact();
      if (count % 500 === 0) {
        commit.schedule();
        await settle(2);
      }
    }
    expect(store.calls()).toBe(3);
    release();
    await commit.settled();
    expect(store.groups.flatMap(({ facts }) => facts)).toHaveLength(10_000);
  });

  test("of ticks alone needs no store, but waits for the facts before it", async () => {
    const { store, commit, fact, tick, names } = setup();
    tick(1);
    await commit.settled();
    expect([store.calls(), names()]).toEqual([0, ["tick 1"]]);
    const release = store.hold();
    fact();
    commit.schedule();
    await settle();
    // So many that they do not wait for the store to be free.
    const ticks = Array.from({ length: 2_000 }, (_, index) => tick(index + 2));
    commit.schedule();
    await settle();
    expect(names()).toEqual(["tick 1"]);
    release();
    await commit.settled();
    expect(names()).toEqual(["tick 1", "fact 1", ...ticks]);
  });

  test("takes along the projections that are due, and is made for them alone when asked", async () => {
    const { store, commit, project } = setup();
    const projection = { job: { job_id: "j" }, tasks: [] } as unknown as JobProjection;
    project(projection);
    commit.flushProjections();
    await commit.settled();
    expect(store.groups).toMatchObject([{ facts: [], projections: [projection] }]);
  });

  test("that projections were asked for while the store was busy follows by itself", async () => {
    const { store, commit, fact, project } = setup();
    const release = store.hold();
    fact();
    commit.schedule();
    await settle();
    project({ job: { job_id: "j" }, tasks: [] } as unknown as JobProjection);
    commit.flushProjections();
    const isStored = commit.settled();
    release();
    await isStored;
    expect(store.groups.map(({ projections }) => projections.length)).toEqual([0, 1]);
  });

  test("keeps how far its sources were taken", async () => {
    const { store, commit } = setup();
    commit.addSource("a", 1);
    commit.addSource("a", 7);
    commit.addSource("b", 2);
    await commit.settled();
    expect(store.groups.map(({ sources }) => [...sources])).toEqual([
      [
        ["a", 7],
        ["b", 2],
      ],
    ]);
  });
});

describe("when the store refuses", () => {
  test("everything is tried again in order, and nothing is said before", async () => {
    const { store, commit, fact, tick, names, retries, stored } = setup(createScriptedStore((attempt) => attempt < 2));
    fact();
    commit.schedule();
    await settle();
    tick(1);
    fact();
    commit.schedule();
    await settle();
    expect({ names: names(), refused: commit.isRefused(), retries }).toEqual({
      names: [],
      refused: true,
      retries: [100],
    });
    await vi.advanceTimersByTimeAsync(100);
    await settle();
    expect(retries).toEqual([100, 200]);
    await vi.advanceTimersByTimeAsync(200);
    await settle();
    await commit.settled();
    expect(names()).toEqual(["fact 1", "tick 1", "fact 2"]);
    expect({ stored: stored(), refused: commit.isRefused(), calls: store.calls() }).toEqual({
      stored: [1, 2],
      refused: false,
      calls: 4,
    });
  });

  test("it is asked less and less often, at least every 5 s, and at once again after it took something", async () => {
    let isFull = true;
    const { commit, fact, retries } = setup(createScriptedStore(() => isFull));
    fact();
    commit.schedule();
    await settle();
    for (let time = 0; time < 9; time++) {
      await vi.advanceTimersByTimeAsync(5_000);
      await settle();
    }
    expect(retries).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000]);
    isFull = false;
    await vi.advanceTimersByTimeAsync(5_000);
    await commit.settled();
    isFull = true;
    fact();
    commit.schedule();
    await settle();
    expect(retries.at(-1)).toBe(100);
  });

  test("groups that were under way behind the refused one are neither lost nor stored twice", async () => {
    const { store, commit, fact, names, stored } = setup(createScriptedStore((attempt) => attempt === 1));
    const release = store.hold();
    for (let count = 0; count < 6_000; count++) {
      fact();
      if (count % 1_000 === 999) {
        commit.schedule();
        await settle(2);
      }
    }
    release();
    await settle(60);
    await vi.advanceTimersByTimeAsync(100);
    await commit.settled();
    const all = Array.from({ length: 6_000 }, (_, index) => index + 1);
    expect(stored()).toEqual(all);
    expect(names()).toEqual(all.map((seq) => `fact ${seq}`));
  });
});

describe("admission", () => {
  test("refuses a batch beyond 50,000 unstored entries, whether taken or only promised", async () => {
    const { store, commit, fact } = setup();
    const release = store.hold();
    const isTaken = commit.admit(40_000);
    expect(() => commit.admit(10_001)).toThrow(
      expect.objectContaining({ code: "service_unavailable", retryable: true }),
    );
    isTaken();
    for (let count = 0; count < 40_000; count++) fact();
    expect(() => commit.admit(10_001)).toThrow(expect.objectContaining({ code: "service_unavailable" }));
    commit.admit(10_000)();
    release();
    await commit.settled();
    commit.admit(50_000)();
  });

  test("counts ticks too: they take memory while the store refuses", () => {
    const { commit, tick } = setup();
    for (let count = 0; count < 50_000; count++) tick(count);
    expect(() => commit.admit(1)).toThrow(expect.objectContaining({ code: "service_unavailable" }));
  });

  test("takes any batch when nothing waits, or it could never be taken", () => {
    const { commit } = setup();
    expect(() => commit.admit(1_000_000)).not.toThrow();
  });
});

describe("draining", () => {
  test("stores what is at hand and the projections that are due, and says that it did", async () => {
    const { store, commit, fact, project, isDue, names } = setup();
    fact();
    project({ job: { job_id: "j" }, tasks: [] } as unknown as JobProjection);
    expect(await commit.drain(10_000, isDue)).toBe(true);
    expect(names()).toEqual(["fact 1"]);
    expect(store.groups.flatMap(({ projections }) => projections)).toHaveLength(1);
    await commit.settled();
  });

  test("ends after its limit when the store refuses, tells who waits, and leaves no timer", async () => {
    const { commit, fact } = setup(createScriptedStore(() => true));
    fact();
    const isStored = commit.settled();
    const outcome = expect(isStored).rejects.toMatchObject({ code: "service_unavailable" });
    const drained = commit.drain(10_000, () => false);
    await settle();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await drained).toBe(false);
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
    expect(() => commit.admit(1)).toThrow(expect.objectContaining({ code: "service_unavailable" }));
  });
});

test("a store that takes nothing more of this process is not asked again, and whoever waits is told at once", async () => {
  const commit = vi.fn(async () => {
    throw new PlayheadError("service_unavailable", "another server writes it", { detail: OVER });
  });
  const { commit: group, fact, said, retries } = setup({ groups: [], calls: () => 0, hold: () => () => {}, commit });
  fact();
  await expect(group.settled()).rejects.toMatchObject({ code: "service_unavailable" });
  fact();
  await expect(group.settled()).rejects.toMatchObject({ code: "service_unavailable" });
  expect(() => group.admit(1)).toThrow("another server writes it");
  expect(await group.drain(60_000)).toBe(false);
  expect({ said, retries, calls: commit.mock.calls.length, timers: vi.getTimerCount() }).toEqual({
    ...{ said: [], retries: [], calls: 1, timers: 0 },
  });
});

test("whatever the store refuses and whenever things come, all of it is stored and said once, in order", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant("fact" as const) },
    { weight: 3, arbitrary: fc.constant("tick" as const) },
    { weight: 2, arbitrary: fc.constant("schedule" as const) },
    { weight: 2, arbitrary: fc.constant("turn" as const) },
    { weight: 1, arbitrary: fc.constant("time" as const) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 120, size: "max" }),
      fc.array(fc.boolean(), { maxLength: 12 }),
      async (steps, refusals) => {
        const { commit, names, stored, fact, tick } = setup(
          createScriptedStore((attempt) => refusals[attempt] ?? false),
        );
        const added: string[] = [];
        const promises: Promise<void>[] = [];
        let ticks = 0;
        for (const each of steps) {
          if (each === "fact") added.push(fact());
          else if (each === "tick") added.push(tick(++ticks));
          else if (each === "turn") await nextTurn();
          else if (each === "time") await vi.advanceTimersByTimeAsync(5_000);
          else {
            const wanted = [...added];
            const position = commit.position();
            promises.push(
              commit.settled().then(() => {
                expect(names().slice(0, wanted.length)).toEqual(wanted);
                expect(commit.isStored(position)).toBe(true);
              }),
            );
          }
          expect(names()).toEqual(added.slice(0, names().length));
        }
        const drained = commit.drain(1_000_000, () => false);
        for (let round = 0; round < 15; round++) {
          await settle(8);
          await vi.advanceTimersByTimeAsync(5_000);
        }
        expect(await drained).toBe(true);
        await Promise.all(promises);
        expect(names()).toEqual(added);
        expect(stored()).toEqual(
          Array.from({ length: added.filter((name) => name.startsWith("fact")).length }, (_, at) => at + 1),
        );
      },
    ),
    { numRuns: 60 },
  );
});
