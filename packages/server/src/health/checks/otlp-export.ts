import type { HealthCheck } from "../health.ts";

/** How the export by OpenTelemetry stands. */
export interface CheckedExport {
  readonly sent: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly behindMs: number;
  readonly failing: string | null;
}

/** A receiver may restart. */
const LATE_MS = 60_000;

/** The receiver of what is exported takes it. Nothing of ours waits for it, so it is never critical. */
export function otlpExportCheck(status: () => CheckedExport): HealthCheck {
  return {
    component: "otlp_export",
    async run() {
      const { failing, behindMs, sent, dropped } = status();
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
      const details = { behind_seconds: Math.round(behindMs / 1_000), dropped: lost, sent: { ...sent } };
      if (failing !== null || behindMs > LATE_MS) {
        const why = failing ?? "it is slower than jobs end";
        return {
          status: "warning",
          message: `the receiver of OpenTelemetry does not take what is sent: ${why}`,
          details,
        };
      }
      return { status: "healthy", message: "what is exported by OpenTelemetry is taken", details };
    },
  };
}
