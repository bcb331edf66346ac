import { PlayheadError } from "@playhead/sdk";

/** Errors after which no other item of one input could succeed either: they end the job (SPEC §13). */
const FATAL: ReadonlySet<string> = new Set([
  ...["disk_full", "output_unwritable", "ffmpeg_missing"],
  ...["input_missing", "input_refused", "input_empty"],
]);

/** Ends all items when one of them finds that none can succeed any more. */
export interface FatalStop {
  /** Aborted then, with a PlayheadError `canceled` that says why. */
  readonly signal: AbortSignal;
  /** Looks at what ended an item: the first fatal error stops the others. */
  look(error: unknown): void;
  /** Stops the others for an error that is fatal where it comes from, whatever its code: an upload that failed for good. */
  end(error: PlayheadError): void;
  /** What stopped them; null while nothing has. */
  error(): PlayheadError | null;
}

/**
 * @param noun what is made, for people
 * @param codes after which none of them could succeed. @defaultValue those about the disk, ffmpeg and the one input
 */
export function createFatalStop(noun = "clip", codes: ReadonlySet<string> = FATAL): FatalStop {
  const controller = new AbortController();
  let fatal: PlayheadError | null = null;

  function end(error: PlayheadError): void {
    if (fatal !== null) return;
    fatal = error;
    const reason = `no ${noun} can be made any more: ${error.message}`;
    controller.abort(new PlayheadError("canceled", `canceled: ${reason}`, { detail: { reason }, cause: error }));
  }

  return {
    signal: controller.signal,
    error: () => fatal,
    look(error) {
      if (error instanceof PlayheadError && codes.has(error.code)) end(error);
    },
    end,
  };
}
