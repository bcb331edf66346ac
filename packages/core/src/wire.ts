/**
 * What travels between worker, server and viewer. `docs/protocol.md` is the full text; every frame is a JSON object
 * with `type` and an object `data`.
 */
import type { ErrorBody } from "./errors.ts";
import type { EventRecord, PlayheadEvent } from "./event.ts";
import type { JobState } from "./job-state.ts";
import type { JsonObject } from "./json.ts";
import type { LogLevel } from "./log-level.ts";
import type { ObservationRecord } from "./observation.ts";
import type { JobSnapshot, JobSummary } from "./snapshot.ts";

/** The WebSocket subprotocol; without it a socket speaks the simple mode. */
export const SUBPROTOCOL = "playhead.v1";

// Worker → server.

/** What one source reports in one go, in order; sending it twice is harmless. */
export interface RecordBatch {
  /** Names the worker: unique for each start of it. */
  readonly source: string;
  readonly records: readonly (EventRecord | ObservationRecord)[];
}

/** A record that was not taken, and why. */
export interface RefusedRecord extends ErrorBody {
  /** The record's `n`; null for a tick, which has none. */
  readonly n: number | null;
}

/** The answer to a batch, given after it is stored for good. */
export interface BatchAck {
  /** Facts and observations taken or known already. */
  readonly accepted: number;
  readonly refused: readonly RefusedRecord[];
  /** Whether somebody may follow one of the jobs that it reports of. A server that does not say: as if. */
  readonly followed?: boolean;
}

/** What people ask of a job, and the server of the worker that runs it. */
export type ControlVerb = "pause" | "resume" | "cancel";

/** What the server asks of a worker about a job that it runs. */
export interface ControlCommand {
  readonly command_id: string;
  readonly job_id: string;
  readonly verb: ControlVerb;
  readonly reason: string | null;
}

/** A job that waits for a worker of its kind: announced over HTTP, or a retry. */
export interface StartCommand {
  readonly command_id: string;
  readonly job_id: string;
  readonly verb: "start";
  readonly reason: string | null;
  readonly job: {
    readonly kind: string;
    readonly title: string;
    readonly user_id: string | null;
    readonly metadata: JsonObject;
    readonly attempt: number;
    readonly retry_of: string | null;
    /** The first job of those that try the same; absent in that one itself, and from earlier versions. */
    readonly first_attempt?: string;
    readonly correlation_id: string;
  };
}

/** Whatever a worker is asked. */
export type WorkerCommand = ControlCommand | StartCommand;

// Server → viewer.

/** An event as viewers get it. */
export interface EventFrame extends PlayheadEvent {
  /** Names the history that `seq` counts in; changes when the history was reset. */
  readonly epoch: string;
}

interface JobFrame<Type extends string, Data> {
  readonly type: Type;
  readonly job_id: string;
  readonly epoch: string;
  readonly seq: number;
  readonly tick: number;
  readonly ts: string;
  readonly correlation_id: string;
  readonly data: Data;
}

interface ControlFrame<Type extends string, Data> {
  readonly type: Type;
  readonly data: Data;
}

/** The job as it stands; what follows it are events. */
export type SnapshotFrame = JobFrame<"snapshot", JobSnapshot>;
/** What the client knew cannot be continued; a snapshot follows, and replaces it. */
export type ResetFrame = ControlFrame<"reset", { readonly job_id: string; readonly reason: string }>;
/** A line of the job's log; `log_id` grows, and is the cursor to read on from. */
export type LogFrame = ControlFrame<"log", LogLine>;

/** One line of a job's log. */
export interface LogLine {
  readonly log_id: number;
  readonly ts: string;
  readonly job_id: string;
  readonly task_id: string | null;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: JsonObject;
}

/** The first frame of `playhead.v1`: how to talk here. */
export type HelloFrame = ControlFrame<
  "hello",
  {
    readonly connection_id: string;
    readonly epoch: string;
    readonly heartbeat_ms: number;
    /** When the credential runs out, ISO 8601; null for one that does not. A client sends `auth` before. */
    readonly expires_at: string | null;
    /** Within this window a client comes back after a disconnect, at a random moment. */
    readonly retry_window_ms: number;
    readonly limits: { readonly subscriptions: number; readonly frame_bytes: number };
  }
>;
/** The answer to `auth`: the new credential counts from now on. */
export type AuthorizedFrame = ControlFrame<"authorized", { readonly ref: string; readonly expires_at: string | null }>;
/** The answer to `subscribe`; for a log neither snapshot nor jobs. */
export type SubscribedFrame = ControlFrame<
  "subscribed",
  {
    readonly ref: string;
    readonly job_id: string | null;
    /** Whether what was missed follows; else the snapshot replaces what the client had. */
    readonly recovered: boolean;
    readonly epoch: string;
    readonly snapshot: JobSnapshot | null;
    /** The list, for a subscription to jobs. */
    readonly jobs: readonly JobSummary[] | null;
  }
>;
/** From here on events are live. */
export type LiveFrame = ControlFrame<"live", { readonly ref: string }>;
/** A job of a subscribed list as it stands now; latest wins. */
export type JobsChangedFrame = ControlFrame<"jobs.changed", { readonly ref: string; readonly job: JobSummary }>;
/** Where each subscribed job stands, so that a lost last message is found as well. */
export type HeadsFrame = ControlFrame<
  "heads",
  { readonly epoch: string; readonly jobs: Readonly<Record<string, readonly [seq: number, tick: number]>> }
>;
/** What was due within one flush, in order. */
export type BatchFrame = ControlFrame<
  "batch",
  { readonly events: readonly (EventFrame | LogFrame | JobsChangedFrame)[] }
>;
/** The answer to `ping`. */
export type PongFrame = ControlFrame<"pong", { readonly ts: string }>;
/** What a client asked for was refused; `ref` says which of its requests. */
export type ErrorFrame = ControlFrame<
  "error",
  ErrorBody & { readonly ref: string | null; readonly retryable: boolean; readonly retry_after_ms: number | null }
>;

/** Whatever a server sends. */
export type ServerFrame =
  | EventFrame
  | SnapshotFrame
  | ResetFrame
  | LogFrame
  | HelloFrame
  | AuthorizedFrame
  | SubscribedFrame
  | LiveFrame
  | JobsChangedFrame
  | HeadsFrame
  | BatchFrame
  | PongFrame
  | ErrorFrame;

// Viewer → server (playhead.v1 only).

/** Which jobs a list shows; what is left out does not narrow it. */
export interface JobsFilter {
  readonly state?: readonly JobState[];
  readonly kind?: readonly string[];
  readonly user_id?: string;
  /** How many of the newest to start with, at most 200. */
  readonly limit?: number;
}

/** Where a client stands in a job's history. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
  readonly tick: number;
}

/** A job's log, from a line on. */
export interface LogTail {
  readonly job_id: string;
  /** The last line that the client has. @defaultValue the newest: only what comes */
  readonly after?: number;
  /** This level and what is worse. @defaultValue all */
  readonly level?: LogLevel;
}

/** Whatever a client sends. */
export type ClientFrame =
  | ControlFrame<"subscribe", { readonly ref: string; readonly job_id: string; readonly since?: Position }>
  | ControlFrame<"subscribe", { readonly ref: string; readonly jobs: JobsFilter }>
  | ControlFrame<"subscribe", { readonly ref: string; readonly logs: LogTail }>
  | ControlFrame<"auth", { readonly ref: string; readonly token: string }>
  | ControlFrame<"unsubscribe", { readonly ref: string }>
  | ControlFrame<"ping", Record<string, never>>;

/** Why a socket was closed. Under 4500 a client comes back, from 4500 on it stays away. */
export const CLOSE_CODES = {
  resync: 4000,
  token_expired: 4001,
  too_slow: 4002,
  rate_limited: 4003,
  no_pong: 4004,
  going_away: 4005,
  bad_token: 4500,
  forbidden: 4501,
  no_such_job: 4502,
  malformed: 4503,
  revoked: 4504,
} as const;

/** @returns whether a client whose socket was closed with this code should come back. */
export function mayReconnect(code: number): boolean {
  return code < CLOSE_CODES.bad_token || code >= 5000;
}
