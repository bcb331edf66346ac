import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type PostgresServer, startPostgres } from "../../../../../tests/servers/postgres-server.ts";
import { startDeafProxy } from "../../../test/deaf-proxy.ts";
import { createJobScript, EMPTY_GROUP, type JobScript } from "../conformance/job-script.ts";
import { createLease } from "./lease.ts";
import { openPostgres } from "./open-postgres.ts";
import { createPostgresStore } from "./open-store.ts";

const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 10, 22, 12);

const stops: (() => Promise<void>)[] = [];
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres((stop) => stops.push(stop));
}, 60_000);
afterAll(async () => {
  for (const stop of stops) await stop();
}, 60_000);

/** A store whose clock a test sets. */
async function openStore(url: string, clock: { nowMs: number } = { nowMs: NOON_MS }) {
  const database = await openPostgres({ url, poolSize: 4 });
  const lease = createLease({ database, holder: "test" });
  const held = await lease.acquire();
  // As a server that does not know that its lease is over.
  const options = { database, nowMs: () => clock.nowMs, newEpoch: () => "epoch", term: () => held };
  const store = await createPostgresStore(options);
  onTestFinished(async () => {
    await store.close();
    await database.close();
  });
  return { store, database, lease, clock };
}

const setup = async () => openStore(await server.createDatabase());
const script = (jobId: string) => createJobScript({ jobId, tenantId: "t", createdMs: NOON_MS });

function endedJob(jobId: string): JobScript {
  const ended = script(jobId);
  ended.report("job.state_changed", { new_state: "running" });
  ended.report("job.completed", {});
  return ended;
}

describe("a writer", () => {
  test("whose lease is another's stores nothing any more, and no prune, document or partition either", async () => {
    const url = await server.createDatabase();
    const first = await openStore(url);
    const job = script("a");
    await first.store.commit(job.group());
    await first.database.query("UPDATE playhead.lease SET expires_at = clock_timestamp()");
    const second = await openStore(url);
    job.report("job.updated", { by: "the old one" });
    const late = job.factsOnly();
    const fenced = { code: "service_unavailable", detail: { sqlstate: "PH001", is_over: true } };
    await expect(first.store.commit(late)).rejects.toMatchObject(fenced);
    const limits = { detailsBeforeMs: 0, summariesBeforeMs: 0, limit: 10 };
    await expect(first.store.prune(limits)).rejects.toMatchObject(fenced);
    const document = { collection: "c", id: "d", tenantId: "t", body: {}, expiresMs: null };
    await expect(first.store.putDocument(document)).rejects.toMatchObject(fenced);
    await expect(first.store.maintain()).rejects.toMatchObject(fenced);
    // The new one goes on from what was stored.
    await second.store.commit(late);
    expect(await second.store.readFacts("a", 0, 10)).toEqual(job.events());
    expect(await first.store.readDocument("c", "d")).toBeNull();
  });

  test("that has lost its connection with commits under way tells each what became of it", async () => {
    const { store, database } = await setup();
    const job = script("a");
    await store.commit(job.group());
    for (let round = 0; round < 20; round++) {
      const groups = Array.from({ length: 3 }, (_, i) => {
        job.report("job.updated", { round, i });
        return job.factsOnly();
      });
      // Listened to at once: one may be refused before the answer to what cuts its connection.
      const outcomes = Promise.allSettled(groups.map((group) => store.commit(group)));
      await database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
      );
      const settled = await outcomes;
      const stored = settled.filter(({ status }) => status === "fulfilled").length;
      // Never one behind one that was refused.
      expect(settled.slice(0, stored).every(({ status }) => status === "fulfilled")).toBe(true);
      for (const group of groups.slice(stored)) await store.commit(group);
    }
    expect(await store.readFacts("a", 0, 1_000)).toEqual(job.events());
  });

  test("does not say that a commit failed whose answer alone was lost, nor stores it twice", async () => {
    const url = await server.createDatabase();
    const { searchParams, pathname } = new URL(url.replace("@/", "@socket/"));
    const proxy = await startDeafProxy(`${searchParams.get("host")}/.s.PGSQL.${searchParams.get("port")}`);
    const { store } = await openStore(`postgresql://postgres@127.0.0.1:${proxy.port}${pathname}`);
    const direct = await openPostgres({ url, poolSize: 1 });
    onTestFinished(direct.close);
    const job = script("a");
    await store.commit(job.group());
    proxy.loseAnswers();
    job.report("job.updated", { heard: false });
    const committing = store.commit(job.factsOnly());
    const isStored = async () => (await direct.query("SELECT FROM playhead.facts WHERE seq = 2")).count === 1;
    while (!(await isStored()));
    proxy.cut();
    await committing;
    job.report("job.updated", { heard: true });
    await store.commit(job.factsOnly());
    expect(await store.readFacts("a", 0, 10)).toEqual(job.events());
  });

  test("gives ids that grow over days, also when the clock is set back", async () => {
    const { store, clock } = await setup();
    const job = script("a");
    for (const nowMs of [NOON_MS, NOON_MS + DAY_MS, NOON_MS - 3 * DAY_MS, NOON_MS + 2 * DAY_MS]) {
      clock.nowMs = nowMs;
      job.report("job.updated", { nowMs });
      await store.commit(job.group());
    }
    const log = await store.readFactLog(0, 100);
    expect(log.map(({ event }) => event)).toEqual(job.events());
    expect(await store.readFacts("a", 2, 2)).toEqual(job.events().slice(2, 4));
  });

  test("keeps texts that a column cannot hold", async () => {
    const { store } = await setup();
    const job = createJobScript({ jobId: "a", tenantId: "t\0", title: "a\0b", kind: "k\0", userId: "u\u0001" });
    for (const task_id of ["x\0", "x\u0001", "x\u00010"]) job.report("task.created", { task_id, kind: "c\0" });
    await store.commit({ ...job.group(), sources: new Map([["w\0", 5]]) });
    expect(await store.readJob("a")).toEqual(job.job());
    const found = await store.listJobs({
      tenantId: "t\0",
      kinds: ["k\0"],
      userId: "u\u0001",
      text: "A\0B",
      sort: "title",
      order: "asc",
      limit: 10,
    });
    expect(found.items.map(({ title }) => title)).toEqual(["a\0b"]);
    const tasks = await store.listTasks({ jobId: "a", named: "x\0", kinds: ["c\0"], limit: 10 });
    expect(tasks.items.map(({ task_id }) => task_id)).toEqual(["x\0"]);
    expect(await store.readSource("w\0")).toBe(5);
  });
});

describe("a day's facts", () => {
  const partitions = async ({ database }: Awaited<ReturnType<typeof setup>>) =>
    (
      await database.query<{ name: string }>(
        "SELECT relname AS name FROM pg_class WHERE relname ~ '^facts_[0-9]+$' ORDER BY 1",
      )
    ).rows.map(({ name }) => name);

  async function pruneAndMaintain({ store, clock }: Awaited<ReturnType<typeof setup>>): Promise<void> {
    const limits = { detailsBeforeMs: clock.nowMs - 30 * DAY_MS, summariesBeforeMs: 0, limit: 100 };
    while ((await store.prune(limits)).hasMore);
    while (await store.maintain());
  }

  test("go as a whole once no job has any that was not let go of", async () => {
    const opened = await setup();
    const { store, clock } = opened;
    await store.commit(endedJob("a").group());
    clock.nowMs += 40 * DAY_MS;
    const open = script("open");
    await store.commit(open.group());
    expect(await partitions(opened)).toEqual(["facts_20261122", "facts_20270101"]);
    await pruneAndMaintain(opened);
    // And tomorrow's is there already.
    expect(await partitions(opened)).toEqual(["facts_20270101", "facts_20270102"]);
    expect(await store.readJob("a")).toMatchObject({ state: "completed", details_removed_at: expect.any(String) });
    expect(await store.readFacts("open", 0, 10)).toEqual(open.events());
  });

  test("that a long job keeps go one by one", async () => {
    const opened = await setup();
    const { store, clock, database } = opened;
    const long = script("long");
    for (const job of [endedJob("a"), long]) await store.commit(job.group());
    clock.nowMs += 40 * DAY_MS;
    await store.commit(script("later").group());
    await pruneAndMaintain(opened);
    const left = await database.query("SELECT seq FROM playhead.facts_20261122");
    expect(left.rows).toEqual([{ seq: 1 }]);
    expect(await store.readFacts("long", 0, 10)).toEqual(long.events());
  });

  test("are there before the day begins", async () => {
    const opened = await setup();
    await opened.store.commit(EMPTY_GROUP);
    await opened.store.maintain();
    expect(await partitions(opened)).toEqual(["facts_20261123"]);
  });
});
