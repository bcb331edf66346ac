import type { PlayheadEvent } from "@playhead/core";
import { preciseNowMs } from "./latency-clock.ts";

/** What a fan-out is measured with. */
export interface Workload {
  readonly jobs: number;
  /** Clients in all; they share the jobs evenly. */
  readonly clients: number;
  /** Events of one job that happen at one moment. */
  readonly burst: number;
  readonly burstsPerSecond: number;
  readonly seconds: number;
  /** Bytes a second of a job of its own that one client more follows; 0 without such a client. */
  readonly heavyBytesPerSecond: number;
}

/** What that client follows. */
export const HEAVY_JOB = "job_heavy";

export const jobName = (index: number): string => `job_${index}`;

/** How many events a job has in all. */
export const eventsPerJob = ({ burst, burstsPerSecond, seconds }: Workload): number =>
  burst * burstsPerSecond * seconds;

/**
 * Lets everything happen at an even pace: each job by itself, spread over the period. What comes in bursts are facts, of
 * which each has to arrive; what comes alone are ticks.
 */
export async function play(workload: Workload, emit: (event: readonly PlayheadEvent[]) => void): Promise<void> {
  const { jobs, burst, burstsPerSecond, seconds } = workload;
  const total = jobs * burstsPerSecond * seconds;
  const everyMs = 1_000 / (jobs * burstsPerSecond);
  const startMs = preciseNowMs();
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor((preciseNowMs() - startMs) / everyMs));
    for (; sent < due; sent += 1) {
      const turn = Math.floor(sent / jobs);
      emit(Array.from({ length: burst }, (_, task) => event(jobName(sent % jobs), turn * burst + task + 1, burst > 1)));
    }
    // Nobody looks more often than something is due: the time that takes would count as the server's.
    const waitMs = Math.max(1, startMs + (sent + 1) * everyMs - preciseNowMs());
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

function event(jobId: string, number: number, isFact: boolean): PlayheadEvent {
  return {
    type: "clip.progress",
    ts: new Date().toISOString(),
    job_id: jobId,
    seq: isFact ? number : 0,
    ...(!isFact && { tick: number }),
    correlation_id: "0af7651916cd43dd8448eb211c80319c",
    data: {
      task_id: `clip_${number % 10}`,
      scene_id: 3,
      style: "split",
      step: "rendering",
      percent_complete: number % 100,
      sent_ms: preciseNowMs(),
    },
  };
}
