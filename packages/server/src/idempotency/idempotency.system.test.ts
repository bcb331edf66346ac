import { PlayheadError } from "@playhead/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import { createSqliteStore } from "../store/sqlite/open-store.ts";
import { createIdempotency, type KeyedAnswer, type KeyedTry } from "./idempotency.ts";

const DAY_MS = 24 * 3_600_000;

/** Over the real store, which goes on when the process is another one. */
async function setup() {
  let now = 1_000_000;
  let ids = 0;
  const store = await createSqliteStore({ folder: tempFolder(), nowMs: () => now, newEpoch: () => "e1" });
  onTestFinished(store.close);
  let idempotency = createIdempotency({ store, nowMs: () => now });
  const tries: KeyedTry[] = [];
  const answerOf = ({ subjectId }: KeyedTry): KeyedAnswer => ({
    status: 201,
    headers: { location: `/${subjectId}` },
    body: { id: subjectId },
  });
  return {
    tries,
    pass: (ms: number) => {
      now += ms;
    },
    restart: () => {
      idempotency = createIdempotency({ store, nowMs: () => now });
    },
    ask: (
      { key = "k", tenantId = "t", body = { a: 1 } as Record<string, number> } = {},
      work: (attempt: KeyedTry) => Promise<KeyedAnswer> = async (attempt) => answerOf(attempt),
    ) =>
      idempotency.answer(
        { tenantId, key, body },
        () => `s${++ids}`,
        (attempt) => {
          tries.push(attempt);
          return work(attempt);
        },
      ),
    answerOf,
  };
}

describe("a key that came before", () => {
  test("is answered as it was, also by another process, and nothing is done again", async () => {
    const { ask, tries, restart } = await setup();
    const { answer, replayed } = await ask();
    expect([answer, replayed]).toEqual([{ status: 201, headers: { location: "/s1" }, body: { id: "s1" } }, false]);
    expect(await ask()).toEqual({ answer, replayed: true });
    restart();
    expect(await ask()).toEqual({ answer, replayed: true });
    expect(tries).toEqual([{ subjectId: "s1", resumedSinceMs: null }]);
  });

  test("with another body is refused, while at work, after it, and by another process", async () => {
    const { ask, restart } = await setup();
    const conflict = expect.objectContaining({ code: "idempotency_conflict" });
    const gate = Promise.withResolvers<KeyedAnswer>();
    const first = ask({}, () => gate.promise);
    await expect(ask({ body: { a: 2 } })).rejects.toEqual(conflict);
    gate.resolve({ status: 201, headers: {}, body: {} });
    await first;
    await expect(ask({ body: { a: 2 } })).rejects.toEqual(conflict);
    restart();
    await expect(ask({ body: {} })).rejects.toEqual(conflict);
  });

  test("with the same body in another order is the same", async () => {
    const { ask, tries } = await setup();
    await ask({ body: { a: 1, b: 2 } });
    expect((await ask({ body: { b: 2, a: 1 } })).replayed).toBe(true);
    expect(tries).toHaveLength(1);
  });

  test("is unknown after 24 h, and to another tenant", async () => {
    const { ask, pass } = await setup();
    await ask();
    expect((await ask({ tenantId: "other" })).replayed).toBe(false);
    pass(DAY_MS - 1);
    expect((await ask()).replayed).toBe(true);
    pass(1);
    expect((await ask()).replayed).toBe(false);
  });
});

test("many at once do the work once; the others wait for it", async () => {
  const { ask, tries, answerOf } = await setup();
  const gate = Promise.withResolvers<void>();
  const asked = Array.from({ length: 20 }, () =>
    ask({}, async (attempt) => {
      await gate.promise;
      return answerOf(attempt);
    }),
  );
  gate.resolve();
  const answers = await Promise.all(asked);
  expect(tries).toHaveLength(1);
  expect(new Set(answers.map(({ answer }) => answer.body.id))).toEqual(new Set(["s1"]));
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
});

describe("work that fails", () => {
  const refuse = (code: "conflict" | "service_unavailable") => () => Promise.reject(new PlayheadError(code, "no"));

  test("because it was refused leaves the key free", async () => {
    const { ask, tries } = await setup();
    await expect(ask({}, refuse("conflict"))).rejects.toMatchObject({ code: "conflict" });
    expect((await ask({ body: { a: 2 } })).replayed).toBe(false);
    expect(tries.map(({ subjectId }) => subjectId)).toEqual(["s1", "s2"]);
  });

  test("in a way that leaves open what it did is gone on with, on the same subject", async () => {
    const { ask, tries, pass, restart } = await setup();
    await expect(ask({}, refuse("service_unavailable"))).rejects.toMatchObject({ code: "service_unavailable" });
    pass(5_000);
    restart();
    const { answer, replayed } = await ask();
    expect([answer.body, replayed]).toEqual([{ id: "s1" }, false]);
    expect(tries).toEqual([
      { subjectId: "s1", resumedSinceMs: null },
      { subjectId: "s1", resumedSinceMs: 1_000_000 },
    ]);
    expect((await ask()).replayed).toBe(true);
  });

  test("fails for all who wait for it", async () => {
    const { ask } = await setup();
    const both = await Promise.allSettled([ask({}, refuse("conflict")), ask({}, refuse("conflict"))]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});

test.each(["", " ", "a b", "ü", "x".repeat(256)])("%j is no key", async (key) => {
  const { ask } = await setup();
  await expect(ask({ key })).rejects.toMatchObject({ code: "invalid_request" });
});
