export {
  type BatchAck,
  CLIP_STEPS,
  type ClipStep,
  type ControlCommand,
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
export { createSlots, type Slots } from "./control/slots.ts";
export type { HandleOptions, StartedJob, StartHandler } from "./control/starts.ts";
export { monitorPg, type PgQueryable } from "./database/monitor-pg.ts";
export { monitorSqlite, type SqliteDatabase } from "./database/monitor-sqlite.ts";
export {
  type BusEvent,
  type BusHandler,
  EventBus,
  type EventBusOptions,
  type EventOrigin,
} from "./event-bus/event-bus.ts";
export { type PatchFetchOptions, patchFetch } from "./fetch/patch-fetch.ts";
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
export { type MonitorObjectOptions, monitorObject } from "./monitor/monitor-object.ts";
export { createPlayhead, type Playhead, type PlayheadOptions, type RefusedReport } from "./playhead.ts";
export type { SpoolSettings } from "./spool/spool-settings.ts";
export type { MachineOptions } from "./system/machine.ts";
export type { PlannedStep, StepPlan } from "./task/step-share.ts";
export { type SetTimer, setSystemTimer } from "./timer.ts";
export { traceEnv, traceparent, withTraceparent } from "./traces/current-trace.ts";
export { formatTraceparent, parseTraceparent, type TraceParent } from "./traces/traceparent.ts";
export { inTrace, type TracedMessage, withTrace } from "./traces/worker-message.ts";
export { createHttpTransport, type HttpTransportOptions, type SpoolOptions } from "./transport/http-transport.ts";
export { createLocalTransport, type LocalEngine } from "./transport/local-transport.ts";
export type { Reading, ReadQuery } from "./transport/reading.ts";
export type { CommandListener, Heartbeat, Transport } from "./transport/transport.ts";
export type { Warn } from "./warnings.ts";
