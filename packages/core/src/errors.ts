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

interface ErrorEntry {
  readonly class: ErrorClass;
  /** HTTP status of the answer that carries this error. */
  readonly httpStatus: number;
}

const entry = (errorClass: ErrorClass, httpStatus: number): ErrorEntry => ({ class: errorClass, httpStatus });

/** Each code with its class and its HTTP status. */
export const ERROR_TABLE = {
  // The API (SPEC §11).
  invalid_request: entry("input", 400),
  unauthorized: entry("input", 401),
  forbidden: entry("input", 403),
  not_found: entry("input", 404),
  conflict: entry("input", 409),
  idempotency_conflict: entry("input", 409),
  payload_too_large: entry("input", 413),
  validation_error: entry("input", 422),
  rate_limited: entry("transient", 429),
  internal_error: entry("internal", 500),
  service_unavailable: entry("transient", 503),

  // Starting up.
  usage_error: entry("input", 400),
  config_invalid: entry("input", 400),
  port_in_use: entry("environment", 503),
  data_in_use: entry("environment", 503),
  data_newer: entry("environment", 503),
  data_damaged: entry("environment", 503),
  data_unwritable: entry("environment", 503),
  backup_invalid: entry("input", 422),
  server_unreachable: entry("transient", 503),

  // Telling people.
  channel_failed: entry("transient", 502),

  // The life of a job.
  canceled: entry("input", 409),
  deadline_exceeded: entry("environment", 409),
  worker_lost: entry("environment", 409),
  worker_stopped: entry("transient", 409),
  task_failed: entry("internal", 500),

  // Media: the input.
  input_missing: entry("input", 422),
  input_empty: entry("input", 422),
  input_not_media: entry("input", 422),
  input_no_video: entry("input", 422),
  input_truncated: entry("input", 422),
  input_too_short: entry("input", 422),
  input_too_large: entry("input", 422),
  input_refused: entry("input", 422),
  scenes_invalid: entry("input", 422),
  style_unknown: entry("input", 422),
  captions_invalid: entry("input", 422),
  rows_invalid: entry("input", 422),
  template_invalid: entry("input", 422),

  // Media: the machine.
  ffmpeg_missing: entry("environment", 503),
  ffmpeg_unsuitable: entry("environment", 503),
  part_missing: entry("environment", 503),
  disk_full: entry("environment", 507),
  output_unwritable: entry("environment", 507),
  out_of_memory: entry("environment", 503),

  // Media: the run.
  encoder_failed: entry("environment", 500),
  decode_failed: entry("input", 422),
  filter_invalid: entry("internal", 500),
  ffmpeg_failed: entry("internal", 500),
  ffmpeg_stalled: entry("transient", 500),
  ffmpeg_timeout: entry("transient", 500),
  ffmpeg_killed: entry("transient", 500),
  network_failed: entry("transient", 502),
  output_invalid: entry("internal", 500),

  // What others provide: storages, sources, providers.
  storage_refused: entry("environment", 502),
  upload_damaged: entry("transient", 502),
  source_refused: entry("environment", 502),
  source_failed: entry("transient", 502),
  provider_refused: entry("environment", 502),
  provider_failed: entry("transient", 502),
} as const satisfies Record<string, ErrorEntry>;

/** A stable error code: a key of {@link ERROR_TABLE}. */
export type ErrorCode = keyof typeof ERROR_TABLE;

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
  readonly httpStatus: number;
  readonly retryable: boolean;
  readonly hint: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: PlayheadErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const { class: errorClass, httpStatus } = ERROR_TABLE[code];
    this.code = code;
    this.errorClass = errorClass;
    this.httpStatus = httpStatus;
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
  return Object.hasOwn(ERROR_TABLE, code);
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
