import { type HealthResult, type HealthStatus, type JsonObject, worstHealth } from "@playhead/core";

/** Something about a part that is not well. */
export interface Finding {
  readonly status: Exclude<HealthStatus, "healthy">;
  readonly message: string;
}

/** What was found, the worst first; null stands for what is well. */
export function resultOf(findings: readonly (Finding | null)[], well: string, details: JsonObject): HealthResult {
  const ill = findings.filter((each) => each !== null);
  const status = worstHealth(ill.map((each) => each.status));
  const worstFirst = ill.toSorted((a, b) => Number(b.status === status) - Number(a.status === status));
  return { status, message: ill.length === 0 ? well : worstFirst.map(({ message }) => message).join("; "), details };
}

export const warning = (message: string): Finding => ({ status: "warning", message });
export const critical = (message: string): Finding => ({ status: "critical", message });
