import { PlayheadError } from "@playhead/core";

/** What an aborted signal means: its own reason when that is one of our errors (a deadline), else `canceled`. */
export function canceledError(signal: AbortSignal): PlayheadError {
  if (signal.reason instanceof PlayheadError) return signal.reason;
  return new PlayheadError("canceled", "canceled before it was finished", { cause: signal.reason });
}
