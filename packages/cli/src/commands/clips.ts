import { readFileSync } from "node:fs";
import { join, parse, resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import type { EncoderName } from "@playhead/pipelines";
import { type Command, InvalidArgumentError } from "commander";
import { runClipsJob } from "../clips-job.ts";
import { type PipelineFlags, withPipelinePlace } from "../pipeline-place.ts";
import { openUpload, type UploadFlags } from "../storage-place.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface ClipsFlags extends PipelineFlags, UploadFlags {
  readonly scenes?: string;
  readonly styles?: readonly string[];
  readonly out?: string;
  readonly maxParallel?: number;
  readonly captions?: string;
  /** Null leaves the sound as it is. */
  readonly loudness?: number | null;
  readonly encoder?: EncoderName;
}

/** `playhead clips`: a video into clips, scene by scene and style by style. */
export function addClips(program: Command, bind: Bind): void {
  newCommand(program, "clips <input>", {
    summary: "cut a video into clips, and show it live",
    description: [
      "Finds the scenes of a video, or takes yours, and cuts each into a clip per style. A second run does what is missing.",
      "Ctrl-C cancels: what runs is ended, what is done is kept.",
    ].join("\n"),
    examples: [
      ["playhead clips talk.mp4", "every scene in every style, into playhead-clips/talk"],
      ["playhead clips talk.mp4 --styles original,split --out clips", "two styles, into a folder of yours"],
      [
        "playhead clips talk.mp4 --scenes scenes.json",
        'given scenes: [{"start_sec": 0, "end_sec": 12.5, "title": "Intro"}]',
      ],
      ["playhead clips talk.mp4 --captions talk.srt --upload s3://media/talk", "captions burnt in, clips uploaded"],
      ["playhead clips -- -odd-name.mp4", "a name that begins with a dash"],
    ],
  })
    .option("--scenes <file>", "JSON file of scenes, instead of finding them")
    .option("--styles <names>", "styles, with commas between (default: all)", names)
    .option("--out <folder>", "where the clips go (default: playhead-clips/NAME)")
    .option("--captions <file>", "SRT or WebVTT file, burnt into the picture")
    .option("--loudness <lufs>", "loudness of the sound, or off to leave it (default: -14)", loudness)
    .option("--encoder <name>", "auto, x264, nvenc, qsv, vaapi or videotoolbox (default: auto)")
    .option("--upload <where>", "folder:PATH or s3://BUCKET/PREFIX, or configured, to upload the clips to")
    .option("--public-url <url>", "address under which people get what was uploaded")
    .option("--max-parallel <number>", "clips at a time (default: the cores, at most 4)", count)
    .option("--server <url>", "report to this server (or PLAYHEAD_SERVER) instead of the data folder")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY)")
    .option("--data <folder>", "data folder to report to (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(clips));
}

const clips: Run<[input: string], ClipsFlags> = async (options, context, input) => {
  const parsedScenes = options.scenes === undefined ? undefined : await readScenes(options.scenes);
  return withPipelinePlace(options, context, async (place) => {
    const upload = await openUpload(options, place);
    const { media, registryDir, ffmpegPath } = place;
    const outDir = resolve(options.out ?? join("playhead-clips", parse(input).name));
    // Whatever server has this data folder, now or later, can show what is made.
    media?.add(outDir);
    const running = runClipsJob({
      ...place,
      clips: {
        ...{ input: resolve(input), outDir, registryDir },
        ...(media !== null && { urlOf: media.urlOf }),
        ...(parsedScenes !== undefined && { scenes: parsedScenes }),
        ...(options.styles !== undefined && { styles: options.styles }),
        ...(options.maxParallel !== undefined && { maxParallel: options.maxParallel }),
        ...(options.captions !== undefined && { captions: resolve(options.captions) }),
        ...(options.loudness !== undefined && { loudnessLufs: options.loudness }),
        ...(options.encoder !== undefined && { encoder: options.encoder }),
        ...(upload !== null && { upload }),
        ...(ffmpegPath !== undefined && { ffmpegPath }),
      },
    });
    return running.finally(() => upload?.close());
  });
};

async function readScenes(file: string) {
  const { parseScenes } = await import("@playhead/pipelines");
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? `is not JSON: ${cause.message}` : "cannot be read";
    const hint = 'expected a list like [{"start_sec": 0, "end_sec": 12.5}]';
    throw new PlayheadError("scenes_invalid", `the scenes file ${file} ${why}`, { hint, cause });
  }
  return parseScenes(value);
}

function names(text: string): readonly string[] {
  const found = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (found.length === 0) throw new InvalidArgumentError("Expected names of styles, with commas between.");
  return found;
}

function loudness(text: string): number | null {
  const value = text === "off" ? null : Number(text);
  if (value !== null && (text.trim() === "" || !Number.isFinite(value)))
    throw new InvalidArgumentError("Expected a number of LUFS, or off.");
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Expected a whole number from 1.");
  return value;
}
