import { type JsonObject, type LogEntry, PlayheadError } from "@playhead/core";
import { type Command, InvalidArgumentError } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { type ServerFlags, serverToAsk } from "../find-history.ts";
import { untilAborted } from "../interrupts.ts";
import { addLogOptions, type LogFlags, logQuestion } from "../log-question.ts";
import { openReadings, type Question, type Readings } from "../readings.ts";
import { renderEntry } from "../view/render-entry.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface LogsFlags extends Pick<ConfigFlags, "data" | "config">, ServerFlags, LogFlags {
  readonly limit: number;
  readonly follow?: boolean;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
const MAX_PAGE = 200;
const MIN_PAGE = 10;
const WAIT_SEC = 20;

/** `playhead logs`: what was written and what was called. */
export function addLogs(program: Command, bind: Bind): void {
  const command = newCommand(program, "logs", {
    summary: "read the log: lines and calls",
    description:
      "Reads the log of the server, or of the data folder when no server has it: lines and calls, oldest first.",
    examples: [
      ["playhead logs --level error --since 1h", "what went wrong in the last hour"],
      ["playhead logs --follow --job job_4f1c", "one job's, as it comes"],
      ["playhead logs --function probe --over 500 --json", "calls that took longer than half a second, for a script"],
    ],
  });
  addLogOptions(command)
    .option("--limit <number>", `the newest so many, at most ${MAX_LIMIT}`, limit, DEFAULT_LIMIT)
    .option("--follow", "go on with what comes, until Ctrl-C")
    .option("--server <url>", "the server to ask (or PLAYHEAD_SERVER)")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY)")
    .option("--data <folder>", "data folder (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(logs));
}

const logs: Run<[], LogsFlags> = async (options, context) => {
  const { console, environment, nowMs, listen } = context;
  const config = commandConfig(options, context);
  const server = serverToAsk({ flags: options, config, environment });
  if (options.follow === true && server === null) {
    throw new PlayheadError(
      "usage_error",
      "expected a server to follow; nothing comes to a folder that no server has",
      {
        hint: "start one with playhead serve, or leave --follow out",
      },
    );
  }
  const readings = await openReadings(server, config);
  const question = logQuestion(options, nowMs());
  const show = (entries: readonly LogEntry[]) => {
    for (const entry of entries) {
      console.say(renderEntry(entry));
      console.emit({ type: "entry", ...entry });
    }
    return entries.length;
  };
  try {
    if (options.follow !== true) {
      const count = show(await newest(readings, question, options.limit));
      console.emit({ type: "result", entries: count });
      return "ok";
    }
    const { signal } = listen();
    const over = Promise.race([untilAborted(signal), untilAborted(console.closed)]).then(() => null);
    let shown = 0;
    let asked: Question = { ...question, limit: String(options.limit) };
    for (;;) {
      const answer = await Promise.race([readings.read("logs/tail", asked), over]);
      if (answer === null) break;
      shown += show(entriesIn(answer));
      asked = { ...question, limit: String(MAX_LIMIT), after: String(answer.next_after), wait: String(WAIT_SEC) };
    }
    console.emit({ type: "result", entries: shown });
    return "interrupted";
  } finally {
    await readings.close();
  }
};

/** The newest entries by their time, oldest first. */
async function newest(readings: Readings, question: Question, most: number): Promise<readonly LogEntry[]> {
  const found: LogEntry[] = [];
  let token: unknown = null;
  do {
    const size = Math.min(MAX_PAGE, Math.max(MIN_PAGE, most));
    const answer = await readings.read("logs", {
      ...question,
      order: "desc",
      page_size: String(size),
      ...(typeof token === "string" && { page_token: token }),
    });
    found.push(...entriesIn(answer));
    token = answer.next_page_token;
  } while (typeof token === "string" && found.length < most);
  return found.slice(0, most).reverse();
}

function entriesIn({ entries }: JsonObject): readonly LogEntry[] {
  return entries as unknown as readonly LogEntry[];
}

function limit(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > MAX_LIMIT) {
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_LIMIT}.`);
  }
  return value;
}
