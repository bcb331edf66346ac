import { critical, type Finding, resultOf, warning } from "../findings.ts";
import type { HealthCheck } from "../health.ts";
import type { HealthThresholds } from "../health-settings.ts";

/** How jobs do, of all tenants. */
export interface PipelineReading {
  /** In the last hour, well or not; canceled ones are neither. */
  readonly ended: number;
  readonly failed: number;
  /** Begun and not ended, and of these: */
  readonly running: number;
  readonly slow: number;
  readonly stalled: number;
  readonly stuck: number;
  /** Their workers are silent. */
  readonly lost: number;
}

export interface ProcessingPipelineDeps {
  readonly read: () => PipelineReading;
  readonly thresholds: () => HealthThresholds;
}

/** Of fewer, a rate says nothing. */
const MIN_ENDED = 5;
/** When so many fail, it is not the single job that is at fault. */
const CRITICAL_RATE = 0.5;

/** Jobs end well, and those that run get on. */
export function processingPipelineCheck({ read, thresholds }: ProcessingPipelineDeps): HealthCheck {
  return {
    component: "processing_pipeline",
    async run() {
      const reading = read();
      const { ended, failed, running, slow, stalled, stuck, lost } = reading;
      const findings = [
        judgeRate(reading, thresholds().error_rate),
        lost > 0 ? warning(`${jobs(lost)} without a worker: start it again, or retry them`) : null,
        stuck > 0 ? warning(`nothing is reported of ${jobs(stuck)}`) : null,
        stalled > 0 ? warning(`${jobs(stalled)} not advancing`) : null,
        slow > 0 && slow * 2 >= running ? warning(`${slow} of ${jobs(running)} slow`) : null,
      ];
      const lately =
        ended === 0 ? "no job ended in the last hour" : `${failed} of ${jobs(ended)} failed in the last hour`;
      return resultOf(findings, `${running} running; ${lately}`, {
        ...reading,
        error_rate: ended === 0 ? null : failed / ended,
      });
    },
  };
}

function judgeRate({ ended, failed }: PipelineReading, threshold: number): Finding | null {
  if (ended < MIN_ENDED || failed < ended * threshold) return null;
  const message = `${failed} of ${jobs(ended)} failed in the last hour (${Math.round((failed / ended) * 100)} %)`;
  return failed >= ended * Math.max(CRITICAL_RATE, threshold) ? critical(message) : warning(message);
}

const jobs = (count: number): string => `${count} job${count === 1 ? "" : "s"}`;
