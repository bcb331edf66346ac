import { PlayheadError } from "@playhead/sdk";

/** What is known of a request that did not succeed. */
export interface S3Fault {
  /** What S3 calls it, such as `AccessDenied`, or what the system does, such as `ECONNRESET`. */
  readonly name: string;
  /** HTTP status of the answer; null when there was none. */
  readonly status: number | null;
}

const SLOW_DOWN = /^(SlowDown|TooManyRequests(Exception)?|Throttl\w*|RequestLimitExceeded|RequestThrottled\w*)$/;
/** The storage got something else than was sent, or has lost what it got. */
const DAMAGED =
  /^(BadDigest|InvalidDigest|XAmzContentSHA256Mismatch|InvalidPart|InvalidPartOrder|NoSuchUpload|NoSuchKey|NotFound)$/;
/** Said with a status that would else mean that asking again is of no use. */
const PASSING = /^(RequestTimeout|InternalError|ServiceUnavailable|OperationAborted|IncompleteBody)$/;

const REFUSALS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/^NoSuchBucket|InvalidBucketName$/, "make the bucket first, or correct its name and the endpoint"],
  [
    /^(Credentials\w*|TokenProvider\w*)$/,
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or storage.* in the config",
  ],
  [/^(ExpiredToken|InvalidToken|InvalidAccessKeyId|SignatureDoesNotMatch)/, "correct the access key and its secret"],
  [/^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocation|Region)/, "set the bucket's region (AWS_REGION)"],
  [/^RequestTimeTooSkewed$/, "set this machine's clock"],
  [/^NotImplemented$/, "the storage does not know SHA-256 checksums: use one that is compatible with S3"],
  [/^EntityTooLarge$/, "the storage does not take files of this size"],
];
const RIGHTS = "give the access key the right to put, read and delete objects in the bucket";

/** Takes apart whatever the client threw. */
export function faultOf(thrown: unknown): S3Fault {
  const { name, code, Code, $metadata } = (thrown ?? {}) as Readonly<Record<string, unknown>>;
  const status = ($metadata as { readonly httpStatusCode?: unknown } | undefined)?.httpStatusCode;
  const told = [Code, code, name].find((each) => typeof each === "string" && each !== "Error" && each !== "");
  const isKnown = typeof told === "string" && /^[\w.]{1,60}$/.test(told);
  return {
    name: isKnown ? told : "Error",
    status: typeof status === "number" && status >= 100 ? status : null,
  };
}

/**
 * The error that a fault is to us: what may pass is retryable.
 *
 * @param doing for people: `take a.mp4`
 */
export function s3Error(thrown: unknown, storage: string, doing: string): PlayheadError {
  const fault = faultOf(thrown);
  const { name, status } = fault;
  const words = status === null || name === String(status) ? name : `${status} ${name}`;
  const options = {
    // Its own words only: what the client adds to its errors may hold what it has signed.
    cause: new Error(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)),
    detail: { s3_error: name, ...(status !== null && { status }) },
  };
  if (SLOW_DOWN.test(name) || status === 429) {
    const hint = "upload fewer files at a time, or try again later";
    return new PlayheadError("rate_limited", `the ${storage} asks to slow down (${words})`, { ...options, hint });
  }
  if (DAMAGED.test(name)) {
    const message = `the ${storage} did not get what was sent to ${doing} (${words})`;
    return new PlayheadError("upload_damaged", message, { ...options, hint: "try again" });
  }
  if (isPassing(fault)) {
    const message = `the ${storage} could not be asked to ${doing} (${words})`;
    return new PlayheadError("network_failed", message, {
      ...options,
      hint: "check the connection and the storage's endpoint, and try again",
    });
  }
  const hint = REFUSALS.find(([pattern]) => pattern.test(name))?.[1] ?? RIGHTS;
  return new PlayheadError("storage_refused", `the ${storage} refused to ${doing} (${words})`, { ...options, hint });
}

function isPassing({ name, status }: S3Fault): boolean {
  if (PASSING.test(name)) return true;
  if (status !== null) return status >= 500 && status !== 501;
  // Without an answer it is the network, unless it was never asked: no credentials, no region.
  return !/^(Credentials|TokenProvider|Region)/.test(name);
}
