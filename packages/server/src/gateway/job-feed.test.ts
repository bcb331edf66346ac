import { setImmediate as nextTurn } from "node:timers/promises";
import { jobFromSnapshot, type PlayheadEvent, snapshotOf } from "@playhead/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFeedClient as client, EPOCH, createFeedWorld as setup } from "../../test/feed-world.ts";
import { publicationOf } from "../../test/publications.ts";
import type { Publication } from "../bus/bus.ts";
import type { Since } from "./feed-job.ts";
import { openJobFeed } from "./job-feed.ts";

const open = (world: ReturnType<typeof setup>, to: ReturnType<typeof client>, since: Since | null = null) =>
  openJobFeed(
    world.source,
    { tenantId: "default", jobId: "j", since },
    { event: to.event, lost: (error) => to.lost.push(error) },
  );

describe("a feed", () => {
  test("begins with a snapshot that shows nothing unstored, and goes on with the next fact", async () => {
    const world = setup();
    world.fact();
    world.commit();
    world.say();
    world.fact();
    world.tick();
    const to = client(world);
    const opening = open(world, to);
    await nextTurn();
    world.fact();
    world.commit(2);
    world.say();
    const feed = await opening;
    expect(feed.snapshot).toMatchObject({ seq: 2, tick: 1 });
    to.take(feed.snapshot);
    feed.start();
    world.commit();
    world.say();
    expect(to.facts()).toEqual([3]);
    expect(feed.position()).toEqual([3, 1]);
  });

  test("with a known position brings what was missed once, in order, and then where the progress stands", async () => {
    const world = setup();
    for (let at = 0; at < 4; at++) world.fact();
    world.commit();
    const known = jobFromSnapshot(snapshotOf(world.live));
    for (let at = 0; at < 3; at++) world.fact();
    world.tick();
    world.commit();
    const to = client(world, known);
    const feed = await open(world, to, { epoch: EPOCH, seq: 4, tick: 0 });
    feed.start();
    expect([feed.recovered, feed.snapshot, to.facts()]).toEqual([true, null, [5, 6, 7]]);
    expect(to.got.at(-1)).toMatchObject({ type: "job.progress", seq: 7, tick: 2 });
  });

  test("with a moment brings the facts with a later time, though times do not grow with the numbers", async () => {
    const world = setup();
    for (let at = 0; at < 4; at++) world.fact();
    const times = ["10:00", "10:03", "10:01", "10:02"].map((time) => `2026-11-21T${time}:00.000Z`);
    for (const [index, ts] of times.entries()) Object.assign(world.events[index] as PlayheadEvent, { ts });
    world.commit();
    const got: unknown[] = [];
    const since = { afterMs: Date.parse("2026-11-21T10:01:00.000Z") };
    const feed = await openJobFeed(
      world.source,
      { tenantId: "default", jobId: "j", since },
      { event: ({ text }) => got.push(JSON.parse(text).seq), lost: () => undefined },
    );
    expect([feed.recovered, feed.snapshot]).toEqual([true, null]);
    feed.start();
    world.say();
    world.fact();
    world.commit();
    world.say();
    // The progress stands between what was missed and what happens.
    expect(got).toEqual([2, 4, 4, 5]);
  });

  test("with a moment before more than 5,000 facts begins with a snapshot", async () => {
    const world = setup();
    for (let at = 0; at < 5_001; at++) world.fact();
    world.commit();
    const feed = await open(world, client(world), { afterMs: 0 });
    expect([feed.recovered, feed.snapshot?.seq]).toEqual([false, 5_001]);
    expect((await open(world, client(world), { afterMs: Date.now() })).recovered).toBe(true);
  });

  test("reads from the store what the bus lost: behind a gap, or found by a check", async () => {
    const world = setup();
    world.fact();
    world.commit();
    world.say();
    const to = client(world);
    const feed = await open(world, to);
    to.take(feed.snapshot);
    feed.start();
    const happen = (count: number) => {
      for (let at = 0; at < count; at++) world.fact();
      world.commit();
    };
    happen(3);
    world.lose(2);
    world.say();
    expect(to.facts()).toEqual([]);
    await nextTurn();
    await nextTurn();
    expect(to.facts()).toEqual([2, 3, 4]);
    // A tick that stands behind a fact which did not come.
    happen(1);
    world.lose(1);
    world.tick();
    world.commit();
    world.say();
    await nextTurn();
    await nextTurn();
    expect(to.facts()).toEqual([2, 3, 4, 5]);
    expect(to.got.at(-1)?.tick).toBe(1);
    // The last one, after which nothing comes.
    happen(1);
    world.lose(1);
    feed.check();
    await nextTurn();
    await nextTurn();
    expect(to.facts()).toEqual([2, 3, 4, 5]);
    feed.check();
    await nextTurn();
    await nextTurn();
    expect(to.facts()).toEqual([2, 3, 4, 5, 6]);
    expect([to.lost, feed.position()]).toEqual([[], [6, 1]]);
  });

  test("that cannot read what the bus lost says so once, and is over", async () => {
    const world = setup();
    world.fact();
    world.commit();
    world.say();
    const to = client(world);
    const source = {
      ...world.source,
      store: { ...world.source.store, readFacts: () => Promise.reject(new Error("disk")) },
    };
    const feed = await openJobFeed(
      source,
      { tenantId: "default", jobId: "j", since: null },
      { event: to.event, lost: (error) => to.lost.push(error) },
    );
    to.take(feed.snapshot);
    feed.start();
    for (let at = 0; at < 3; at++) world.fact();
    world.commit();
    world.lose(1);
    world.say(1);
    await nextTurn();
    world.say(1);
    await nextTurn();
    expect([to.lost.map(String), to.facts()]).toEqual([["Error: disk"], []]);
  });

  test("ignores ticks that were on their way when it was told newer ones", async () => {
    const world = setup();
    world.fact();
    world.commit();
    world.say();
    const known = jobFromSnapshot(snapshotOf(world.live));
    world.tick();
    world.tick();
    world.commit();
    const to = client(world, known);
    const feed = await open(world, to, { epoch: EPOCH, seq: 1, tick: 0 });
    feed.start();
    world.say();
    expect(to.got.map(({ tick }) => tick)).toEqual([3]);
    world.tick();
    world.commit();
    world.say();
    expect(to.got.map(({ tick }) => tick)).toEqual([3, 4]);
  });

  test.each([
    { why: "another history", since: { epoch: "e0", seq: 1, tick: 0 } },
    { why: "ahead of this one", since: { epoch: EPOCH, seq: 9, tick: 0 } },
  ])("from a position of $why begins with a snapshot", async ({ since }) => {
    const world = setup();
    world.fact();
    world.fact();
    world.commit();
    const feed = await open(world, client(world), since);
    expect([feed.recovered, feed.snapshot?.seq]).toEqual([false, 2]);
  });

  test("that missed over 5,000 facts begins with a snapshot, with 5,000 it is brought all of them", async () => {
    const world = setup();
    world.fact();
    const known = jobFromSnapshot(snapshotOf(world.live));
    for (let at = 0; at < 5_000; at++) world.fact();
    world.commit();
    const to = client(world, known);
    const feed = await open(world, to, { epoch: EPOCH, seq: 1, tick: 0 });
    feed.start();
    expect([feed.recovered, to.facts().length]).toEqual([true, 5_000]);
    world.fact();
    world.commit();
    expect((await open(world, client(world, known), { epoch: EPOCH, seq: 1, tick: 0 })).recovered).toBe(false);
  });

  test("of a job that has ended and left memory comes from the store, with where its bar stayed", async () => {
    const world = setup();
    world.fact();
    const known = jobFromSnapshot(snapshotOf(world.live));
    world.tick();
    world.end();
    world.commit();
    world.say();
    world.leaveMemory();
    expect((await open(world, client(world))).snapshot).toMatchObject({ state: "failed", seq: 3 });
    const to = client(world, known);
    const feed = await open(world, to, { epoch: EPOCH, seq: 1, tick: 0 });
    feed.start();
    expect(to.facts()).toEqual([2, 3]);
    expect(to.got.at(-1)).toMatchObject({ type: "job.progress", data: { percent_complete: 1 } });
    expect(world.peekJob("j")).toBeUndefined();
  });

  test("of an open job that left memory takes it back, so that its ticks go on", async () => {
    const world = setup({ inMemory: false });
    world.fact();
    world.commit();
    const feed = await open(world, client(world));
    expect(feed.snapshot?.seq).toBe(1);
    expect(world.peekJob("j")).toBeDefined();
  });

  test("while the store refuses begins with what is stored, and gets the rest when it is", async () => {
    const world = setup({ stuck: true });
    world.fact();
    world.commit();
    world.say();
    world.fact();
    const to = client(world);
    const feed = await open(world, to);
    expect(feed.snapshot?.seq).toBe(1);
    to.take(feed.snapshot);
    feed.start();
    world.commit();
    world.say();
    expect(to.facts()).toEqual([2]);
  });

  test("is not had of no job, nor of another tenant's, in memory or stored, and leaves no subscription", async () => {
    const world = setup();
    const missing = expect.objectContaining({ code: "not_found" });
    await expect(open(world, client(world))).rejects.toEqual(missing);
    world.fact();
    world.commit();
    world.say();
    const request = { tenantId: "other", jobId: "j", since: null };
    const sink = { event: () => undefined, lost: () => undefined };
    await expect(openJobFeed(world.source, request, sink)).rejects.toEqual(missing);
    world.leaveMemory();
    await expect(openJobFeed(world.source, request, sink)).rejects.toEqual(missing);
    expect(() => world.say()).not.toThrow();
  });

  test("sends log lines only to who wants them, and nothing after it was closed", async () => {
    const world = setup();
    world.fact();
    world.commit();
    world.say();
    const line = { log_id: 1, ts: "", job_id: "j", task_id: null, level: "info", message: "m", fields: {} } as const;
    const log: Publication = { ...publicationOf(world.events[0] as PlayheadEvent), content: line, frame: () => "line" };
    const frames: string[][] = [[], []];
    const feeds = await Promise.all(
      [true, false].map((logs, index) =>
        openJobFeed(
          world.source,
          { tenantId: "default", jobId: "j", since: null },
          {
            event: ({ text }) => frames[index]?.push(text),
            ...(logs && { line: ({ text }) => frames[index]?.push(text) }),
            lost: () => undefined,
          },
        ),
      ),
    );
    for (const feed of feeds) feed.start();
    world.bus.publish([log]);
    for (const feed of feeds) feed.close();
    world.bus.publish([log]);
    expect(frames).toEqual([["line"], []]);
  });
});

test("whenever a client comes, goes and comes back: every fact once, in order, none before it is stored, and the end is the job", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant("fact" as const) },
    { weight: 3, arbitrary: fc.constant("tick" as const) },
    { weight: 3, arbitrary: fc.constant("commit" as const) },
    { weight: 3, arbitrary: fc.constant("say" as const) },
    { weight: 2, arbitrary: fc.constant("connect" as const) },
    { weight: 1, arbitrary: fc.constant("disconnect" as const) },
    { weight: 3, arbitrary: fc.constant("turn" as const) },
    { weight: 1, arbitrary: fc.constant("leave" as const) },
    { weight: 1, arbitrary: fc.constant("end" as const) },
    { weight: 1, arbitrary: fc.constant("forget" as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: "max" }), fc.boolean(), async (steps, stuck) => {
      const world = setup({ stuck });
      world.fact();
      world.commit();
      world.say();
      let to = client(world);
      let close: (() => void) | null = null;
      let opening: Promise<void> | null = null;
      const connect = () => {
        if (opening !== null) return;
        const knows = to.job();
        const since = knows === null ? null : { epoch: EPOCH, seq: knows.seq, tick: knows.tick };
        let isWanted = true;
        close = () => {
          isWanted = false;
        };
        opening = open(world, to, since).then((feed) => {
          if (!isWanted) return feed.close();
          close = feed.close;
          to.take(feed.snapshot);
          feed.start();
        });
      };
      const disconnect = () => {
        close?.();
        close = null;
        opening = null;
      };
      for (const each of steps) {
        if (each === "fact") world.fact();
        else if (each === "tick") world.tick();
        else if (each === "commit") world.commit(2);
        else if (each === "say") world.say(2);
        else if (each === "turn") await nextTurn();
        else if (each === "connect") connect();
        else if (each === "leave") world.leaveMemory();
        else if (each === "end") world.end();
        else if (each === "disconnect") disconnect();
        else if (each === "forget") {
          disconnect();
          to = client(world);
        }
      }
      world.recover();
      connect();
      for (let turn = 0; turn < 6; turn++) {
        await nextTurn();
        world.commit();
        world.say();
      }
      await opening;
      expect(to.facts()).toEqual(to.facts().map((_, index) => to.base() + index + 1));
      expect(to.job().seq).toBe(world.live.seq);
      expect(to.job().title).toBe(world.live.title);
      if (to.job().tick > 0) expect(to.job().progress.percent_complete).toBe(world.live.progress.percent_complete);
      expect(snapshotOf(to.job()).tasks).toEqual(snapshotOf(world.live).tasks);
    }),
    { numRuns: 300 },
  );
});
