import type { Observed } from "../reading/span-records.ts";

/** Where something that was observed belongs. */
export interface Place {
  readonly jobId: string | null;
  readonly taskId: string | null;
}

/** The same observation, of this job and task. */
export function placed(observed: Observed, { jobId, taskId }: Place): Observed {
  return {
    ...observed,
    ...(jobId !== null && { job_id: jobId }),
    data: { ...observed.data, ...(taskId !== null && { task_id: taskId }) },
  } as Observed;
}
