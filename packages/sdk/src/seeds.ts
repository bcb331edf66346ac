export {
  type ClipDetails,
  ProgressChannel,
  type ProgressChannelOptions,
  type SceneStart,
} from "./seeds/progress-channel.ts";
export {
  type JobData,
  type ProgressHandler,
  ProgressMonitor,
  type ProgressMonitorOptions,
  type StateChangeHandler,
  type VideoUpdate,
} from "./seeds/progress-monitor.ts";
