import type { HealthResult } from "@playhead/core";
import type { HealthCheck } from "../src/health/health.ts";

/** What a check says, without a runner around it. */
export const resultOf = (check: HealthCheck): Promise<HealthResult> => check.run(new AbortController().signal);
