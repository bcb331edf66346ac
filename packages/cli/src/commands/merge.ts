import { dirname, resolve } from "node:path";
import type { Fit, MergeTarget } from "@playhead/pipelines";
import { type Command, InvalidArgumentError, Option } from "commander";
import { runMergeJob } from "../merge-job.ts";
import { type PipelineFlags, withPipelinePlace } from "../pipeline-place.ts";
import { openUpload, type UploadFlags } from "../storage-place.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface MergeFlags extends PipelineFlags, UploadFlags {
  readonly out: string;
  readonly replace?: boolean;
  readonly share?: boolean;
  readonly size?: { readonly width: number; readonly height: number };
  readonly fps?: number;
  readonly fit?: Fit;
  readonly maxMb?: number;
  readonly crf?: number;
  readonly maxParallel?: number;
}

const BYTES_PER_MB = 1_000_000;

/** `playhead merge`: many videos into one. */
export function addMerge(program: Command, bind: Bind): void {
  newCommand(program, "merge <inputs...>", {
    summary: "merge videos into one, and show it live",
    description: [
      "Puts videos one after the other, whatever size, rate, codec or sound they have. Those that are alike are copied",
      "without encoding; else each is brought to one size and rate first. Ctrl-C cancels, and leaves nothing behind.",
    ].join("\n"),
    examples: [
      ["playhead merge a.mp4 b.mov c.webm --out all.mp4", "one after the other, in this order"],
      ["playhead merge a.mp4 b.mp4 --out all.mp4 --size 1920x1080 --fps 30 --fit blur", "a size and a rate of yours"],
      ["playhead merge a.mp4 b.mp4 --out small.mp4 --max-mb 25", "at most 25 MB, such as for a mail"],
      ["playhead merge a.mp4 b.mp4 --out all.mp4 --upload s3://media/all", "the result is uploaded, too"],
      ["playhead merge --out all.mp4 -- -odd-name.mp4 b.mp4", "a name that begins with a dash"],
    ],
  })
    .requiredOption("-o, --out <file>", "the result, an mp4")
    .option("--replace", "replace the result if it is there already")
    .option("--share", "let viewers of the server have the files of the result's folder")
    .option("--upload <where>", "folder:PATH or s3://BUCKET/PREFIX, or configured, to put the result into, too")
    .option("--public-url <url>", "address under which people get what was uploaded")
    .option("--size <size>", "size of the result, such as 1920x1080 (default: what most of the inputs have)", size)
    .option("--fps <number>", "pictures a second (default: what most of the inputs have)", number("fps"))
    .addOption(
      new Option(
        "--fit <how>",
        "what becomes of other shapes: black bars, cut off, or over a blurred copy (default: pad)",
      ).choices(["pad", "crop", "blur"]),
    )
    .addOption(
      new Option("--max-mb <number>", "at most so many megabytes, encoded in two passes")
        .argParser(number("megabytes"))
        .conflicts("crf"),
    )
    .option("--crf <number>", "quality, 0 (lossless) to 51 (default: copies as they are, else 20)", number("quality"))
    .option("--max-parallel <number>", "parts at a time (default: the cores, at most 4)", number("parts"))
    .option("--server <url>", "report to this server (or PLAYHEAD_SERVER) instead of the data folder")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY)")
    .option("--data <folder>", "data folder to report to (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(merge));
}

const merge: Run<[inputs: readonly string[]], MergeFlags> = (options, context, inputs) =>
  withPipelinePlace(options, context, async (place) => {
    const storage = await openUpload(options, place);
    const { media, registryDir, ffmpegPath } = place;
    const output = resolve(options.out);
    const target = targetOf(options);
    // What else lies beside the result would be shown, too: so only when it is asked for.
    if (options.share === true) media?.add(dirname(output));
    const running = runMergeJob({
      ...place,
      merge: {
        ...{ inputs: inputs.map((input) => (input === "" ? input : resolve(input))), output, registryDir },
        ...(media !== null && { urlOf: media.urlOf }),
        ...(options.replace !== undefined && { replace: options.replace }),
        ...(options.size !== undefined && { size: options.size }),
        ...(options.fps !== undefined && { fps: options.fps }),
        ...(options.fit !== undefined && { fit: options.fit }),
        ...(target !== undefined && { target }),
        ...(options.maxParallel !== undefined && { maxParallel: options.maxParallel }),
        ...(ffmpegPath !== undefined && { ffmpegPath }),
        ...(storage !== null && { storage }),
      },
    });
    return running.finally(() => storage?.close());
  });

function targetOf({ maxMb, crf }: Pick<MergeFlags, "maxMb" | "crf">): MergeTarget | undefined {
  if (maxMb !== undefined) return { kind: "size", maxBytes: Math.round(maxMb * BYTES_PER_MB) };
  return crf === undefined ? undefined : { kind: "quality", crf };
}

function size(text: string) {
  const [, width, height] = /^(\d+)[x×](\d+)$/.exec(text) ?? [];
  if (width === undefined) throw new InvalidArgumentError("Expected a size such as 1920x1080.");
  return { width: Number(width), height: Number(height) };
}

function number(what: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError(`Expected a number (${what}).`);
    return value;
  };
}
