export {
  type BatchAck,
  CLIP_STEPS,
  type ClipStep,
  type ControlCommand,
  type ControlVerb,
  EMBEDDED_IPV4_NETWORKS,
  type ErrorClass,
  type ErrorCode,
  type ErrorDetails,
  type EventRecord,
  type ExecutionCategory,
  type ExecutionCost,
  isErrorCode,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type LogLevel,
  type LogRecordData,
  MERGE_STAGES,
  type MergeStage,
  NEVER_CALLED_NETWORKS,
  type ObservationRecord,
  PlayheadError,
  type PlayheadErrorOptions,
  PRIVATE_NETWORKS,
  type RecordBatch,
  type RefusedRecord,
  type StartCommand,
  type SystemSample,
  type TaskState,
  type WorkerCommand,
} from "@playhead/core";
export type { BudgetSettings } from "./budget/budget.ts";
export { cleanedText } from "./cleaned-text.ts";
export { currentJob, currentTask, runInTrace } from "./context.ts";
export type { Claimed } from "./control/claim.ts";
export type { Pausable, PauseGate } from "./control/gate.ts";
export { createPlaces, type Places } from "./control/places.ts";
export type { ControlOptions, RemoteControl } from "./control/remote-control.ts";
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
export {
  type Instrument,
  type InstrumentOptions,
  type InstrumentWith,
  type MonitorOptions,
  monitor,
  monitorExecution,
  type ProgressStepOptions,
  progressStep,
  trackPerformance,
} from "./monitor/monitor.ts";
export { type MonitorObjectOptions, monitorObject } from "./monitor/monitor-object.ts";
export type { AnyFunction, StepOptions } from "./monitor/wrapped.ts";
export type { Keeping, Origin, TracePlace } from "./observe/execution.ts";
export type { MonitoringOptions, MonitoringReport } from "./observe/monitoring.ts";
export {
  currentObserver,
  currentTrace,
  type EndedExecution,
  type Observer,
  setCurrentObserver,
} from "./observe/observer.ts";
export type { Meters } from "./observe/readings.ts";
export { createPlayhead, type Playhead, type PlayheadOptions, type RefusedReport } from "./playhead.ts";
export { type BullMQWorker, type MonitorBullMQOptions, monitorBullMQ } from "./queue/monitor-bullmq.ts";
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
export type { ChangeMethod, CommandListener, Heartbeat, Transport } from "./transport/transport.ts";
export type { Warn } from "./warnings.ts";
