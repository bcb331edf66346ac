import type { Artifact, JsonObject, ScrubText, TaskState } from "@playhead/core";
import type { Frame } from "../control/frames.ts";
import type { Gate } from "../control/gate.ts";
import type { JobHandle, TaskHandle } from "../handles.ts";
import type { Lane } from "../observe/execution.ts";
import type { Observer } from "../observe/observer.ts";
import type { Recorder } from "../recorder/recorder.ts";
import type { TickSlot } from "../recorder/tick-slots.ts";
import type { StepPlan, StepShare } from "./step-share.ts";

/** What all tasks of a job share. */
export interface JobScope {
  readonly job: JobHandle;
  readonly recorder: Recorder;
  /** Where calls within it are recorded; null: nowhere. */
  readonly lane: Lane | null;
  /** Takes secrets out of a text. */
  readonly scrub: ScrubText;
  readonly observer: Observer;
  readonly gate: Gate;
  /** The frame of the job's own callback. */
  readonly rootFrame: Frame;
  /** The user's weights by kind, for tasks that have none of their own. */
  readonly weights: Readonly<Record<string, number>>;
  /** Makes the handle of a task: only when someone needs it, since a job may have 100,000 tasks. */
  readonly handleOf: (node: TaskNode) => TaskHandle;
  /** All ids, so that none is given twice. */
  readonly taskIds: Set<string>;
  taskCount: number;
  clipsDeclared: number;
  clipsUploaded: number;
  /** There was no room to announce the job: nothing of it would make sense to the server. */
  isUnknown: boolean;
  /** Nothing is reported of the job's tasks: it has ended, or is unknown. */
  isSilent: boolean;
}

/** How many clips below a task have ended how. */
export interface ClipCounts {
  completed: number;
  failed: number;
}

/** One task as its worker knows it. Plain data: functions around it report what happens to it. */
export interface TaskNode {
  readonly scope: JobScope;
  readonly parent: TaskNode | null;
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly weight: number | null;
  readonly fields: JsonObject;
  /** Fields that stand on each of its events. */
  readonly identity: JsonObject;
  readonly plan: StepPlan | null;
  /** It starts with what it reports first, not with its callback. */
  readonly startsLate: boolean;
  /** Aborted with the job, or by the `each` that the task belongs to. */
  readonly signal: AbortSignal;
  readonly clips: ClipCounts;
  /** Children that have not ended; null while it never had one. */
  openChildren: Set<TaskNode> | null;
  clipChildren: number;
  state: TaskState;
  /** When it started, by the worker's clock. */
  startedMs: number;
  attempt: number;
  /** 0–100. */
  percent: number;
  step: string | null;
  /** Counts its steps, so that what an older step reports late is known to be late. */
  stepNumber: number;
  share: StepShare;
  /** The callback of the current step runs. */
  isInStep: boolean;
  details: JsonObject | null;
  /** Made when it first reports progress. */
  tickSlot: TickSlot | null;
  artifacts: readonly Artifact[];
  /** What it failed with, or why it was skipped or canceled. */
  error: unknown;
  reason: string | null;
  /** Someone runs it, or waits to: nobody else may. */
  isClaimed: boolean;
  frame: Frame | null;
  /** There was no room to report its creation or its start: nothing more of it would make sense to the server. */
  isCut: boolean;
}
