import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { runAnalyzeJob } from "../analyze-job.ts";
import { type PipelineFlags, withPipelinePlace } from "../pipeline-place.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface AnalyzeFlags extends PipelineFlags {
  readonly top?: number;
  readonly maxItems?: number;
  readonly weights?: Readonly<Record<string, number>>;
  readonly out?: string;
  readonly then?: "clips";
  readonly styles?: readonly string[];
  readonly allowPrivate?: boolean;
  readonly maxParallel?: number;
}

/** `playhead analyze`: which clips of a folder, a feed or YouTube are the best. */
export function addAnalyze(program: Command, bind: Bind): void {
  newCommand(program, "analyze <source>", {
    summary: "find the best clips of a folder, a feed or YouTube",
    description: [
      "Looks at and listens to each clip of a source, gives it a score of 0 to 100 with its reasons, and names the best.",
      "Videos of YouTube cannot be downloaded: they are judged by what YouTube tells of them (key: YOUTUBE_API_KEY).",
    ].join("\n"),
    examples: [
      ["playhead analyze talks", "the videos of a folder; the report goes into playhead-analyses"],
      ["playhead analyze https://example.com/feed.xml --top 3 --then clips", "a feed; then clips of the best three"],
      ["playhead analyze youtube:channel:@name", "a channel; also youtube:playlist:ID, youtube:search:WORDS"],
      ["playhead analyze talks --weights motion=5,loudness=0", "what counts, and what does not"],
    ],
  })
    .option("--top <number>", "how many of the best are named (default: 5)", count)
    .option("--then <pipeline>", "what is done with the best: clips", nextOf)
    .option("--styles <names>", "styles of those clips, with commas between (default: all)", names)
    .option("--max-items <number>", "clips of the source that are looked at (default: 50)", count)
    .option("--weights <list>", "weights of the score's parts, over the usual ones: motion=3,pace=2.5 …", weights)
    .option("--out <folder>", "where the report goes (default: playhead-analyses/DATE)")
    .option("--allow-private", "also fetch from this machine and from private networks")
    .option("--max-parallel <number>", "clips at a time (default: the cores, at most 4)", count)
    .option("--server <url>", "report to this server (or PLAYHEAD_SERVER) instead of the data folder")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY)")
    .option("--data <folder>", "data folder to report to (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(analyze));
}

const analyze: Run<[source: string], AnalyzeFlags> = async (flags, context, text) => {
  const { parseSource } = await import("@playhead/pipelines");
  const source = parseSource(text);
  return withPipelinePlace(flags, context, (place) => {
    const { media, registryDir, ffmpegPath } = place;
    const outDir = resolve(flags.out ?? join("playhead-analyses", folderName(context.nowMs())));
    media?.add(outDir);
    return runAnalyzeJob({
      ...place,
      next: flags.then ?? null,
      styles: flags.styles ?? null,
      analyze: {
        ...{
          source,
          outDir,
          registryDir,
          keepTop: flags.then !== undefined,
          allowPrivate: flags.allowPrivate === true,
        },
        ...(media !== null && { urlOf: media.urlOf }),
        ...(context.environment.YOUTUBE_API_KEY !== undefined && { youtubeKey: context.environment.YOUTUBE_API_KEY }),
        ...(flags.top !== undefined && { top: flags.top }),
        ...(flags.maxItems !== undefined && { maxItems: flags.maxItems }),
        ...(flags.weights !== undefined && { weights: flags.weights }),
        ...(flags.maxParallel !== undefined && { maxParallel: flags.maxParallel }),
        ...(ffmpegPath !== undefined && { ffmpegPath }),
      },
    });
  });
};

/** `2026-11-22T10-30-05`: in order, and a name on every file system. */
function folderName(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 19).replaceAll(":", "-");
}

function nextOf(text: string): "clips" {
  if (text !== "clips") throw new InvalidArgumentError("Expected clips.");
  return text;
}

function weights(text: string): Readonly<Record<string, number>> {
  const pairs = text.split(",").map((pair) => /^\s*(\w+)\s*=\s*(\d+(?:\.\d+)?)\s*$/.exec(pair));
  if (pairs.some((pair) => pair === null)) {
    throw new InvalidArgumentError("Expected parts with their weights, such as motion=3,pace=2.5.");
  }
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", Number(pair?.[2])]));
}

function names(text: string): readonly string[] {
  const found = text.split(",").flatMap((name) => name.trim() || []);
  if (found.length === 0) throw new InvalidArgumentError("Expected names of styles, with commas between.");
  return found;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Expected a whole number from 1.");
  return value;
}
