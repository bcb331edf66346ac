import { PlayheadError, type PlayheadErrorOptions } from "@playhead/core";
import { displayName } from "../system/display-name.ts";
import { LOST_FRAME, parseLogLine } from "./log-line.ts";
import { CAUSES, EXIT_CODES, type Finding, type Side, SYMPTOMS } from "./taxonomy.ts";

/** What the run knows, beside what ffmpeg wrote. */
export interface DiagnoseContext {
  readonly inputPaths?: readonly string[];
  /** The path ffmpeg wrote to. */
  readonly partPath?: string | null;
  /** The path the file was to have in the end. */
  readonly outputPath?: string | null;
  /** Whether the system ended a process for want of memory while this run was under way. */
  readonly isMemoryKill?: boolean;
  /** Put the last lines of stderr into `detail.stderr_tail`; they name paths, so not where viewers see it. */
  readonly includeStderr?: boolean;
}

const CRASHES: ReadonlySet<NodeJS.Signals> = new Set([
  "SIGSEGV",
  "SIGABRT",
  "SIGILL",
  "SIGBUS",
  "SIGFPE",
  "SIGTRAP",
  "SIGSYS",
]);

/** Longest piece of ffmpeg's own words in a message. */
const MAX_QUOTE = 100;

/**
 * Why a run failed: a stable code, a one-line message without folders, a hint. The first line that names a cause wins
 * (the last is often noise), then the signal, then the first symptom, then the exit code. All that ffmpeg wrote is in
 * the error's `cause`.
 */
export function diagnose(
  stderrLines: readonly string[],
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  context: DiagnoseContext = {},
): PlayheadError {
  const ended = signal === null ? `code ${exitCode}` : `signal ${signal}`;
  const options: PlayheadErrorOptions = {
    cause: new Error(`ffmpeg ended with ${ended}:\n${stderrLines.join("\n")}`),
    detail: {
      ...(signal === null ? { exit_code: exitCode } : { signal }),
      ...(context.includeStderr ? { stderr_tail: stderrLines.slice(-20) } : {}),
    },
  };
  const errors = errorTexts(stderrLines);
  const cause = findFirst(CAUSES, errors, context);
  if (cause !== null) return errorOf(cause, context, options);
  if (signal !== null) return signalError(signal, context, options);
  const symptom = findFirst(SYMPTOMS, errors, context) ?? findByExitCode(exitCode, context);
  if (symptom !== null) return errorOf(symptom, context, options);
  return new PlayheadError("ffmpeg_failed", `ffmpeg failed with ${ended} and gave no reason we know`, {
    ...options,
    hint: "the job's log has what ffmpeg wrote",
  });
}

/**
 * A failure to write that ffmpeg did not let its exit code tell: 5.1 exits with 0 when the disk is full at the very
 * end of a file. Null when there is none.
 */
export function diagnoseSilentFailure(stderrLines: readonly string[], context: DiagnoseContext): PlayheadError | null {
  const isWriting = (finding: Finding) => finding.code === "disk_full" || finding.code === "output_unwritable";
  const writing = [...CAUSES.filter(isWriting), ...SYMPTOMS.filter(isWriting)];
  return findFirst(writing, errorTexts(stderrLines), context) === null ? null : diagnose(stderrLines, 0, null, context);
}

interface Match {
  readonly finding: Finding;
  readonly quote: string;
}

/** What was said at level error or without a level, in order; `Exiting normally` is said at level info. */
function errorTexts(lines: readonly string[]): readonly string[] {
  const texts: string[] = [];
  for (const line of lines) {
    const { level, text, component } = parseLogLine(line);
    if (level === "error" || text.startsWith("Exiting normally")) texts.push(sideMark(component) + text);
  }
  return texts;
}

/** ffmpeg 6 and up name the side by the component (`in#0`, `out#0/mp4`), 5.1 by the path in the text. */
const sideMark = (component: string | null) => (/^(in|out)#\d/.test(component ?? "") ? `<${component}> ` : "");

function sideOf(text: string, context: DiagnoseContext): Side {
  if (text.startsWith("<out#") || (context.partPath && text.includes(context.partPath))) return "output";
  if (text.startsWith("<in#") || context.inputPaths?.some((path) => text.includes(path))) return "input";
  return /av_interleaved_write_frame|Error writing|Error muxing/.test(text) ? "output" : null;
}

function findFirst(findings: readonly Finding[], texts: readonly string[], context: DiagnoseContext): Match | null {
  const isCauses = findings === CAUSES;
  for (const text of texts) {
    if (isCauses && LOST_FRAME.test(text)) continue;
    const side = sideOf(text, context);
    for (const finding of findings) {
      if (finding.side !== undefined && finding.side !== side) continue;
      const match = finding.pattern.exec(text);
      if (match !== null) return { finding, quote: match[1] ?? "" };
    }
  }
  return null;
}

function findByExitCode(exitCode: number | null, context: DiagnoseContext): Match | null {
  const text = exitCode === null ? undefined : EXIT_CODES[exitCode];
  if (text === undefined) return null;
  return findFirst([...CAUSES, ...SYMPTOMS], [text], context);
}

function errorOf({ finding, quote }: Match, context: DiagnoseContext, options: PlayheadErrorOptions): PlayheadError {
  const input = context.inputPaths?.[0];
  const output = context.outputPath ?? context.partPath;
  const names: Readonly<Record<string, string>> = {
    "{input}": input === undefined ? "the input" : displayName(input),
    "{output}": output == null ? "the output" : displayName(output),
    "{1}": quote.slice(0, MAX_QUOTE).replaceAll(/(?:file:)?\/[^\s'"]*\//g, ""),
  };
  const message = finding.message.replaceAll(/\{\w+\}/g, (name) => names[name] ?? name);
  return new PlayheadError(finding.code, message, {
    ...options,
    hint: finding.hint,
    ...(finding.retryable === undefined ? {} : { retryable: finding.retryable }),
  });
}

function signalError(signal: NodeJS.Signals, context: DiagnoseContext, options: PlayheadErrorOptions): PlayheadError {
  if (signal === "SIGKILL" && context.isMemoryKill) {
    return new PlayheadError("out_of_memory", "the system ended ffmpeg because memory ran out", {
      ...options,
      hint: "run fewer clips at once, or give the machine more memory",
      retryable: true,
    });
  }
  if (signal === "SIGXFSZ") {
    return new PlayheadError("output_unwritable", "the output grew larger than the system allows", {
      ...options,
      hint: "raise the limit (ulimit -f)",
    });
  }
  if (CRASHES.has(signal)) {
    return new PlayheadError("ffmpeg_failed", `ffmpeg crashed (${signal})`, {
      ...options,
      hint: "the input may be damaged or made to harm: try another file, or a newer ffmpeg",
    });
  }
  const guess = signal === "SIGKILL" ? "; perhaps memory ran out" : "";
  return new PlayheadError("ffmpeg_killed", `ffmpeg was ended from outside (${signal}${guess})`, {
    ...options,
    hint: "try again; if it happens again, run fewer clips at once",
  });
}
