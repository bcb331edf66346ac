import { setImmediate as nextTurn } from "node:timers/promises";
import type { JsonObject } from "@playhead/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startIngest } from "../../test/start-ingest.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { worker } from "../../test/worker.ts";
import type { Store } from "../store/store.ts";

describe("an ingest", () => {
  let server: Awaited<ReturnType<typeof startIngest>>;
  const defects: unknown[] = [];
  const folder = tempFolder(afterAll);
  let sources = 0;
  const newWorker = (tenantId?: string) => worker(`w${++sources}`, () => server.ingest, tenantId);

  beforeAll(async () => {
    server = await startIngest(folder, { onDefect: (error) => defects.push(error) });
  });
  afterAll(async () => {
    await server.end();
  });

  const factsOf = async (jobId: string) =>
    (await server.store.readFacts(jobId, 0, 1_000)).map(({ seq, type }) => [seq, type]);

  test("expands an ending into its way, the word on it and the end of the session, with the last of the bar in between", async () => {
    const { report } = newWorker();
    await report("end", "job.created", { kind: "clips" });
    await report("end", "job.state_changed", { new_state: "running" });
    const before = server.said.length;
    await report("end", "job.completed", { summary: { frames: 250 } });
    expect(await factsOf("end")).toEqual([
      [1, "job.created"],
      [2, "job.state_changed"],
      [3, "session.started"],
      [4, "job.state_changed"],
      [5, "job.state_changed"],
      [6, "job.completed"],
      [7, "session.completed"],
    ]);
    const said = server.said.slice(before).map(({ content }) => ("type" in content ? content.type : "log"));
    expect(said).toEqual([
      "job.state_changed",
      "job.state_changed",
      "job.progress",
      "job.completed",
      "session.completed",
    ]);
    expect(await server.store.readJob("end")).toMatchObject({
      state: "completed",
      progress: { percent_complete: 100 },
    });
  });

  test("takes a job that is announced twice at the same time once", async () => {
    const acks = await Promise.all(
      [newWorker(), newWorker()].map(({ report }) => report("twice", "job.created", { kind: "clips" })),
    );
    expect(acks.map(({ accepted, refused }) => [accepted, refused.map(({ error_code }) => error_code)])).toEqual([
      [1, []],
      [0, ["conflict"]],
    ]);
    expect(await factsOf("twice")).toEqual([[1, "job.created"]]);
  });

  test("refuses what the tables do not allow by itself, and takes the rest of the batch", async () => {
    const { record, send } = newWorker();
    const records = [
      record("rest", "task.started", { task_id: "t" }),
      record("rest", "job.created", { kind: "clips" }),
      record("rest", "job.state_changed", { new_state: "paused" }),
      record("rest", "task.created", { task_id: "t", kind: "step" }),
      record("rest", "task.started", { task_id: "other" }),
    ];
    const ack = await send(...records);
    expect([ack.accepted, ack.refused.map(({ n, error_code }) => [n, error_code])]).toEqual([
      2,
      [
        [1, "not_found"],
        [3, "conflict"],
        [5, "not_found"],
      ],
    ]);
    expect(await factsOf("rest")).toEqual([
      [1, "job.created"],
      [2, "task.created"],
    ]);
  });

  test("leaves nothing of a job whose first fact was refused", async () => {
    const { report } = newWorker();
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect((await report("none", "job.created", loop as JsonObject)).refused).toMatchObject([
      { error_code: "validation_error" },
    ]);
    expect((await report("none", "job.created", { big: "x".repeat(1_000_001) })).refused).toMatchObject([
      { error_code: "validation_error" },
    ]);
    expect(server.ingest.jobs.peek("none")).toBeUndefined();
    expect((await report("none", "job.created", { kind: "clips" })).accepted).toBe(1);
    expect(await factsOf("none")).toEqual([[1, "job.created"]]);
  });

  test("refuses a job whose id could not stand in an address", async () => {
    const { report } = newWorker();
    for (const jobId of ["", "a/b", 'a"b', "..", "é"]) {
      expect((await report(jobId, "job.created", { kind: "clips" })).refused).toMatchObject([
        { error_code: "validation_error" },
      ]);
    }
  });

  test("answers for another tenant's job as if it were not there", async () => {
    await newWorker().report("theirs", "job.created", { kind: "clips" });
    const stranger = newWorker("other");
    const ack = await stranger.send(
      stranger.record("theirs", "job.updated", { title: "mine" }),
      stranger.tick("theirs", { task_id: "t", percent_complete: 1 }),
      stranger.record("theirs", "job.created", { kind: "clips" }),
    );
    expect(ack.refused.map(({ error_code }) => error_code)).toEqual(["not_found", "not_found", "not_found"]);
    expect(await factsOf("theirs")).toHaveLength(1);
  });

  test("says itself who reports, and whose a job is, whatever a worker claims", async () => {
    const { report } = newWorker();
    const claims = { kind: "clips", tenant_id: "other", worker: "local:someone" };
    await report("claims", "job.created", claims);
    await report("claims", "job.state_changed", { new_state: "running", worker: "local:someone" });
    const source = `w${sources}`;
    expect(await server.store.readJob("claims")).toMatchObject({ tenant_id: "default", worker: source });
    await report("claims", "job.failed", { error_code: "task_failed", worker: "local:someone" });
    expect(await server.store.readJob("claims")).toMatchObject({ state: "failed", worker: source });
  });

  test("says ticks of tasks at work in their place, and drops those that come too late", async () => {
    const { record, tick, send } = newWorker();
    const before = server.said.length;
    await send(
      record("ticks", "job.created", { kind: "clips" }),
      record("ticks", "task.created", { task_id: "t", kind: "step" }),
      tick("ticks", { task_id: "t", percent_complete: 1 }),
      record("ticks", "task.started", { task_id: "t" }),
      tick("ticks", { task_id: "t", percent_complete: 40 }),
      record("ticks", "task.completed", { task_id: "t" }),
      tick("ticks", { task_id: "t", percent_complete: 50 }),
    );
    const said = server.said
      .slice(before)
      .filter(({ content }) => "type" in content && content.type !== "job.progress")
      .map(({ seq, tick: number, content }) => [
        seq,
        number !== undefined,
        "type" in content && content.data.percent_complete,
      ]);
    expect(said).toEqual([
      [1, false, undefined],
      [2, false, undefined],
      [3, false, undefined],
      [3, true, 40],
      [4, false, undefined],
    ]);
    expect(await factsOf("ticks")).toHaveLength(4);
  });

  test("takes a record once, also when the same batch comes again while the first is under way", async () => {
    const { record, send } = newWorker();
    await send(record("again", "job.created", { kind: "clips" }));
    const batch = [record("again", "job.updated", { title: "a" }), record("again", "job.updated", { title: "b" })];
    const acks = await Promise.all([send(...batch), send(...batch), send(...batch)]);
    const answer = { accepted: 2, refused: [], followed: expect.any(Boolean) };
    expect(acks).toEqual([answer, answer, answer]);
    expect(await factsOf("again")).toHaveLength(3);
  });

  test("takes facts without a number, and counts them", async () => {
    const { record, send } = newWorker();
    expect(await send(record("unnumbered", "job.created", { kind: "clips" }, false))).toEqual({
      accepted: 1,
      refused: [],
      followed: expect.any(Boolean),
    });
    expect(await factsOf("unnumbered")).toHaveLength(1);
  });

  test("goes on with a job from the store when what nobody foresaw left it half changed, and with all others as they are", async () => {
    const { record, report, send } = newWorker();
    await report("broken", "job.created", { kind: "clips" });
    await report("sound", "job.created", { kind: "clips" });
    await report("broken", "task.created", { task_id: "t", kind: "step" });
    const doubtful = server.ingest.jobs.peek("broken");
    // A defect in the middle of the fold: the number has been taken, the task not changed.
    doubtful?.draft.tasks.set("t", null as never);
    const ack = await send(
      record("sound", "job.updated", { title: "a" }),
      record("broken", "task.started", { task_id: "t" }),
      record("sound", "job.updated", { title: "b" }),
      record("broken", "job.updated", { title: "c" }),
    );
    expect(ack).toMatchObject({ accepted: 3, refused: [{ n: 5, error_code: "internal_error" }] });
    expect(defects.splice(0)).toHaveLength(1);
    expect(server.ingest.jobs.peek("broken")).not.toBe(doubtful);
    expect(await factsOf("broken")).toEqual([
      [1, "job.created"],
      [2, "task.created"],
      [3, "job.updated"],
    ]);
    expect((await report("broken", "task.started", { task_id: "t" })).accepted).toBe(1);
    expect(await server.store.readJob("broken")).toMatchObject({ title: "c", seq: 4 });
  });

  test("a defect in a job that is not stored yet holds nobody up, and the job goes on from what was sound", async () => {
    const { record, report, send } = newWorker();
    let isSerialised = false;
    const odd = {
      toJSON() {
        isSerialised = true;
        return { title: "odd" };
      },
      get title(): string {
        if (isSerialised) throw new TypeError("nobody foresaw this");
        return "odd";
      },
    };
    const ack = await send(
      record("fresh", "job.created", { kind: "clips" }),
      record("fresh", "job.updated", { title: "a" }),
      record("fresh", "job.updated", odd as never),
    );
    expect(ack).toMatchObject({ accepted: 2, refused: [{ n: 3, error_code: "internal_error" }] });
    expect(defects.splice(0)).toHaveLength(1);
    expect((await report("fresh", "job.updated", { title: "b" })).accepted).toBe(1);
    expect(await server.store.readJob("fresh")).toMatchObject({ kind: "clips", title: "b", seq: 3 });
  });

  test.each(["nonsense.type", "", null, 7])(
    "refuses the type %j that nobody knows, and takes the rest",
    async (type) => {
      const { record, send } = newWorker();
      const jobId = `typed-${String(type)}x`.replace(".", "-");
      const ack = await send(
        record(jobId, "job.created", { kind: "clips" }),
        record(jobId, type as never, {}),
        record(jobId, "job.updated", { title: "a" }),
      );
      expect(ack).toMatchObject({ accepted: 2, refused: [{ n: 2, error_code: "validation_error" }] });
      expect(await factsOf(jobId)).toHaveLength(2);
    },
  );

  test("has the store list tasks as they stand when asked to", async () => {
    const { record, send } = newWorker();
    await send(
      record("rows", "job.created", { kind: "clips" }),
      record("rows", "task.created", { task_id: "t", kind: "step" }),
    );
    await send(record("rows", "task.started", { task_id: "t" }));
    const live = server.ingest.jobs.peek("rows");
    await server.ingest.project(live as NonNullable<typeof live>);
    const { items } = await server.store.listTasks({ jobId: "rows", limit: 10 });
    expect(items.map(({ task_id, state }) => [task_id, state])).toEqual([["t", "processing"]]);
  });
});

test("a very large batch is stored group by group, and others get their turn meanwhile", async () => {
  const sizes: number[] = [];
  const wrap = (store: Store): Store => ({
    ...store,
    commit(group) {
      sizes.push(group.facts.length);
      return store.commit(group);
    },
  });
  const server = await startIngest(tempFolder(), { wrap });
  const { record, report, send } = worker("w", () => server.ingest);
  await report("large", "job.created", { kind: "clips" });
  let turns = 0;
  let isOver = false;
  const others = (async () => {
    while (!isOver) {
      await nextTurn();
      turns += 1;
    }
  })();
  const records = Array.from({ length: 10_000 }, (_, at) => record("large", "job.updated", { title: `${at}` }));
  expect(await send(...records)).toEqual({ accepted: 10_000, refused: [], followed: expect.any(Boolean) });
  isOver = true;
  await others;
  expect(turns).toBeGreaterThan(10);
  // While the store is slow, what comes meanwhile waits in one group: not all of it.
  expect(Math.max(...sizes)).toBeLessThan(10_000);
  await server.end();
});

test("a job with very many tasks is handed to the store's lists in portions, so that nobody waits for it", async () => {
  const folder = tempFolder();
  const portions: number[] = [];
  const { ingest, end } = await startIngest(folder, {
    wrap: (real) => ({
      ...real,
      commit(group) {
        portions.push(...group.projections.map(({ tasks }) => tasks.length));
        return real.commit(group);
      },
    }),
  });
  const reporter = { tenantId: "default", worker: "w" };
  const tasks = 20_000;
  const fact = (n: number, type: "job.created" | "task.created", data: JsonObject) => ({
    n,
    type,
    job_id: "many",
    ts: "2026-11-21T10:42:00.000Z",
    data,
  });
  let n = 1;
  await ingest.ingest({ source: "w", records: [fact(n, "job.created", { kind: "bulk" })] }, reporter);
  while (n < tasks) {
    const records = Array.from({ length: 1_000 }, () => {
      n += 1;
      return fact(n, "task.created", { task_id: `t${n}`, kind: "item" });
    });
    await ingest.ingest({ source: "w", records }, reporter);
  }
  await end();
  expect(portions.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(tasks);
  expect(Math.max(...portions)).toBeLessThanOrEqual(6_000);
}, 60_000);
