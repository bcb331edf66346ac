export {
  type BatchAck,
  CLIP_STEPS,
  type ClipStep,
  type ControlCommand,
  type ControlVerb,
  type ErrorClass,
  type ErrorCode,
  type EventRecord,
  isErrorCode,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type LogLevel,
  MERGE_STAGES,
  type MergeStage,
  PlayheadError,
  type PlayheadErrorOptions,
  type RecordBatch,
  type RefusedRecord,
  type StartCommand,
  type TaskState,
  type WorkerCommand,
} from "@playhead/core";
export { currentJob, currentTask } from "./context.ts";
export type { Pausable, PauseGate } from "./control/gate.ts";
export type { ControlOptions, RemoteControl } from "./control/remote-control.ts";
export { createSlots, type Slots } from "./control/slots.ts";
export type { HandleOptions, StartedJob, StartHandler } from "./control/starts.ts";
export type {
  ArtifactInput,
  EachOptions,
  JobContext,
  JobHandle,
  JobUpdate,
  Maybe,
  PerItem,
  RunOptions,
  StepHandle,
  TaskHandle,
  TaskOptions,
  TaskOutcome,
  Work,
  WorkerJobState,
} from "./handles.ts";
export type { JobOptions } from "./job/job-options.ts";
export type { LogFields, Logger } from "./logger.ts";
export { createPlayhead, type Playhead, type PlayheadOptions, type RefusedReport } from "./playhead.ts";
export type { SpoolSettings } from "./spool/spool-settings.ts";
export type { PlannedStep, StepPlan } from "./task/step-share.ts";
export { type SetTimer, setSystemTimer } from "./timer.ts";
export { createHttpTransport, type HttpTransportOptions, type SpoolOptions } from "./transport/http-transport.ts";
export { createLocalTransport, type LocalEngine } from "./transport/local-transport.ts";
export type { CommandListener, Heartbeat, Transport } from "./transport/transport.ts";
export type { Warn } from "./warnings.ts";
