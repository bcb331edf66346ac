import { readFileSync } from "node:fs";
import { join, parse, resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import { createPlayhead } from "@playhead/sdk";
import type { ServerLog } from "@playhead/server";
import { type Command, InvalidArgumentError } from "commander";
import { runClipsJob } from "../clips-job.ts";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { namedServer, type ServerFlags } from "../find-history.ts";
import { openPlace, type Place, serverPlace } from "../open.ts";
import { reapAndSay, runsFolder } from "../reap.ts";
import { isServerOf } from "../running-server.ts";
import { checkServer } from "../server-check.ts";
import type { Console } from "../terminal/console.ts";
import { followInEngine, followOnServer } from "../view/job-source.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface ClipsFlags extends Pick<ConfigFlags, "data" | "config">, ServerFlags {
  readonly scenes?: string;
  readonly styles?: readonly string[];
  readonly out?: string;
  readonly maxParallel?: number;
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
      ["playhead clips -- -odd-name.mp4", "a name that begins with a dash"],
    ],
  })
    .option("--scenes <file>", "JSON file of scenes, instead of finding them")
    .option("--styles <names>", "styles, with commas between (default: all)", names)
    .option("--out <folder>", "where the clips go (default: playhead-clips/NAME)")
    .option("--max-parallel <number>", "clips at a time (default: the cores, at most 4)", count)
    .option("--server <url>", "report to this server (or PLAYHEAD_SERVER) instead of the data folder")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY)")
    .option("--data <folder>", "data folder to report to (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(clips));
}

const clips: Run<[input: string], ClipsFlags> = async (options, context, input) => {
  const { console, listen, nowMs, environment } = context;
  const config = commandConfig(options, context);
  const { scenes } = options;
  const parsedScenes = scenes === undefined ? undefined : await readScenes(scenes);
  const interrupts = listen();
  const named = namedServer({ flags: options, config, environment });
  if (named !== null) await checkServer(named);
  const place =
    named === null
      ? await openPlace({ data: config.data }, complaints(console))
      : serverPlace(named, isServerOf(config.data, named.url) ? config.data : null);
  const playhead = createPlayhead({
    transport: place.transport,
    warn: console.complain,
    machine: { folder: config.data },
  });
  try {
    await reapAndSay(config.data, console);
    sayPlace(place, console.say);
    const outDir = resolve(options.out ?? join("playhead-clips", parse(input).name));
    // Whatever server has this data folder, now or later, can show what is made.
    place.media?.add(outDir);
    return await runClipsJob({
      playhead,
      follow: (jobId) =>
        place.kind === "engine" ? followInEngine(place.engine, jobId) : followOnServer(place.server, jobId),
      console,
      nowMs,
      signal: interrupts.signal,
      clips: {
        input: resolve(input),
        outDir,
        ...(place.media !== null && { urlOf: place.media.urlOf }),
        registryDir: runsFolder(config.data),
        ...(parsedScenes !== undefined && { scenes: parsedScenes }),
        ...(options.styles !== undefined && { styles: options.styles }),
        ...(options.maxParallel !== undefined && { maxParallel: options.maxParallel }),
        ...(config.ffmpeg_path !== undefined && { ffmpegPath: config.ffmpeg_path }),
      },
    });
  } finally {
    await playhead.close();
  }
};

/** Of what the engine says, a person at a terminal needs to hear what is wrong. */
function complaints(console: Console): ServerLog {
  return (level, message) => {
    if (level !== "info") console.complain(`playhead: ${level}: ${message}`);
  };
}

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

/** Where the job can be watched, when that is elsewhere. */
function sayPlace(place: Place, say: (line: string) => void): void {
  if (place.kind === "server") say(`Reporting to ${place.server.url}`);
}

function names(text: string): readonly string[] {
  const found = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (found.length === 0) throw new InvalidArgumentError("Expected names of styles, with commas between.");
  return found;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Expected a whole number from 1.");
  return value;
}
