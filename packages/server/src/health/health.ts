/** How one part of the system is (SPEC §10). */
export interface HealthResult {
  readonly status: "healthy" | "warning" | "critical";
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface HealthCheck {
  readonly component: string;
  /** @defaultValue 10,000 */
  readonly limitMs?: number;
  /** Must end when `signal` aborts. */
  run(signal: AbortSignal): Promise<HealthResult>;
}

export interface ComponentHealth extends HealthResult {
  readonly component: string;
  readonly response_time_ms: number;
}

export interface HealthReport {
  readonly overall_status: HealthResult["status"];
  readonly timestamp: string;
  readonly total_check_time_ms: number;
  readonly checks: readonly ComponentHealth[];
  readonly summary: { readonly healthy: number; readonly warning: number; readonly critical: number };
}

const LIMIT_MS = 10_000;
const CACHED_MS = 60_000;
const WORSE = ["healthy", "warning", "critical"] as const;

/** Runs all checks side by side, each with its limit; the report is kept for a minute. */
export function createHealth(nowMs: () => number) {
  const checks: HealthCheck[] = [];
  let latest: { readonly atMs: number; readonly report: Promise<HealthReport> } | null = null;

  async function runOne(check: HealthCheck): Promise<ComponentHealth> {
    const startedMs = nowMs();
    const limitMs = check.limitMs ?? LIMIT_MS;
    const signal = AbortSignal.timeout(limitMs);
    const overdue = new Promise<HealthResult>((resolve) => {
      signal.addEventListener(
        "abort",
        () => resolve({ status: "critical", message: `no answer within ${limitMs / 1000} s` }),
        {
          once: true,
        },
      );
    });
    const failed = (error: unknown): HealthResult => ({
      status: "critical",
      message: error instanceof Error ? error.message : String(error),
    });
    // Also what it throws before it returns a promise.
    const run = Promise.try(() => check.run(signal)).catch(failed);
    const result = await Promise.race([run, overdue]);
    return { component: check.component, ...result, response_time_ms: Math.round(nowMs() - startedMs) };
  }

  async function runAll(): Promise<HealthReport> {
    const startedMs = nowMs();
    const results = await Promise.all(checks.map(runOne));
    const count = (status: HealthResult["status"]) => results.filter((each) => each.status === status).length;
    const worst = Math.max(0, ...results.map(({ status }) => WORSE.indexOf(status)));
    return {
      overall_status: WORSE[worst] ?? "healthy",
      timestamp: new Date(startedMs).toISOString(),
      total_check_time_ms: Math.round(nowMs() - startedMs),
      checks: results,
      summary: { healthy: count("healthy"), warning: count("warning"), critical: count("critical") },
    };
  }

  return {
    /** Adds a check; the next report has it. */
    register(check: HealthCheck): void {
      checks.push(check);
      latest = null;
    },
    /** The report, at most a minute old. */
    report(): Promise<HealthReport> {
      if (latest === null || nowMs() - latest.atMs > CACHED_MS) latest = { atMs: nowMs(), report: runAll() };
      return latest.report;
    },
  };
}

export type Health = ReturnType<typeof createHealth>;
