export { EMBEDDED_IPV4_NETWORKS, NEVER_CALLED_NETWORKS, PRIVATE_NETWORKS } from "./address-networks.ts";
export {
  ALERT_DIMENSIONS,
  ALERT_LEVELS,
  ALERT_STATES,
  type Alert,
  type AlertBacktest,
  type AlertCause,
  type AlertChannelInfo,
  type AlertChannelTest,
  type AlertDelivery,
  type AlertDimension,
  type AlertLevel,
  type AlertNotification,
  type AlertRule,
  type AlertRuleDraft,
  type AlertScope,
  type AlertSilence,
  type AlertState,
  DELIVERY_STATES,
  type DeliveryAttempt,
  type DeliveryState,
  NO_DATA_POLICIES,
  NOTIFICATION_KINDS,
  type NoDataPolicy,
  type NotificationKind,
} from "./alert.ts";
export { CLIP_STEPS, type ClipStep, MERGE_STAGES, type MergeStage } from "./clip-steps.ts";
export { decide } from "./decide.ts";
export { MAX_TASKS_PER_JOB } from "./decide-task.ts";
export type { DecidedFact } from "./decided-fact.ts";
export {
  ERROR_CLASSES,
  type ErrorBody,
  type ErrorClass,
  type ErrorCode,
  isErrorCode,
  PlayheadError,
  type PlayheadErrorOptions,
  toErrorBody,
} from "./errors.ts";
export type { CalibratedForecast } from "./eta/calibration.ts";
export { createForecastHistory, type ForecastHistory, type StoredForecastHistory } from "./eta/forecast-history.ts";
export {
  createJobForecaster,
  type ForecasterBasis,
  type ItemForecast,
  type JobForecaster,
  type JobForecasterOptions,
} from "./eta/forecaster.ts";
export { createShownEta, type ShownEta } from "./eta/shown-eta.ts";
export { createSteadyPercent, type SteadyPercent } from "./eta/steady-percent.ts";
export type { ItemTraits } from "./eta/work-model.ts";
export { type EstimateEta, type Eta, type EtaInput, estimateLinearEta } from "./eta.ts";
export {
  EVENT_TYPES,
  type EventClass,
  type EventRecord,
  type EventSubject,
  type EventType,
  isEventType,
  isTickRecord,
  type PlayheadEvent,
} from "./event.ts";
export type { EventData, EventOf, TaskEventData, ViewedEventType } from "./event-data.ts";
export { applyEvent, fold, foldAll, positionOf } from "./fold.ts";
export {
  type ComponentHealth,
  HEALTH_STATUSES,
  type HealthChange,
  type HealthHistory,
  type HealthReport,
  type HealthResult,
  type HealthRun,
  type HealthStatus,
  healthReport,
  worstHealth,
} from "./health.ts";
export { createHealthRunner, type HealthCheck } from "./health-runner.ts";
export { httpStatusOf } from "./http-status.ts";
export {
  type Artifact,
  type Job,
  MAX_ARTIFACTS,
  MAX_ERRORS,
  MAX_PRIORITY,
  MAX_STEP_SPANS,
  type StepSpan,
  type Task,
  type ViewedError,
} from "./job.ts";
export { draftOf, emptyJob, type JobDraft } from "./job-draft.ts";
export type {
  ForecastBasis,
  ForecastMoment,
  JobForecast,
  TaskForecast,
  ToldForecast,
} from "./job-forecast.ts";
export { activeMs, progressAt } from "./job-progress.ts";
export { isFinalJobState, isJobState, JOB_STATES, JOB_TRANSITIONS, type JobState } from "./job-state.ts";
export { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
export { isLiveness, LIVENESS, type Liveness } from "./liveness.ts";
export { LOG_EVENT_TYPES, type LogEntry, type LogEventType, type LogFilter, type TimeRange } from "./log-entry.ts";
export { LOG_LEVELS, type LogLevel } from "./log-level.ts";
export {
  type ErrorDetails,
  EXECUTION_CATEGORIES,
  type ExecutionCategory,
  type ExecutionCost,
  type ExecutionEnded,
  type ExecutionStarted,
  type ExecutionTotals,
  type LogRecordData,
  OBSERVATION_TYPES,
  type ObservationRecord,
  type SystemSample,
} from "./observation.ts";
export { isObservation, parseObservation } from "./parse-observation.ts";
export { parseRecord, parseReported } from "./parse-record.ts";
export type { CallFigures, NamedFigures, PerformanceSummary, ToldRange } from "./performance-summary.ts";
export { type JobProgress, NO_PROGRESS } from "./progress-fields.ts";
export {
  createProgressTree,
  type ExpectedSeconds,
  type ProgressTree,
  type ProgressTreeOptions,
} from "./progress-tree.ts";
export { isJobId } from "./record-fields.ts";
export { createRedaction, type Redaction, redactFact } from "./redaction.ts";
export {
  CALL_METRICS,
  type CallMetric,
  REPORT_FORMATS,
  REPORT_KINDS,
  REPORT_METRICS,
  type ReportChart,
  type ReportColumn,
  type ReportData,
  type ReportFigure,
  type ReportFilter,
  type ReportFormat,
  type ReportInfo,
  type ReportKind,
  type ReportMetric,
  type ReportSchedule,
  type ReportSeries,
  type ReportTable,
  type ReportUnit,
} from "./report.ts";
export { chartNote } from "./report-chart.ts";
export { type ReportTimeText, reportComparisonText, reportValueText } from "./report-value.ts";
export { createSecrecy, type Secrecy, type SecrecyOf } from "./secret-names.ts";
export { createScrub, REDACTED, type ScrubText } from "./secret-text.ts";
export { isArgumentName, isPlace, isSecretValue, isValueName, namesSecret } from "./secret-values.ts";
export {
  bucketValue,
  createSketch,
  decodeSketch,
  encodedBuckets,
  SKETCH_RELATIVE_ERROR,
  type Sketch,
  sumEncoded,
} from "./sketch.ts";
export type { SketchBuckets } from "./sketch-text.ts";
export {
  type JobSnapshot,
  type JobSummary,
  jobFromSnapshot,
  MAX_SNAPSHOT_TASKS,
  snapshotOf,
  summaryOf,
} from "./snapshot.ts";
export { itemCounts, type StateCounts, type TaskCounts } from "./task-counts.ts";
export { taskStateAfter } from "./task-data.ts";
export { IDENTITY_FIELDS, type TaskChange, taskEventType } from "./task-event-type.ts";
export { isFinalTaskState, isTaskState, TASK_STATES, TASK_TRANSITIONS, type TaskState } from "./task-state.ts";
export { type ChangePoint, findChangePoints } from "./trend/change-points.ts";
export { compareSamples, LEAST_COMPARED, type SampleComparison } from "./trend/compare-samples.ts";
export {
  describeTrend,
  LEAST_TREND_VALUES,
  type TrendDescription,
  type TrendDirection,
} from "./trend/describe-trend.ts";
export { mannKendall, type TrendTest } from "./trend/mann-kendall.ts";
export { mannWhitney, type RankTest } from "./trend/mann-whitney.ts";
export { type SeasonalPoint, type SeasonalScore, STRANGE_SCORE, seasonalScores } from "./trend/seasonal-score.ts";
export { createStepDetector, type FoundStep, type StepDetector } from "./trend/step-detector.ts";
export { type RobustLine, theilSen } from "./trend/theil-sen.ts";
export type { JobWaiting, WaitingReason } from "./waiting.ts";
export { createWakeUp, type SetTimer } from "./wake-up.ts";
export { everySecond, nearestWholeSecond, untilWholeSecond } from "./whole-second.ts";
export {
  type AuthorizedFrame,
  type BatchAck,
  type BatchFrame,
  CLOSE_CODES,
  type ClientFrame,
  type ControlCommand,
  type ControlVerb,
  type ErrorFrame,
  type EventFrame,
  type HeadsFrame,
  type HelloFrame,
  type JobsChangedFrame,
  type JobsFilter,
  type LiveFrame,
  type LogFrame,
  type LogLine,
  type LogTail,
  mayReconnect,
  type PongFrame,
  type Position,
  type RecordBatch,
  type RefusedRecord,
  type ResetFrame,
  type ServerFrame,
  type SnapshotFrame,
  type StartCommand,
  SUBPROTOCOL,
  type SubscribedFrame,
  type WorkerCommand,
} from "./wire.ts";
