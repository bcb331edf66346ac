import type { ComponentHealth, HealthReport, HealthStatus } from "@playhead/core";

/** The media type of `draft-inadarei-api-health-check-06`. */
export const HEALTH_JSON = "application/health+json";

const WORDS: Readonly<Record<HealthStatus, "pass" | "warn" | "fail">> = {
  healthy: "pass",
  warning: "warn",
  critical: "fail",
};

/** A report in the words of that draft. */
export function healthJsonOf(report: HealthReport, version: string) {
  const { overall_status, timestamp, checks, summary } = report;
  const ill = checks.filter(({ status }) => status !== "healthy");
  return {
    status: WORDS[overall_status],
    version: version.split(".", 1)[0] ?? version,
    releaseId: version,
    serviceId: "playhead",
    description: "how Playhead and its parts are",
    notes: [`${summary.healthy} healthy, ${summary.warning} warning, ${summary.critical} critical`],
    ...(ill.length > 0 && { output: ill.map(({ component, message }) => `${component}: ${message}`).join("; ") }),
    checks: Object.fromEntries(
      checks.map((check) => [`${check.component}:responseTime`, [measured(check, timestamp)]]),
    ),
  };
}

function measured({ component, status, message, response_time_ms }: ComponentHealth, time: string) {
  return {
    componentId: component,
    componentType: component === "object_storage" ? "datastore" : "system",
    observedValue: response_time_ms,
    observedUnit: "ms",
    status: WORDS[status],
    time,
    // Omitted where all is well, as the draft wants it.
    ...(status !== "healthy" && { output: message }),
  };
}

/** Whether an `Accept` header names the type, and wants no plain JSON more than it. */
export function prefersHealthJson(accept: string | undefined): boolean {
  const wanted = (accept ?? "").split(",").map((each) => {
    const [type = "", ...parameters] = each.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((part) => part.startsWith("q="))?.slice(2);
    return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
  });
  const qualityOf = (type: string) => wanted.find((each) => each.type === type)?.quality ?? 0;
  const quality = qualityOf(HEALTH_JSON);
  return quality > 0 && quality >= qualityOf("application/json");
}
