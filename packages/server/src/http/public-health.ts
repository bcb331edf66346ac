import type { HealthReport, JsonObject } from "@playhead/core";

/** A report for whoever asks: of the details, only what cannot be a path, a name or a secret. */
export function publicReport(report: HealthReport): HealthReport {
  return { ...report, checks: report.checks.map((check) => ({ ...check, details: figuresOf(check.details) })) };
}

function figuresOf(details: JsonObject): JsonObject {
  const isFigure = (value: unknown) => value === null || typeof value === "number" || typeof value === "boolean";
  return Object.fromEntries(Object.entries(details).filter(([, value]) => isFigure(value)));
}
