/** How the parts of a system are, and what is said of them (SPEC §10). */
import type { JsonObject } from "./json.ts";

/** How a part can be, the best first. `critical`: it cannot do what it is there for. */
export const HEALTH_STATUSES = ["healthy", "warning", "critical"] as const;
/** One of {@link HEALTH_STATUSES}. */
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** What a check says of its part. */
export interface HealthResult {
  readonly status: HealthStatus;
  /** For anybody, signed in or not: it names no paths, addresses or people. What to do about it belongs here, too. */
  readonly message: string;
  /** For those who run the server. Of these, others are told the numbers, and what is true or false. */
  readonly details?: JsonObject;
}

/** How one part is. */
export interface ComponentHealth extends HealthResult {
  readonly component: string;
  readonly details: JsonObject;
  readonly response_time_ms: number;
  /** ISO 8601: since when it has had this status, as far as is known. */
  readonly since?: string;
}

/** How all parts are; as bad as the worst. */
export interface HealthReport {
  readonly overall_status: HealthStatus;
  /** ISO 8601, UTC, milliseconds: when the checks began. */
  readonly timestamp: string;
  readonly total_check_time_ms: number;
  readonly checks: readonly ComponentHealth[];
  readonly summary: Readonly<Record<HealthStatus, number>>;
}

/** The statuses of one run of all checks. */
export interface HealthRun {
  readonly timestamp: string;
  readonly overall_status: HealthStatus;
  /** By component. */
  readonly statuses: Readonly<Record<string, HealthStatus>>;
}

/** A component that was no longer as it had been. */
export interface HealthChange {
  readonly timestamp: string;
  readonly component: string;
  /** Null where nothing was known of it before. */
  readonly from: HealthStatus | null;
  readonly to: HealthStatus;
  readonly message: string;
}

/** How a server was over a time. */
export interface HealthHistory {
  readonly from: string;
  readonly to: string;
  /** Oldest first; of very many, the worst of every few. */
  readonly runs: readonly HealthRun[];
  /** Newest first. */
  readonly changes: readonly HealthChange[];
}

/** The worst of some statuses; `healthy` where there are none. */
export function worstHealth(statuses: Iterable<HealthStatus>): HealthStatus {
  let worst = 0;
  for (const status of statuses) worst = Math.max(worst, HEALTH_STATUSES.indexOf(status));
  return HEALTH_STATUSES[worst] ?? "healthy";
}

/** What checks have said, in one report. */
export function healthReport(checks: readonly ComponentHealth[], startedMs: number, endedMs: number): HealthReport {
  const count = (status: HealthStatus) => checks.filter((each) => each.status === status).length;
  return {
    overall_status: worstHealth(checks.map(({ status }) => status)),
    timestamp: new Date(startedMs).toISOString(),
    total_check_time_ms: Math.round(endedMs - startedMs),
    checks,
    summary: { healthy: count("healthy"), warning: count("warning"), critical: count("critical") },
  };
}
