import type { LogFilter } from "@playhead/core";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { startPostgres } from "../../../../../../tests/servers/postgres-server.ts";
import { tempFolder } from "../../../../test/temp-folder.ts";
import { createSqliteTelemetry } from "../../sqlite/telemetry/open-telemetry.ts";
import { anyGroups } from "../../telemetry-conformance/random-groups.ts";
import { HOUR_MS, TEN_MS } from "../../telemetry-conformance/telemetry-case.ts";
import type { EntryCursor, RollupSpan, TelemetryStore } from "../../telemetry-store.ts";
import { openPostgres } from "../open-postgres.ts";
import { createPostgresTelemetry } from "./open-telemetry.ts";

const FILTERS: readonly Omit<LogFilter, "tenant_id">[] = [
  {},
  { text: "cafe" },
  { text: "clip_17.mp4" },
  { text: '"the cache"' },
  { text: "ren* ete" },
  { text: "失败 disk*" },
  { levels: ["error", "debug"], event_types: ["complete", "error"] },
  { event_types: ["start"] },
  { duration_over: 2.5 },
  { fields: { size: "17" } },
  { fields: { path: "a\0b" } },
  { job_id: "job-1", session_id: "worker-2" },
  { function_name: "Cache.get", category: "api" },
  { range: { fromMs: TEN_MS - 30 * HOUR_MS, toMs: TEN_MS + 100_000 } },
  { range: { fromMs: 0, toMs: TEN_MS }, text: "frame" },
];
/** What is asked: some filters, each from the newest or the oldest on, and the rollups of a span. */
const anyQuestions = fc.record({
  filters: fc.subarray([...FILTERS], { minLength: 3, maxLength: 5 }),
  order: fc.constantFrom("asc", "desc"),
  span: fc.constantFrom<RollupSpan>("minute", "hour", "day", "week", "month"),
} as const);
type Questions = typeof anyQuestions extends fc.Arbitrary<infer Value> ? Value : never;

const RANGE = { fromMs: TEN_MS - 20 * HOUR_MS, toMs: TEN_MS + 200_000 };
const ALL_TIME = { fromMs: 0, toMs: Date.UTC(2100, 0) };

/** Ids count on from the first that a store gave in this run; what runs has none. */
async function answersOf(
  store: TelemetryStore,
  tenantId: string,
  firstId: number,
  { filters, order, span }: Questions,
): Promise<unknown> {
  const answers: unknown[] = [];
  for (const filter of filters) {
    const query = { tenant_id: tenantId, ...filter };
    let after: EntryCursor | null = null;
    do {
      const page: Awaited<ReturnType<TelemetryStore["queryEntries"]>> = await store.queryEntries({
        ...query,
        order,
        limit: 7,
        ...(after && { after }),
      });
      answers.push(
        page.entries.map(({ entry_id, ...entry }) => ({ ...entry, place: Math.max(0, entry_id - firstId) })),
      );
      after = page.next;
    } while (after !== null);
    const end = order === "desc" ? { before: Number.MAX_SAFE_INTEGER } : {};
    const tail = await store.tailEntries({ ...query, limit: 5, ...end });
    answers.push([tail.map(({ entry_id }) => entry_id - firstId), await store.countEntries(query)]);
  }
  answers.push(await store.readRollups({ tenantId, span, range: ALL_TIME }));
  answers.push(await store.sumCallsBySpan({ tenantId, span, range: RANGE, quantiles: [0.5, 0.99] }));
  answers.push(await store.readMedians({ tenantId, span, range: ALL_TIME, limit: 3 }));
  answers.push(await store.sumCalls({ tenantId, range: RANGE, quantiles: [0, 0.5, 0.95] }));
  return answers;
}

test("property 11: of the same groups, SQLite and PostgreSQL give the same answers", { timeout: 120_000 }, async () => {
  const server = await startPostgres(onTestFinished);
  const database = await openPostgres({ url: await server.createDatabase(), poolSize: 2 });
  onTestFinished(database.close);
  const timeZone = "America/New_York";
  const postgres = await createPostgresTelemetry({ database, timeZone, nowMs: () => TEN_MS });
  const sqlite = await createSqliteTelemetry({ folder: tempFolder(onTestFinished), timeZone });
  onTestFinished(sqlite.close);
  onTestFinished(postgres.close);
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.boolean(), async (gen, isWorkerLost) => {
      runs += 1;
      const tenants = [`tenant-${runs}`, `tenant\0${runs}`] as const;
      const groups = gen(anyGroups, tenants);
      const firstIds: (readonly number[])[] = [];
      for (const group of groups) {
        const appended = await Promise.all([sqlite, postgres].map((store) => store.append(group)));
        firstIds.push(appended.map(({ firstEntryId }) => firstEntryId));
      }
      if (isWorkerLost) {
        const which = { sessionId: "worker-2", atMs: TEN_MS + HOUR_MS, reason: "gone" };
        expect(await postgres.endRunning(which)).toBe(await sqlite.endRunning(which));
      }
      const [ofSqlite, ofPostgres] = firstIds[0] as [number, number];
      for (const tenantId of tenants) {
        const questions = gen(() => anyQuestions);
        expect(await answersOf(postgres, tenantId, ofPostgres, questions)).toEqual(
          await answersOf(sqlite, tenantId, ofSqlite, questions),
        );
      }
    }),
    { numRuns: 50, endOnFailure: true },
  );
});
