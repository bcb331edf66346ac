/**
 * Every error that Playhead can show to someone, in one table. A code is never renamed or used again for something
 * else: programs match on it. `docs/errors.md` explains each; a test holds the two together.
 */

/**
 * Who can do something about an error.
 * - `input`: the caller, by asking for something else.
 * - `environment`: whoever runs the machine (a full disk, a missing program, a busy port).
 * - `transient`: nobody has to; the same call may work a little later.
 * - `internal`: us. It is a defect, and it is logged with everything known.
 */
export type ErrorClass = "input" | "environment" | "transient" | "internal";

/** Each code with its class; its HTTP status is in `http-status.ts`, since no page needs it. */
export const ERROR_CLASSES = {
  // The API (SPEC §11).
  invalid_request: "input",
  unauthorized: "input",
  forbidden: "input",
  not_found: "input",
  conflict: "input",
  idempotency_conflict: "input",
  payload_too_large: "input",
  validation_error: "input",
  rate_limited: "transient",
  internal_error: "internal",
  service_unavailable: "transient",

  // Starting up.
  usage_error: "input",
  config_invalid: "input",
  port_in_use: "environment",
  data_in_use: "environment",
  data_newer: "environment",
  data_damaged: "environment",
  data_unwritable: "environment",
  backup_invalid: "input",
  server_unreachable: "transient",

  // Telling people.
  channel_failed: "transient",

  // The life of a job.
  canceled: "input",
  deadline_exceeded: "environment",
  worker_lost: "environment",
  worker_stopped: "transient",
  task_failed: "internal",

  // Media: the input.
  input_missing: "input",
  input_empty: "input",
  input_not_media: "input",
  input_no_video: "input",
  input_truncated: "input",
  input_too_short: "input",
  input_too_large: "input",
  input_refused: "input",
  scenes_invalid: "input",
  style_unknown: "input",
  captions_invalid: "input",
  rows_invalid: "input",
  template_invalid: "input",

  // Media: the machine.
  ffmpeg_missing: "environment",
  ffmpeg_unsuitable: "environment",
  part_missing: "environment",
  disk_full: "environment",
  output_unwritable: "environment",
  out_of_memory: "environment",

  // Media: the run.
  encoder_failed: "environment",
  decode_failed: "input",
  filter_invalid: "internal",
  ffmpeg_failed: "internal",
  ffmpeg_stalled: "transient",
  ffmpeg_timeout: "transient",
  ffmpeg_killed: "transient",
  network_failed: "transient",
  output_invalid: "internal",

  // What others provide: storages, sources, providers.
  storage_refused: "environment",
  upload_damaged: "transient",
  source_refused: "environment",
  source_failed: "transient",
  provider_refused: "environment",
  provider_failed: "transient",
} as const satisfies Record<string, ErrorClass>;

/** A stable error code: a key of {@link ERROR_CLASSES}. */
export type ErrorCode = keyof typeof ERROR_CLASSES;

/** What an error may say beside its code and message. */
export interface PlayheadErrorOptions {
  /** What to do about it, as one sentence for the person who reads the message. */
  readonly hint?: string;
  /** Facts for programs: paths of faulty fields, limits, what was got. Never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** @defaultValue whether the code's class is `transient` */
  readonly retryable?: boolean;
}

/** The one error type that Playhead throws on purpose. `message` says what was wrong; `hint` what to do. */
export class PlayheadError extends Error {
  override readonly name = "PlayheadError";
  readonly code: ErrorCode;
  readonly errorClass: ErrorClass;
  readonly retryable: boolean;
  readonly hint: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: PlayheadErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const errorClass = ERROR_CLASSES[code];
    this.code = code;
    this.errorClass = errorClass;
    this.retryable = options.retryable ?? errorClass === "transient";
    this.hint = options.hint;
    this.detail = options.detail ?? {};
  }
}

/** The error as it travels: the body of an HTTP answer, and the error fields of an event. */
export interface ErrorBody {
  readonly error_code: ErrorCode;
  readonly error_message: string;
  readonly error_class: ErrorClass;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** @returns whether `code` is one of ours, for codes that come from outside. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CLASSES, code);
}

/** The travelling form of any thrown value; what is not ours becomes `internal_error` without its internals. */
export function toErrorBody(error: unknown): ErrorBody {
  if (error instanceof PlayheadError) {
    const detail = error.hint === undefined ? error.detail : { ...error.detail, hint: error.hint };
    return { error_code: error.code, error_message: error.message, error_class: error.errorClass, detail };
  }
  return {
    error_code: "internal_error",
    error_message: "something went wrong inside Playhead; the server's log has the details",
    error_class: "internal",
    detail: {},
  };
}
