/** What the `data` of each type of event holds; docs/events.md says what it means, and a test holds the two together. */
import type { ErrorClass } from "./errors.ts";
import type { EventType } from "./event.ts";
import type { Artifact } from "./job.ts";
import type { JobState } from "./job-state.ts";
import type { JsonObject } from "./json.ts";
import type { Liveness } from "./liveness.ts";
import type { LogLevel } from "./log-level.ts";
import type { JobProgress } from "./progress-fields.ts";
import type { TaskState } from "./task-state.ts";
import type { EventFrame } from "./wire.ts";

/** What any event about a task may carry. */
export interface TaskEventData {
  readonly state?: TaskState;
  readonly step?: string;
  readonly percent_complete?: number;
  readonly details?: JsonObject | string;
  readonly attempt?: number;
  readonly reason?: string;
  readonly error_code?: string;
  readonly error_message?: string;
  readonly error_class?: ErrorClass;
  readonly hint?: string;
  readonly failed_step?: string;
  readonly artifact?: Artifact;
  readonly scene_id?: string | number;
  readonly style?: string;
  readonly clip_id?: string;
  readonly id?: string;
  readonly stage?: string;
}

/** The own fields of each type; events about tasks have {@link TaskEventData} beside them. */
interface OwnData {
  "job.created": {
    readonly kind?: string;
    readonly title?: string;
    readonly user_id?: string | null;
    readonly metadata?: JsonObject;
    readonly processing_deadline_ms?: number | null;
    readonly attempt?: number;
    readonly retry_of?: string | null;
    readonly first_attempt?: string;
    readonly priority?: number;
    readonly max_attempts?: number;
    readonly not_before?: string;
    readonly tenant_id?: string;
    readonly worker?: string | null;
  };
  "job.state_changed": {
    readonly prior_state?: JobState;
    readonly new_state: JobState;
    readonly reason?: string;
    readonly worker?: string;
  };
  "job.updated": {
    readonly title?: string;
    readonly rate_limited?: boolean;
    /** Beside `rate_limited`: for so long nothing begins. */
    readonly retry_after_ms?: number;
    /** How often pieces of its work begin at most: `30/min`. */
    readonly rate?: string;
    readonly processing_deadline_ms?: number | null;
    readonly lost_events?: number;
  };
  "job.liveness_changed": { readonly liveness: Liveness; readonly reason?: string };
  "job.artifact_added": { readonly artifact: Artifact };
  "job.progress": JobProgress;
  "job.completed": {
    readonly summary?: JsonObject | null;
    readonly artifacts?: readonly Artifact[];
    readonly reason?: string;
  };
  "job.canceled": {
    readonly reason?: string;
    readonly summary?: JsonObject | null;
    readonly artifacts?: readonly Artifact[];
  };
  "job.failed": {
    readonly error_code?: string;
    readonly error_message?: string;
    readonly error_class?: ErrorClass;
    readonly hint?: string;
    readonly reason?: string;
    readonly summary?: JsonObject | null;
    readonly artifacts?: readonly Artifact[];
  };
  "session.started": {
    readonly session_id: string;
    readonly kind: string;
    readonly title: string;
    readonly user_id: string | null;
  };
  "session.completed": {
    readonly session_id: string;
    readonly state: "completed" | "canceled" | "failed";
    readonly summary: JsonObject | null;
  };

  "task.created": {
    readonly task_id: string;
    readonly parent_id?: string | null;
    readonly kind: string;
    readonly title?: string;
    readonly weight?: number | null;
    readonly fields?: JsonObject;
  };
  "task.started": { readonly task_id: string };
  "task.step_changed": { readonly task_id: string; readonly step: string };
  "task.retried": { readonly task_id: string; readonly attempt?: number };
  "task.artifact_added": { readonly task_id: string; readonly artifact: Artifact };
  "task.completed": { readonly task_id: string };
  "task.failed": { readonly task_id: string };
  "task.skipped": { readonly task_id: string };
  "task.canceled": { readonly task_id: string };
  "progress.updated": { readonly task_id: string };

  "scene.started": {
    readonly task_id: string;
    readonly scene_id: string | number;
    readonly scene_title?: string;
    readonly style_count?: number;
    readonly start_sec?: number;
    readonly duration_sec?: number;
  };
  "scene.completed": {
    readonly task_id: string;
    readonly scene_id: string | number;
    readonly clips_completed?: number;
    readonly clips_failed?: number;
  };
  "clip.progress": {
    readonly task_id: string;
    readonly scene_id?: string | number;
    readonly style?: string;
    readonly clip_id?: string;
  };
  "clip.uploaded": {
    readonly task_id: string;
    readonly scene_id?: string | number;
    readonly style?: string;
    readonly clip_id?: string;
    readonly clip_count?: number;
    readonly total_clips?: number;
    readonly artifact: Artifact;
  };

  "video.created": {
    readonly task_id: string;
    readonly id?: string;
    readonly parent_id?: string | null;
    readonly kind?: string;
    readonly title?: string;
    readonly weight?: number | null;
    readonly fields?: JsonObject;
  };
  "video.updated": { readonly task_id: string; readonly id?: string };
  "video.completed": {
    readonly task_id: string;
    readonly id?: string;
    readonly title?: string;
    readonly artifacts?: readonly Artifact[];
  };
  "video.failed": {
    readonly task_id: string;
    readonly id?: string;
    readonly title?: string;
    readonly artifacts?: readonly Artifact[];
    readonly errors?: readonly JsonObject[];
  };
  "video.skipped": {
    readonly task_id: string;
    readonly id?: string;
    readonly title?: string;
    readonly artifacts?: readonly Artifact[];
  };
  "video.canceled": {
    readonly task_id: string;
    readonly id?: string;
    readonly title?: string;
    readonly artifacts?: readonly Artifact[];
  };

  "stage.started": {
    readonly task_id: string;
    readonly stage: string;
    readonly file_size_bytes?: number;
    readonly video_count?: number;
  };
  "stage.completed": {
    readonly task_id: string;
    readonly stage: string;
    readonly duration_ms?: number;
    readonly file_size_bytes?: number;
    readonly video_count?: number;
  };
  "stage.failed": {
    readonly task_id: string;
    readonly stage: string;
    readonly duration_ms?: number;
    readonly file_size_bytes?: number;
    readonly video_count?: number;
  };

  log: {
    readonly message: string;
    readonly level?: LogLevel;
    readonly task_id?: string;
    readonly fields?: JsonObject;
    readonly logger?: string;
    readonly function_name?: string;
    readonly span_id?: string;
    readonly stage?: string;
    readonly user_id?: string;
  };
}

type JobEventType = Extract<EventType, `job.${string}` | `session.${string}` | "log">;

/** The `data` of an event, by its type. */
export type EventData<Type extends EventType = EventType> = Type extends JobEventType
  ? OwnData[Type]
  : OwnData[Type] & TaskEventData;

/** What viewers get of a job beside its log. */
export type ViewedEventType = Exclude<EventType, "log">;

/**
 * An event as viewers get it, of which `type` tells what `data` holds. The union over all types by default, so that
 * `if (event.type === "clip.uploaded")` narrows it.
 */
export type EventOf<Type extends ViewedEventType = ViewedEventType> = {
  readonly [Each in Type]: Omit<EventFrame, "type" | "data"> & { readonly type: Each; readonly data: EventData<Each> };
}[Type];
