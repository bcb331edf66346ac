/** What the evaluator of alert rules hears, in order. */
import type { AlertDimension, EventType, ExecutionCategory, JsonObject } from "@playhead/core";

/** A fact of a job, calls of functions, or a value that was looked at. */
export type Heard = HeardEvent | HeardCall | HeardGauge;

interface HeardBase {
  readonly tenantId: string;
  readonly atMs: number;
  /** Values of the dimensions that are known. */
  readonly labels: Readonly<Partial<Record<AlertDimension, string>>>;
}

/** A fact of a job. */
export interface HeardEvent extends HeardBase {
  readonly kind: "event";
  readonly type: EventType;
  readonly data: JsonObject;
  /** Of a failure: why. */
  readonly cause: string | null;
}

/** Calls of one function that have ended. */
export interface HeardCall extends HeardBase {
  readonly kind: "call";
  readonly category: ExecutionCategory;
  /** Of one call, or the mean of several. */
  readonly durationMs: number;
  readonly count: number;
  /** Of several: the longest of them. @defaultValue `durationMs` */
  readonly maxMs?: number;
  /** Of several: all their durations, as core's `Sketch` encodes them; without it `durationMs` stands for each. */
  readonly sketch?: string;
  /** How many of them failed. */
  readonly errors: number;
  readonly cause: string | null;
}

/** A value that somebody looked at: of the machine, of the jobs, of the server itself. */
export interface HeardGauge extends HeardBase {
  readonly kind: "gauge";
  /**
   * Such as `cpu_percent`, `memory_percent`, `disk_percent`, `stuck_jobs`, `lost_workers`, `dropped_records`,
   * `health_status` (0 healthy, 1 warning, 2 critical; with the label `component`).
   */
  readonly name: string;
  readonly value: number;
}
