import { type H264Encoder, provenEncoders, tryEncoders } from "@playhead/ffmpeg";
import { PlayheadError, type TaskHandle } from "@playhead/sdk";

/** Which encoder is asked for. */
export type EncoderName = "auto" | H264Encoder;

/** What may be asked for, in the order of the help. */
export const ENCODERS: readonly EncoderName[] = ["auto", "x264", "nvenc", "qsv", "vaapi", "videotoolbox"];

/** The encoder of a run: one in hardware until it fails where x264 does not. */
export interface EncoderChoice {
  current(): H264Encoder;
  /** It has failed with something that x264 has made: nobody uses it any more. @returns whether that is news */
  leave(encoder: H264Encoder): boolean;
}

export function createEncoderChoice(first: H264Encoder): EncoderChoice {
  let now = first;
  return {
    current: () => now,
    leave(encoder) {
      if (now !== encoder || encoder === "x264") return false;
      now = "x264";
      return true;
    },
  };
}

export interface EncoderOptions {
  readonly encoder?: EncoderName | undefined;
  readonly ffmpegPath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The encoder to begin with: for `auto` the best that proves itself by a trial, else the one that is named, once it has.
 *
 * @throws PlayheadError `validation_error` for one that nobody knows, `encoder_failed` for one that does not work here
 */
export async function findEncoder({ encoder = "auto", ffmpegPath, signal }: EncoderOptions): Promise<H264Encoder> {
  if (encoder === "x264") return encoder;
  if (encoder === "auto") return bestEncoder({ ffmpegPath, signal });
  if (!ENCODERS.includes(encoder)) {
    throw new PlayheadError("validation_error", `there is no encoder ${JSON.stringify(encoder)}`, {
      hint: `choose from ${ENCODERS.join(", ")}`,
    });
  }
  const trials = await tryEncoders({ ffmpegPath, signal });
  const trial = trials.find((each) => each.encoder === encoder);
  if (trial?.fault === null) return encoder;
  const why = trial === undefined ? "this ffmpeg does not have it" : trial.fault;
  throw new PlayheadError("encoder_failed", `the encoder ${encoder} does not work here: ${why}`, {
    hint: "choose auto or x264",
  });
}

/** One of which nobody knows whether it works is not used; x264 is there. @throws PlayheadError `canceled` */
async function bestEncoder(options: Omit<EncoderOptions, "encoder">): Promise<H264Encoder> {
  try {
    return (await provenEncoders(options))[0] ?? "x264";
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return "x264";
  }
}

/** What an encoder in hardware, its driver or its device may be to blame for. */
const BLAMABLE: ReadonlySet<string> = new Set([
  ...["encoder_failed", "ffmpeg_failed", "ffmpeg_stalled", "filter_invalid", "output_invalid", "out_of_memory"],
]);

/**
 * Encodes with the run's encoder; when one in hardware fails, once more with x264, and says so. If that goes well, the
 * hardware was to blame: the run goes on with x264.
 */
export async function withFallback<Value>(
  task: TaskHandle,
  choice: EncoderChoice,
  encode: (encoder: H264Encoder) => Promise<Value>,
): Promise<Value> {
  const encoder = choice.current();
  try {
    return await encode(encoder);
  } catch (error) {
    const mayPass = error instanceof PlayheadError && BLAMABLE.has(error.code) && encoder !== "x264";
    if (!mayPass || task.signal.aborted) throw error;
    task.warn(`${encoder} failed, so that x264 is tried: ${error.message}`, { error_code: error.code });
    const value = await encode("x264");
    if (choice.leave(encoder)) task.job.log.warning(`${encoder} is to blame: all other clips are encoded with x264`);
    return value;
  }
}
