import { PlayheadError } from "@playhead/core";
import { expect, onTestFinished, test } from "vitest";
import { startPostgres } from "../../../../../../tests/servers/postgres-server.ts";
import { callRow, groupOf, TEN_MS } from "../../telemetry-conformance/telemetry-case.ts";
import { createLease } from "../lease.ts";
import { openPostgres } from "../open-postgres.ts";
import type { PostgresDatabase } from "../postgres-database.ts";
import { createPostgresTelemetry } from "./open-telemetry.ts";

const ALL_TIME = { fromMs: 0, toMs: Date.UTC(2100, 0) };
const KILLS = 3;

/** A while later, as a PostgreSQL that was killed lets nobody in until it has read its log. */
async function openAgain(url: string): Promise<PostgresDatabase> {
  for (;;) {
    try {
      return await openPostgres({ url, poolSize: 2 });
    } catch (error) {
      if ((error as { retryable?: boolean }).retryable !== true) throw error;
    }
  }
}

test("a group whose COMMIT was kept, but not answered, is stored once and said to be", async () => {
  const server = await startPostgres(onTestFinished);
  const database = await openPostgres({ url: await server.createDatabase(), poolSize: 2 });
  onTestFinished(database.close);
  /** Of the transactions to come: which are cut off, and where. */
  let cut: "before the commit" | "after the commit" | null = null;
  const cutting: PostgresDatabase = {
    ...database,
    async transaction(work, options) {
      const here = cut;
      cut = null;
      const lost = new PlayheadError("service_unavailable", "the connection was lost");
      if (here !== "before the commit") {
        const result = await database.transaction(work, options);
        if (here === null) return result;
        throw lost;
      }
      return await database.transaction(async (session) => {
        await work(session);
        throw lost;
      });
    },
  };
  const store = await createPostgresTelemetry({ database: cutting, timeZone: "UTC", nowMs: () => TEN_MS });
  const group = (message: string) => groupOf([callRow("t", { message }), callRow("t", { message })]);
  expect(await store.append(group("first"))).toEqual({ firstEntryId: 1 });
  cut = "after the commit";
  expect(await store.append(group("kept"))).toEqual({ firstEntryId: 3 });
  cut = "before the commit";
  await expect(store.append(group("lost"))).rejects.toMatchObject({ code: "service_unavailable" });
  expect(await store.append(group("again"))).toEqual({ firstEntryId: 5 });
  const tail = await store.tailEntries({ tenant_id: "t", limit: 10 });
  expect(tail.map(({ message }) => message)).toEqual(["first", "first", "kept", "kept", "again", "again"]);
  expect(await store.readRollups({ tenantId: "t", span: "day", range: ALL_TIME })).toMatchObject([{ count: 6 }]);
  await store.close();
});

test("who holds the lease no more cannot write any more", async () => {
  const server = await startPostgres(onTestFinished);
  const database = await openPostgres({ url: await server.createDatabase(), poolSize: 2 });
  onTestFinished(database.close);
  const lease = createLease({ database, holder: "first" });
  await lease.acquire();
  const store = await createPostgresTelemetry({ database, term: lease.term, timeZone: "UTC", nowMs: () => TEN_MS });
  const append = (message: string) => store.append(groupOf([callRow("t", { message })]));
  await append("mine");
  await database.query("UPDATE playhead.lease SET term = term + 1, holder = 'second'");
  await expect(append("too late")).rejects.toMatchObject({ code: "service_unavailable" });
  await expect(store.endRunning({ sessionId: "x", atMs: TEN_MS, reason: "x" })).rejects.toMatchObject({
    code: "service_unavailable",
  });
  expect((await store.tailEntries({ tenant_id: "t", limit: 10 })).map(({ message }) => message)).toEqual(["mine"]);
  await store.close();
});

test("after PostgreSQL was killed while entries were appended, what was acknowledged is there, and rollups agree with it", async () => {
  const server = await startPostgres(onTestFinished);
  const url = await server.createDatabase();
  /** The highest group that was acknowledged, and the one that was sent last. */
  let acknowledged = 0;
  let sent = 0;
  for (let kill = 0; kill <= KILLS; kill++) {
    const database = await openAgain(url);
    const store = await createPostgresTelemetry({ database, timeZone: "UTC", nowMs: () => TEN_MS });

    const { entries } = await store.queryEntries({ tenant_id: "t", order: "asc", limit: 100_000 });
    const groups = Map.groupBy(entries, ({ message }) => Number(message));
    // Whole groups, without a gap, and none that was acknowledged is missing.
    const last = await store.readSource("w");
    expect(last).toBeGreaterThanOrEqual(acknowledged);
    expect(last).toBeLessThanOrEqual(sent);
    expect([...groups.keys()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: last }, (_, at) => at + 1));
    for (const [group, own] of groups) expect(own).toHaveLength(1 + (group % 7));
    expect(new Set(entries.map(({ entry_id }) => entry_id)).size).toBe(entries.length);
    const durationSumMs = entries.reduce((sum, { duration }) => sum + (duration ?? 0), 0);
    for (const span of ["minute", "hour", "day", "week", "month"] as const) {
      const rollups = await store.readRollups({ tenantId: "t", span, range: ALL_TIME });
      expect(rollups.reduce((sum, { count }) => sum + count, 0)).toBe(entries.length);
      expect(rollups.reduce((sum, { durationSumMs: each }) => sum + each, 0)).toBe(durationSumMs);
    }

    if (kill < KILLS) {
      sent = last;
      acknowledged = last;
      const enough = Promise.withResolvers<void>();
      let isKilled = false;
      const append = async () => {
        while (!isKilled) {
          sent += 1;
          const group = sent;
          const rows = Array.from({ length: 1 + (group % 7) }, (_, place) =>
            callRow("t", { message: String(group), tsMs: TEN_MS + group * 1_000, durationMs: group + place }),
          );
          await store.append(groupOf(rows, { sources: new Map([["w", group]]) }));
          acknowledged = group;
          if (group - last === 40 + kill * 7) enough.resolve();
        }
      };
      const appending = append().catch((error: unknown) => error);
      // What ends before PostgreSQL does is a fault, and is told.
      await Promise.race([enough.promise, appending.then((error) => Promise.reject(error))]);
      isKilled = true;
      await server.kill();
      await server.start();
      // What became of a commit without an answer is known once PostgreSQL is back.
      const failed = await appending;
      if (failed !== undefined) expect(failed).toMatchObject({ retryable: true });
    }
    await store.close();
    await database.close();
  }
});
