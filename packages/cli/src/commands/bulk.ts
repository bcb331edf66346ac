import { readFileSync } from "node:fs";
import { basename, dirname, join, parse, resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import type { Command } from "commander";
import { resultLine, runPipelineJob } from "../pipeline-job.ts";
import { type PipelineFlags, withPipelinePlace } from "../pipeline-place.ts";
import { type Bind, newCommand, type Run } from "./command.ts";
import { count } from "./count.ts";

interface BulkFlags extends PipelineFlags {
  readonly template: string;
  readonly out?: string;
  readonly maxParallel?: number;
  readonly rate?: string;
  readonly anyFolder?: boolean;
  readonly allowPrivate?: boolean;
}

/** `playhead bulk`: a video of each row of a table. */
export function addBulk(program: Command, bind: Bind): void {
  newCommand(program, "bulk <rows>", {
    summary: "make a video of each row of a table, and show it live",
    description: [
      "Reads rows from CSV or JSON and makes a video of each, as the template has it. A second run does what is missing.",
      "Ctrl-C cancels: what runs is ended, what is done is kept.",
    ].join("\n"),
    examples: [
      ["playhead bulk people.csv --template card.json", "a video of each row, into playhead-bulk/people"],
      ["playhead bulk people.csv --template card.json --out cards --rate 30/min", "no more than 30 begun a minute"],
    ],
  })
    .requiredOption("--template <file>", "JSON file that says what each video looks like: docs/bulk.md")
    .option("--out <folder>", "where the videos go (default: playhead-bulk/NAME)")
    .option("--max-parallel <number>", "videos at a time (default: the cores, at most 4)", count)
    .option("--rate <rate>", "videos begun at most, such as 30/min or 2/s")
    .option("--any-folder", "let rows name files outside of their folder")
    .option("--allow-private", "let providers be on this machine and on private networks")
    .option("--server <url>", "report to this server (or PLAYHEAD_SERVER) instead of the data folder")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY)")
    .option("--data <folder>", "data folder to report to (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(bulk));
}

const bulk: Run<[rows: string], BulkFlags> = async (options, context, rows) => {
  const template = readTemplate(options.template);
  return withPipelinePlace(options, context, async (place) => {
    const { media, registryDir, ffmpegPath, playhead } = place;
    const outDir = resolve(options.out ?? join("playhead-bulk", parse(rows).name));
    // Whatever server has this data folder, now or later, can show what is made.
    media?.add(outDir);
    // Loaded when it is needed: no other command has to wait for it.
    const { createFileFinder, runBulk } = await import("@playhead/pipelines");
    const file = resolve(rows);
    const settings = {
      ...{ rows: file, template, outDir, registryDir, environment: context.environment },
      allowPrivate: options.allowPrivate === true,
      fileOf: createFileFinder(dirname(file), options.anyFolder === true),
      ...(media !== null && { urlOf: media.urlOf }),
      ...(options.maxParallel !== undefined && { maxParallel: options.maxParallel }),
      ...(options.rate !== undefined && { rate: options.rate }),
      ...(ffmpegPath !== undefined && { ffmpegPath }),
    };
    return runPipelineJob({
      ...place,
      title: basename(file),
      run: async (hooks) => ({ ...(await runBulk(playhead, { ...settings, ...hooks })), out: outDir }),
      results: ({ completed, skipped, manifest, out }) => [
        ...(completed + skipped > 0 ? [resultLine("Videos", out)] : []),
        ...(manifest === null ? [] : [resultLine("Manifest", manifest)]),
      ],
    });
  });
};

function readTemplate(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? `is not JSON: ${cause.message}` : "cannot be read";
    const hint = 'expected an object like {"title": {"text": "{{name}}"}}; docs/bulk.md has all of it';
    throw new PlayheadError("template_invalid", `the template ${file} ${why}`, { hint, cause });
  }
}
