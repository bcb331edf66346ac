import type { Command } from "commander";
import type { ErrorLog } from "../error-log.ts";
import type { Ending } from "../exit-codes.ts";
import type { Interrupts } from "../interrupts.ts";
import type { Console } from "../terminal/console.ts";

/** What a command gets of the process that it runs in. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly nowMs: () => number;
  /** Listens to Ctrl-C from now on; until then it ends the process at once. */
  readonly listen: () => Interrupts;
  readonly errorLog: ErrorLog;
}

/** The options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** What a command does. @returns how it ended; what it throws ends it, too */
export type Run<Arguments extends readonly unknown[], Options> = (
  options: Options & CommonOptions,
  context: Surroundings & { readonly console: Console },
  ...args: Arguments
) => Promise<Ending>;

/** Makes what a command does into what commander calls. */
export type Bind = <Arguments extends readonly unknown[], Options extends object>(
  run: Run<Arguments, Options>,
) => (...given: readonly unknown[]) => Promise<void>;

/** Adds a command to the program. */
export type AddCommand = (program: Command, bind: Bind) => void;

export interface CommandText {
  readonly summary: string;
  /** What `--help` says in full. @defaultValue the summary */
  readonly description?: string;
  /** Command lines to copy, each with what it does. */
  readonly examples: readonly (readonly [line: string, effect: string])[];
  /** Whether it is what is meant where no subcommand is named. @defaultValue false */
  readonly isDefault?: boolean;
}

/** A command with its help and the options that all have. */
export function newCommand(program: Command, usage: string, text: CommandText): Command {
  const { summary, description, examples, isDefault = false } = text;
  const lines = examples.map(([line, effect]) => `  # ${effect}\n  $ ${line}`);
  return program
    .command(usage, { isDefault })
    .summary(summary)
    .description(description ?? summary)
    .option("--json", "write lines of JSON to stdout; the last one is the result")
    .option("--verbose", "tell more about errors: causes and stacks")
    .addHelpText("after", `\nExamples:\n${lines.join("\n\n")}\n`);
}
