import type { TaskState } from "@playhead/core";
import type { PauseGate } from "./control/gate.ts";
import type { Slots } from "./control/slots.ts";
import type { LogFields, Logger } from "./logger.ts";
import type { StepPlan } from "./task/step-share.ts";

/** What is said of a task when it is declared. */
export interface TaskOptions {
  /** `scene`, `clip`, `video`, `stage`, `step`, or a word of your own. @defaultValue "task" */
  readonly kind?: string;
  /** @defaultValue the id */
  readonly title?: string;
  /** Its share of the parent's work: any unit its siblings share, over 0. @defaultValue expected from history */
  readonly weight?: number | undefined;
  /** Constant facts about it, such as `scene_id`, `style`, `start_sec`; copied as JSON. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Unique within the job. @defaultValue a short one is made */
  readonly id?: string;
  /**
   * The steps it will take. A task with a plan, also with an empty one, is reported as started not with its callback,
   * but with what it reports first: a step, progress, an artifact, a child that starts. Until then it can be skipped.
   */
  readonly steps?: StepPlan | undefined;
}

/** A value for each item, or one for all. */
export type PerItem<Item, Value> = Value | ((item: Item, index: number) => Value);

/** How {@link Work.each} declares and runs a task for each item. */
export interface EachOptions<Item> {
  /** @defaultValue "task" */
  readonly kind?: PerItem<Item, string>;
  readonly title?: PerItem<Item, string>;
  readonly weight?: PerItem<Item, number | undefined>;
  readonly fields?: PerItem<Item, Readonly<Record<string, unknown>>>;
  readonly id?: (item: Item, index: number) => string;
  readonly steps?: PerItem<Item, StepPlan | undefined>;
  /** How many run at a time: a whole number from 1, Infinity, or places shared with others. @defaultValue 1 */
  readonly parallel?: number | Slots;
  /**
   * - `fail`: the first item that throws stops the others (their `task.signal` is aborted, those not started are
   *   canceled); `each` rejects with its error once all have ended.
   * - `continue`: it fails its own task only.
   * @defaultValue "fail"
   */
  readonly onError?: "fail" | "continue";
}

/** How a task ended. */
export type TaskOutcome<Value> =
  | { readonly state: "completed"; readonly task_id: string; readonly value: Value }
  | { readonly state: "skipped"; readonly task_id: string; readonly reason: string }
  | { readonly state: "failed"; readonly task_id: string; readonly error: unknown }
  | { readonly state: "canceled"; readonly task_id: string; readonly reason: string; readonly error: unknown };

/** Something a task or a job made. */
export interface ArtifactInput {
  /** `video`, `thumbnail`, `manifest`, or a word of your own. */
  readonly type: string;
  /** @defaultValue the last part of `url`, else the type */
  readonly name?: string;
  /** Where a viewer can get it: absolute, or relative to the server. */
  readonly url?: string;
  readonly size_bytes?: number;
  readonly mime_type?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Callbacks may return a value or a promise of one. */
export type Maybe<Value> = Value | PromiseLike<Value>;

/** What jobs and tasks have in common: they can be divided into tasks, paused and canceled. */
export interface Work {
  /** Aborted when the job is canceled (reason: PlayheadError `canceled`); of a task also when `each` stops it. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** To be handed to whatever runs a program for this job, such as ffmpeg. */
  readonly pauseGate: PauseGate;
  /**
   * A place where the work can be held up: resolves at once, or waits while the job is paused.
   * @throws PlayheadError `canceled` once the job is canceled.
   */
  checkpoint(): Promise<void>;
  /** Declares a task and runs it. Resolves to what `run` returned, rejects with what it threw. */
  task<Value>(options: TaskOptions, run: (task: TaskHandle) => Maybe<Value>): Promise<Value>;
  /** Declares a task that will run later, so that the bar knows of it. */
  create(options: TaskOptions): TaskHandle;
  /**
   * Declares a task for each item, then runs them; each waits at a checkpoint before it starts. Resolves to how each
   * ended, in the order of the items.
   * @throws what an item threw, with `onError: "fail"`; PlayheadError `canceled` once the job is canceled;
   * `validation_error` when `parallel` is not 1 or more.
   */
  each<Item, Value>(
    items: Iterable<Item>,
    options: EachOptions<Item>,
    run: (item: Item, task: TaskHandle) => Maybe<Value>,
  ): Promise<readonly TaskOutcome<Value>[]>;
}

/** A step that runs. Its functions need no `this`; after the step they do nothing. */
export interface StepHandle {
  /** How far the step is, 0..1. What viewers see never goes down. */
  readonly progress: (fraction: number, details?: Readonly<Record<string, unknown>>) => void;
  /** Says more about what goes on in it: latest wins. */
  readonly details: (details: Readonly<Record<string, unknown>>) => void;
}

/** How {@link TaskHandle.run} runs a task. */
export interface RunOptions {
  /** Waits for one of these places first. */
  readonly slots?: Slots;
}

/** A piece of a job. What is reported of one that has ended is ignored: the first end counts. */
export interface TaskHandle extends Work {
  readonly task_id: string;
  readonly kind: string;
  readonly job: JobHandle;
  readonly state: TaskState;
  /** 1 at first; each retry adds 1. */
  readonly attempt: number;
  /** Runs a task that was made with {@link Work.create}. Resolves to what `run` returned, rejects with what it threw. */
  run<Value>(run: (task: TaskHandle) => Maybe<Value>, options?: RunOptions): Promise<Value>;
  /** Like {@link run}, but a throw fails this task only: resolves to how it ended. @throws `canceled` with the job */
  settle<Value>(run: (task: TaskHandle) => Maybe<Value>, options?: RunOptions): Promise<TaskOutcome<Value>>;
  /** How far the whole task is, 0..1. What viewers see never goes down; at most four updates a second are sent. */
  readonly progress: (fraction: number, details?: Readonly<Record<string, unknown>>) => void;
  /** Says more about what goes on: latest wins. */
  readonly details: (details: Readonly<Record<string, unknown>>) => void;
  /** Says that a step has begun, which lasts until the next; no checkpoint. */
  step(name: string, run?: undefined, details?: Readonly<Record<string, unknown>>): StepHandle;
  /** Takes a step: a checkpoint, then `run`. `details` are kept with the step. Resolves to what `run` returned. */
  step<Value>(
    name: string,
    run: (step: StepHandle) => Maybe<Value>,
    details?: Readonly<Record<string, unknown>>,
  ): Promise<Value>;
  artifact(artifact: ArtifactInput): void;
  /** Says that the task is tried again after an error that may pass: it stays `processing`, its bar starts anew. */
  retry(error: unknown): void;
  warn(message: string, fields?: LogFields): void;
  /** For a task that is not run by a callback. */
  start(): void;
  /** @param details kept with its end */
  complete(details?: Readonly<Record<string, unknown>>): void;
  /** Ends it as failed, without a throw. */
  fail(error: unknown): void;
  /** Ends it as skipped; as canceled once it has started, since then it can no longer be skipped (SPEC §2). */
  skip(reason: string): void;
}

/** What `job.run` gives its callback. */
export interface JobContext {
  readonly signal: AbortSignal;
  readonly job: JobHandle;
}

/** A job's state as its worker knows it. */
export type WorkerJobState =
  | "pending"
  | "running"
  | "pausing"
  | "paused"
  | "canceling"
  | "completed"
  | "canceled"
  | "failed";

/** What can be changed of a job while it runs. */
export interface JobUpdate {
  readonly title?: string;
  /** Waiting on someone else's limit right now. */
  readonly rate_limited?: boolean;
  /** With `rate_limited`: for so long nothing will begin, as far as is known. */
  readonly retry_after_ms?: number;
  /** How often pieces of its work may begin at most: `30/min`, `2/s`, `1000/h`. The forecast of its end goes by it. */
  readonly rate?: string;
  readonly processing_deadline_ms?: number;
}

/** One run of a pipeline. What is reported of one that has ended is ignored: the first end counts. */
export interface JobHandle extends Work {
  readonly job_id: string;
  readonly kind: string;
  /** The W3C trace id of the run. */
  readonly correlation_id: string;
  readonly state: WorkerJobState;
  /**
   * Runs the job: running, then completed (a plain object that `work` returns becomes the summary), failed when it
   * throws, canceled when it was canceled meanwhile.
   *
   * Resolves to what `work` returned. Rejects with what it threw, unchanged; with the PlayheadError `canceled` that
   * `signal.reason` is, when the job was canceled, whatever `work` did then.
   * @throws PlayheadError `conflict` when the job was started before.
   */
  run<Value>(work: (context: JobContext) => Maybe<Value>): Promise<Value>;
  /** For code that cannot be wrapped by {@link run}: `start`, then one of `complete`, `fail`, `cancel`. */
  start(): void;
  /** Ends it as completed; as canceled, if it was canceled meanwhile. */
  complete(summary?: Readonly<Record<string, unknown>>): void;
  /** Ends it as failed; as canceled, if it was canceled meanwhile. */
  fail(error: unknown): void;
  /**
   * Holds the job up at its next checkpoints, as a pause from the dashboard does. Does nothing unless it is running.
   * @param reason shown to viewers
   */
  pause(reason?: string): void;
  /** Lets a job go on that is paused, or about to be. */
  resume(): void;
  /** Aborts the signal; a job within {@link run} ends as canceled when its callback has ended, any other at once. */
  cancel(reason?: string): void;
  /** Adds something that the job as a whole made. */
  artifact(artifact: ArtifactInput): void;
  update(change: JobUpdate): void;
}
