import { extname, resolve } from "node:path";
import { PlayheadError, REPORT_FORMATS, type ReportFormat } from "@playhead/core";
import { type Command, Option } from "commander";
import { askServer, streamFrom } from "../ask-server.ts";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { type ServerFlags, serverToAsk } from "../find-history.ts";
import { addRangeOptions, type RangeFlags, rangeQuestion } from "../log-question.ts";
import { formatBytes, writeWhole } from "../write-whole.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface ReportFlags extends Pick<ConfigFlags, "data" | "config">, ServerFlags, RangeFlags {
  readonly kind?: string;
  readonly format?: ReportFormat;
  readonly title?: string;
  readonly function?: readonly string[];
  readonly jobKind?: readonly string[];
  readonly timeZone?: string;
  readonly out?: string;
}

/** `playhead report`: what happened in a day, a week or any range, as a file to forward. */
export function addReport(program: Command, bind: Bind): void {
  const command = newCommand(program, "report", {
    summary: "make a report of a day, a week or any range",
    description:
      "Has the server make a report, and writes it into a file: PDF, HTML, CSV or JSON. The report is kept there, too, and listed on the page Reports.",
    examples: [
      ["playhead report", "the last whole week, as a PDF"],
      ["playhead report --kind daily --out yesterday.html", "the last whole day, as a page"],
      [
        "playhead report --since 30d --job-kind clips --out month.csv",
        "of a range and of some jobs, for a spreadsheet",
      ],
    ],
  })
    .addOption(
      new Option("--kind <kind>", "what it tells (default: weekly; with a range custom)").choices([
        "daily",
        "weekly",
        "trend",
        "custom",
      ]),
    )
    .addOption(
      new Option("--format <format>", "its form (default: as the file is called, else pdf)").choices(REPORT_FORMATS),
    )
    .option("--out <file>", "write to this file (default: named after the report, in this folder)")
    .option("--title <title>", "what it is called")
    .option("--function <names...>", "only calls of these functions")
    .option("--job-kind <kinds...>", "only jobs of these kinds")
    .option("--time-zone <zone>", "of its days and times, such as Europe/Rome (default: the server's)");
  addRangeOptions(command)
    .option("--server <url>", "the server to ask (or PLAYHEAD_SERVER)")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY)")
    .option("--data <folder>", "data folder of the server on this machine (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(report));
}

const report: Run<[], ReportFlags> = async (options, context) => {
  const { console, environment, nowMs, listen } = context;
  const range = rangeQuestion(options, nowMs());
  const kind = options.kind ?? (range.from === undefined ? "weekly" : "custom");
  if ((kind === "trend" || kind === "custom") && range.from === undefined) {
    throw new PlayheadError("usage_error", `expected a range for a report of kind ${kind}, got none`, {
      hint: "give it like --since 30d, or --from 2026-11-01T00:00:00Z",
    });
  }
  const format = options.format ?? formatOf(options.out) ?? "pdf";
  const config = commandConfig(options, context);
  const server = serverToAsk({ flags: options, config, environment });
  if (server === null) {
    throw new PlayheadError("server_unreachable", `no server runs on ${config.data}`, {
      hint: "start one with playhead serve, or name one with --server",
    });
  }
  const { signal } = listen();
  const made = await askServer(server, "POST", "reports", {
    kind,
    ...(range.from !== undefined && { from: range.from, to: range.to ?? new Date(nowMs()).toISOString() }),
    ...(options.title !== undefined && { title: options.title }),
    ...(options.function !== undefined && { functions: options.function }),
    ...(options.jobKind !== undefined && { kinds: options.jobKind }),
    ...(options.timeZone !== undefined && { time_zone: options.timeZone }),
  });
  const { report_id: id, title, headline, from } = made;
  if (typeof id !== "string" || made.status === "failed") {
    throw new PlayheadError("internal_error", `the report could not be made: ${made.error ?? "nobody knows why"}`);
  }
  const file = resolve(options.out ?? `playhead-${kind}-${String(from).slice(0, 10)}.${format}`);
  const { pieces } = await streamFrom(server, `reports/${encodeURIComponent(id)}.${format}`, signal);
  const size = await writeWhole(file, pieces, signal);
  if (typeof headline === "string") console.say(headline);
  console.say(`${file}: ${formatBytes(size)}`);
  console.emit({
    type: "result",
    report_id: id,
    title: title ?? null,
    headline: headline ?? null,
    file,
    size_bytes: size,
  });
  return "ok";
};

/** The form that a file's name asks for. */
function formatOf(file: string | undefined): ReportFormat | undefined {
  const ending = file === undefined ? "" : extname(file).slice(1).toLowerCase();
  return REPORT_FORMATS.find((format) => format === ending);
}
