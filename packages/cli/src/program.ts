import { existsSync } from "node:fs";
import { PlayheadError } from "@playhead/core";
import { Command, CommanderError } from "commander";
import { addAlerts } from "./commands/alerts.ts";
import { addAnalyze } from "./commands/analyze.ts";
import { addBackup } from "./commands/backup.ts";
import { addBulk } from "./commands/bulk.ts";
import { addClips } from "./commands/clips.ts";
import type { AddCommand, Bind, CommonOptions, Run, Surroundings } from "./commands/command.ts";
import { addConfig } from "./commands/config.ts";
import { CONTROL_COMMANDS } from "./commands/control.ts";
import { addDemo } from "./commands/demo.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addExport } from "./commands/export.ts";
import { addHealth } from "./commands/health.ts";
import { addJobs } from "./commands/jobs.ts";
import { addKeys } from "./commands/keys.ts";
import { addLogs } from "./commands/logs.ts";
import { addMerge } from "./commands/merge.ts";
import { addReport } from "./commands/report.ts";
import { addRestore } from "./commands/restore.ts";
import { addServe } from "./commands/serve.ts";
import { addWatch } from "./commands/watch.ts";
import { addWorker } from "./commands/worker.ts";
import { type Ending, endingOf } from "./exit-codes.ts";
import { reportError } from "./report-error.ts";
import { createConsole } from "./terminal/console.ts";

/** Every command, in the order of the help. */
const COMMANDS: readonly AddCommand[] = [
  addDemo,
  addClips,
  addMerge,
  addAnalyze,
  addBulk,
  addServe,
  addWorker,
  addJobs,
  addWatch,
  ...CONTROL_COMMANDS,
  addLogs,
  addExport,
  addReport,
  addAlerts,
  addKeys,
  addConfig,
  addHealth,
  addBackup,
  addRestore,
  addDoctor,
];

export interface ProgramOptions extends Surroundings {
  /** What was typed after the program's name. */
  readonly args: readonly string[];
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

const DESCRIPTION = "Shows, live and truthfully, what long-running media jobs are doing.";

/** Runs what was typed. Never rejects: what goes wrong is said on stderr, in one line. */
export async function runProgram(options: ProgramOptions): Promise<Ending> {
  const { args, stdout, stderr, environment, errorLog } = options;
  let ending: Ending = "ok";
  const asked = beforeDashes(args);
  const common = { json: asked.includes("--json"), verbose: asked.includes("--verbose") };
  const console = createConsole({ stdout, stderr, environment, json: common.json });

  const bind: Bind =
    <Arguments extends readonly unknown[], Options>(run: Run<Arguments, Options>) =>
    async (...given) => {
      // commander hands over the arguments, then the options, then the command.
      const values = given.slice(0, -2) as unknown as Arguments;
      ending = await run(given.at(-2) as Options & CommonOptions, { ...options, console }, ...values);
    };

  const program = new Command("playhead")
    .description(DESCRIPTION)
    .version(options.version, "-V, --version", "print the version")
    .exitOverride()
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${usageOf(command)}`.trim() })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: () => undefined,
      outputError: () => undefined,
    });
  program.addHelpText("after", "\nplayhead COMMAND --help tells more about a command.\nExit codes: docs/cli.md\n");
  for (const add of COMMANDS) add(program, bind);

  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: "user" });
    return ending;
  } catch (thrown) {
    const error = thrown instanceof CommanderError ? usageError(thrown, asked) : thrown;
    if (error === null) return "ok";
    console.complain(reportError(error, { ...common, errorLog }));
    return endingOf(error);
  }
}

/** A command's arguments; that it has options goes without saying. */
function usageOf(command: Command): string {
  return command.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`)).join(" ");
}

function beforeDashes(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end === -1 ? args : args.slice(0, end);
}

/** What commander found wrong, as our error; null when it has only shown help or the version. */
function usageError(error: CommanderError, args: readonly string[]): PlayheadError | null {
  if (error.exitCode === 0) return null;
  const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const command = args.find((each) => !each.startsWith("-"));
  const isKnown = error.code !== "commander.unknownCommand" && command !== undefined;
  const help = `see playhead ${isKnown ? `${command} ` : ""}--help`;
  const told = error.code === "commander.help" ? "expected a command" : message;
  return new PlayheadError("usage_error", told, {
    hint: hintFor(error, args) ?? suggestion?.replace(/^\((.*)\)$/, "$1") ?? help,
  });
}

/** A file whose name begins with a dash looks like an option. */
function hintFor({ code }: CommanderError, args: readonly string[]): string | null {
  const looksLikeOption = args.some((each) => each.startsWith("-") && existsSync(each));
  return code === "commander.unknownOption" && looksLikeOption ? "put -- before a name that begins with a dash" : null;
}
