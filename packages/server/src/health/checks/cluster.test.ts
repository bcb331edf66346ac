import { expect, test } from "vitest";
import { type ClusterStanding, clusterCheck } from "./cluster.ts";

const WELL: ClusterStanding = {
  ...{ node: "a", role: "leading", term: 3, leaseAgeMs: 1_200.4, leaseMs: 6_000, databaseSilentMs: 300.2 },
  reaches: { postgresql: true, redis: true, engine: true },
};
const without = (what: Partial<ClusterStanding["reaches"]>): Partial<ClusterStanding> => ({
  reaches: { ...WELL.reaches, ...what },
});

test.each<{ name: string; given: Partial<ClusterStanding>; status: string; says: string }>([
  { name: "all is well", given: {}, status: "healthy", says: "this node has the engine, and reaches" },
  {
    name: "no PostgreSQL",
    given: without({ postgresql: false }),
    status: "critical",
    says: "PostgreSQL does not answer",
  },
  { name: "no Redis", given: without({ redis: false }), status: "warning", says: "Redis does not answer" },
  { name: "nobody reaches it", given: without({ engine: false }), status: "warning", says: "that other nodes call" },
  { name: "a renewal that is late", given: { leaseAgeMs: 3_001 }, status: "warning", says: "not renewed in time" },
  { name: "no lease any more", given: { leaseAgeMs: null }, status: "warning", says: "not renewed in time" },
])("$name: $status", async ({ given, status, says }) => {
  const found = await clusterCheck(() => ({ ...WELL, ...given })).run(AbortSignal.abort());
  expect(found).toMatchObject({ status, message: expect.stringContaining(says) });
});

test("says where it stands", async () => {
  const { details } = await clusterCheck(() => WELL).run(AbortSignal.abort());
  expect(details).toEqual({
    ...{ node: "a", role: "leading", term: 3, lease_age_ms: 1_200, lease_ms: 6_000, postgresql_silent_ms: 300 },
    ...{ postgresql_reached: true, redis_reached: true, engine_reached: true },
  });
});
