import { resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import { type Command, Option } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { type ServerFlags, serverToAsk } from "../find-history.ts";
import { addLogOptions, type LogFlags, logQuestion } from "../log-question.ts";
import { openReadings } from "../readings.ts";
import { formatBytes, writeWhole } from "../write-whole.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface ExportFlags extends Pick<ConfigFlags, "data" | "config">, ServerFlags, LogFlags {
  readonly what: string;
  readonly format: string;
  readonly span: string;
  readonly out?: string;
}

type Context = Parameters<Run<[], ExportFlags>>[1];

const TELL_EVERY_MS = 2_000;

/** `playhead export`: all of a range, into a file or a pipe. */
export function addExport(program: Command, bind: Bind): void {
  const command = newCommand(program, "export", {
    summary: "export the log, calls, performance or samples",
    description:
      "Exports every row of a range with every field, oldest first, to stdout or a file. A file is there whole or not at all.",
    examples: [
      ["playhead export --since 7d --out week.csv", "the log of a week, for a spreadsheet"],
      ["playhead export --what performance --span day --format json", "how long calls took, day by day"],
      ["playhead export --what executions --format ndjson | jq .duration", "calls, for a script"],
    ],
  })
    .addOption(
      new Option("--what <what>", "what to export")
        .choices(["logs", "executions", "performance", "samples"])
        .default("logs"),
    )
    .addOption(new Option("--format <format>", "its form").choices(["csv", "json", "ndjson"]).default("csv"))
    .addOption(
      new Option("--span <span>", "of performance: how long each row is")
        .choices(["minute", "hour", "day", "week", "month"])
        .default("hour"),
    )
    .option("--out <file>", "write to this file (default: stdout)");
  addLogOptions(command)
    .option("--server <url>", "the server to ask (or PLAYHEAD_SERVER)")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY)")
    .option("--data <folder>", "data folder (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(exportAll));
}

const exportAll: Run<[], ExportFlags> = async (options, context) => {
  const { console, environment, nowMs, listen } = context;
  const { what, format, span, out } = options;
  if (out === undefined && console.mode === "json") {
    throw new PlayheadError("usage_error", "expected --out FILE with --json: stdout cannot hold both", {
      hint: "leave --json out, or say --format ndjson",
    });
  }
  const config = commandConfig(options, context);
  const readings = await openReadings(serverToAsk({ flags: options, config, environment }), config);
  const { signal } = listen();
  const over = AbortSignal.any([signal, console.closed]);
  try {
    const pieces = counted(
      await readings.stream("export", { ...logQuestion(options, nowMs()), what, format, span }, over),
      context,
    );
    if (out === undefined) {
      for await (const piece of pieces) {
        if (over.aborted) break;
        await console.pour(piece);
      }
      return signal.aborted ? "interrupted" : "ok";
    }
    const file = resolve(out);
    const bytes = await writeWhole(file, pieces, over);
    console.say(`${file}: ${formatBytes(bytes)}`);
    console.emit({ type: "result", file, size_bytes: bytes });
    return "ok";
  } finally {
    await readings.close();
  }
};

/** Says on stderr now and then how much it has become. */
async function* counted(
  pieces: AsyncIterable<string | Uint8Array>,
  { console, nowMs }: Context,
): AsyncGenerator<string | Uint8Array> {
  let bytes = 0;
  let toldMs = nowMs();
  for await (const piece of pieces) {
    bytes += typeof piece === "string" ? Buffer.byteLength(piece) : piece.byteLength;
    if (nowMs() - toldMs >= TELL_EVERY_MS) {
      toldMs = nowMs();
      console.complain(`playhead: ${formatBytes(bytes)} so far`);
    }
    yield piece;
  }
}
