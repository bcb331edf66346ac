import type { JsonObject } from "./json.ts";

/**
 * What an event of a type may be (DESIGN §1).
 * - `fact`: must not be lost; has its own `seq`.
 * - `tick`: an absolute progress value, latest wins; carries the `seq` of the last fact and a growing `tick`.
 * - `both`: a fact when a step or a state changes, a tick in between; the envelope's `tick` tells which.
 * - `log`: a line with a cursor of its own, in no job's numbering.
 */
export type EventClass = "fact" | "tick" | "both" | "log";

/** What an event is about, and so which part of the fold it meets. */
export type EventSubject = "job" | "task" | "log";

interface EventTypeEntry {
  readonly class: EventClass;
  readonly subject: EventSubject;
}

const job = (eventClass: EventClass): EventTypeEntry => ({ class: eventClass, subject: "job" });
const task = (eventClass: EventClass): EventTypeEntry => ({ class: eventClass, subject: "task" });

/** Every type of event there is; `docs/events.md` explains each, and a test holds the two together. */
export const EVENT_TYPES = {
  "job.created": job("fact"),
  "job.state_changed": job("fact"),
  "job.updated": job("fact"),
  "job.liveness_changed": job("fact"),
  "job.artifact_added": job("fact"),
  "job.completed": job("fact"),
  "job.canceled": job("fact"),
  "job.failed": job("fact"),
  "job.progress": job("tick"),
  "session.started": job("fact"),
  "session.completed": job("fact"),

  "task.created": task("fact"),
  "task.started": task("fact"),
  "task.step_changed": task("fact"),
  "task.retried": task("fact"),
  "task.artifact_added": task("fact"),
  "task.completed": task("fact"),
  "task.failed": task("fact"),
  "task.skipped": task("fact"),
  "task.canceled": task("fact"),
  "progress.updated": task("tick"),

  "scene.started": task("fact"),
  "scene.completed": task("fact"),
  "clip.progress": task("both"),
  "clip.uploaded": task("fact"),

  "video.created": task("fact"),
  "video.updated": task("both"),
  "video.completed": task("fact"),
  "video.failed": task("fact"),
  "video.skipped": task("fact"),
  "video.canceled": task("fact"),

  "stage.started": task("fact"),
  "stage.completed": task("fact"),
  "stage.failed": task("fact"),

  log: { class: "log", subject: "log" },
} as const satisfies Record<string, EventTypeEntry>;

/** The name of an event: a key of {@link EVENT_TYPES}. */
export type EventType = keyof typeof EVENT_TYPES;

/** What only the server says, since it works it out of what is reported. */
export const SERVER_EVENTS: ReadonlySet<EventType> = new Set<EventType>(["job.progress", "job.liveness_changed"]);

/** @returns whether a word that came from outside is an event type. */
export function isEventType(word: unknown): word is EventType {
  return typeof word === "string" && Object.hasOwn(EVENT_TYPES, word);
}

/** One fact or tick of a job as it is stored, sent and folded (SPEC §4). */
export interface PlayheadEvent {
  readonly type: EventType;
  /** ISO 8601, UTC, milliseconds. */
  readonly ts: string;
  readonly job_id: string;
  /** A fact's own number (1, 2, 3 … without a gap); a tick's last fact before it. */
  readonly seq: number;
  /** Only on ticks: grows with each tick of the job. */
  readonly tick?: number;
  /** The W3C trace id of the run: 32 lowercase hex digits. */
  readonly correlation_id: string;
  readonly data: JsonObject;
}

/**
 * What a worker reports: an event that has no number yet. Facts carry `n`, which grows within their source, so that
 * sending one twice is harmless; ticks carry none.
 */
export interface EventRecord {
  readonly type: EventType;
  readonly ts: string;
  readonly job_id: string;
  readonly correlation_id?: string;
  readonly n?: number;
  readonly data: JsonObject;
}

/** @returns whether the record is a tick: it may be replaced by a later one, and takes no number. */
export function isTickRecord(record: EventRecord): boolean {
  const eventClass = EVENT_TYPES[record.type].class;
  return eventClass === "tick" || (eventClass === "both" && record.n === undefined);
}
