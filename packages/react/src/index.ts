export { JobProgress, type JobProgressProps } from "./job-progress.tsx";
export { PlayheadProvider, type PlayheadProviderProps } from "./provider.tsx";
export { type ClientOptions, usePlayheadClient } from "./use-client.ts";
export { useConnection } from "./use-connection.ts";
export { type UseJobOptions, type UseJobResult, useJob } from "./use-job.ts";
export { type UseJobsResult, useJobs } from "./use-jobs.ts";
export { useStore } from "./use-store.ts";
