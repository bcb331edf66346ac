import type { HealthStatus } from "@playhead/core";

/** The colour of each status, as text. */
export const STATUS_COLORS: Readonly<Record<HealthStatus, string>> = {
  healthy: "text-completed",
  warning: "text-paused",
  critical: "text-failed",
};

const PATHS: Readonly<Record<HealthStatus, string>> = {
  healthy: "m3 8.6 3.4 3.4L13 4.8",
  warning: "M8 3 14 13H2zM8 7v2.8M8 11.4v.1",
  critical: "m4 4 8 8m0-8-8 8",
};

/** A status's shape; its word stands beside it. */
export function HealthMark({ status, className = "" }: { readonly status: HealthStatus; readonly className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      data-status={status}
      className={`size-4 shrink-0 ${STATUS_COLORS[status]} ${className}`}
    >
      <path
        d={PATHS[status]}
        fill="none"
        stroke="currentColor"
        strokeWidth={status === "warning" ? 1.5 : 2}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
