import { critical, resultOf, warning } from "../findings.ts";
import type { HealthCheck } from "../health.ts";

/** How the node of a cluster that runs the engine stands. */
export interface ClusterStanding {
  readonly node: string;
  readonly role: string;
  readonly term: number;
  /** Since the lease was taken or renewed; null where this node has none. */
  readonly leaseAgeMs: number | null;
  readonly leaseMs: number;
  /** Since PostgreSQL answered last. */
  readonly databaseSilentMs: number;
  readonly reaches: { readonly postgresql: boolean; readonly redis: boolean; readonly engine: boolean };
}

/** It is renewed three times before it is over: when half of it has passed, one did not succeed. */
const LATE = 0.5;

/** The node of a cluster that has the engine keeps it, and reaches what it needs, as others reach it. */
export function clusterCheck(read: () => ClusterStanding): HealthCheck {
  return {
    component: "cluster",
    async run() {
      const { node, role, term, leaseAgeMs, leaseMs, databaseSilentMs, reaches } = read();
      const isLate = leaseAgeMs === null || leaseAgeMs > leaseMs * LATE;
      const findings = [
        reaches.postgresql ? null : critical("PostgreSQL does not answer this node"),
        isLate ? warning("the lease on the engine was not renewed in time; another node may take over") : null,
        reaches.redis
          ? null
          : warning("Redis does not answer this node: viewers get what is stored, every few seconds"),
        reaches.engine ? null : warning("the engine does not answer at the address that other nodes call"),
      ];
      return resultOf(findings, "this node has the engine, and reaches PostgreSQL and Redis", {
        ...{ node, role, term },
        lease_age_ms: leaseAgeMs === null ? null : Math.round(leaseAgeMs),
        lease_ms: leaseMs,
        postgresql_silent_ms: Math.round(databaseSilentMs),
        postgresql_reached: reaches.postgresql,
        redis_reached: reaches.redis,
        engine_reached: reaches.engine,
      });
    },
  };
}
