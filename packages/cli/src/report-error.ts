import { PlayheadError, toErrorBody } from "@playhead/core";
import { type ErrorLog, stackOf } from "./error-log.ts";
import { printable } from "./terminal/text-width.ts";

export interface ReportOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly errorLog: ErrorLog;
}

/** An error in one line: what is wrong, then what to do. */
export function errorLine({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  return `playhead: ${sentence(message)}${hint === undefined ? "" : ` ${sentence(hint.charAt(0).toUpperCase() + hint.slice(1))}`}`;
}

/** What stderr gets of an error that ends a command: one line, or its JSON; its stack as well where that was asked for. */
export function reportError(error: unknown, { json, verbose, errorLog }: ReportOptions): string {
  const stack = verbose ? `\n${stackOf(error)}` : "";
  const isOurs = error instanceof PlayheadError;
  const cause = error instanceof Error ? error.message : String(error);
  const file = isOurs || verbose ? null : errorLog.keep(cause, error);
  if (json) return JSON.stringify(toErrorBody(error)) + stack;
  if (isOurs) return errorLine(error) + stack;
  const hint = file === null ? undefined : `the details are in ${file}; please report it`;
  return errorLine({ message: `something unexpected happened inside Playhead: ${cause}`, hint }) + stack;
}

/** One line, and one full stop at its end. */
function sentence(text: string): string {
  const line = printable(text.trim().replaceAll(/\s*\n\s*/g, " "));
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
