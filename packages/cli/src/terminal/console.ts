import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";
import { createLogUpdate } from "log-update";
import { type Line, paint } from "./line.ts";
import { textWidth } from "./text-width.ts";

/** How a command speaks: with a picture that it draws anew, in lines, or in lines of JSON. */
export type OutputMode = "live" | "plain" | "json";

/** Where a command writes. With `--json`, stdout holds lines of JSON and nothing else. */
export interface Console {
  readonly mode: OutputMode;
  readonly colour: boolean;
  /** Aborted when nobody reads stdout any more. */
  readonly closed: AbortSignal;
  size(): { readonly columns: number; readonly rows: number };
  /** A line for people, above what is drawn; nothing with `--json`. */
  say(line: Line | string): void;
  /** A piece of what was asked for, as it is, once there is room for it. */
  pour(piece: string | Uint8Array): Promise<void>;
  /** A line of JSON; nothing without `--json`. */
  emit(value: object): void;
  /** A line on stderr. */
  complain(text: string): void;
  /** Shows these lines in place of those drawn before; nothing but in `live` mode. */
  draw(lines: readonly string[]): void;
  /** Takes away what is drawn. */
  erase(): void;
  /** Calls the listener each time the terminal changes its size; null ends that. */
  onResize(listener: (() => void) | null): void;
}

export interface ConsoleOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
}

/** What a terminal has when it does not say. */
const DEFAULT_SIZE = { columns: 80, rows: 24 };
/** Lines in a pipe or a file are as long as they are. */
const UNLIMITED = 10_000;

/** Whether to draw and to colour, from what the streams are and what the environment asks for. */
export function outputModeFor({
  stdout,
  environment,
  json,
}: Pick<ConsoleOptions, "environment" | "json"> & {
  readonly stdout: Pick<NodeJS.WriteStream, "isTTY">;
}): { readonly mode: OutputMode; readonly colour: boolean } {
  const isSet = (name: string) =>
    environment[name] !== undefined && environment[name] !== "" && environment[name] !== "0";
  const isTerminal = stdout.isTTY === true && environment.TERM !== "dumb";
  const wantsColour = (isTerminal || isSet("FORCE_COLOR")) && environment.FORCE_COLOR !== "0";
  if (json) return { mode: "json", colour: false };
  // NO_COLOR counts whatever its value (no-color.org).
  const colour = wantsColour && (environment.NO_COLOR ?? "") === "";
  const isCi = isSet("CI") && environment.CI !== "false";
  return { mode: isTerminal && !isCi ? "live" : "plain", colour };
}

/**
 * What takes away lines that a terminal has broken anew because it became narrower: from the line below the last one up to
 * the first.
 */
export function eraseReflowed(lines: readonly string[], columns: number): string {
  const rows = lines.reduce(
    (sum, line) => sum + Math.max(1, Math.ceil(textWidth(stripVTControlCharacters(line)) / columns)),
    0,
  );
  return `\r\u001b[${rows}A\u001b[J`;
}

/** Creates the console of a command. */
export function createConsole(options: ConsoleOptions): Console {
  const { stdout, stderr } = options;
  const { mode, colour } = outputModeFor(options);
  const closed = new AbortController();
  const picture = mode === "live" ? createLogUpdate(stdout) : null;
  let drawn: { readonly lines: readonly string[]; readonly columns: number } | null = null;
  let resizeListener: (() => void) | null = null;

  // A reader that goes away (`| head`) is no error of ours; what it would have read is dropped.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed.abort();
  });
  stderr.on("error", () => undefined);

  function erase(): void {
    if (drawn === null) return;
    const { columns } = size();
    if (columns < drawn.columns) {
      stdout.write(eraseReflowed(drawn.lines, columns));
    } else picture?.clear();
    picture?.done();
    drawn = null;
  }

  function size() {
    return { columns: stdout.columns ?? DEFAULT_SIZE.columns, rows: stdout.rows ?? DEFAULT_SIZE.rows };
  }

  function write(text: string): void {
    if (!closed.signal.aborted) stdout.write(`${text}\n`);
  }

  return {
    mode,
    colour,
    closed: closed.signal,
    size,
    say(line) {
      if (mode === "json") return;
      erase();
      write(typeof line === "string" ? line : paint(line, UNLIMITED, colour));
    },
    async pour(piece) {
      if (closed.signal.aborted || stdout.write(piece)) return;
      await once(stdout, "drain", { signal: closed.signal }).catch(() => undefined);
    },
    emit(value) {
      if (mode === "json") write(JSON.stringify(value));
    },
    complain(text) {
      erase();
      stderr.write(`${text}\n`);
    },
    draw(lines) {
      if (picture === null || closed.signal.aborted) return;
      const { columns } = size();
      if (drawn !== null && columns < drawn.columns) erase();
      picture(lines.join("\n"));
      drawn = { lines, columns };
    },
    erase,
    onResize(listener) {
      if (resizeListener !== null) stdout.off("resize", resizeListener);
      resizeListener = listener;
      if (listener !== null) stdout.on("resize", listener);
    },
  };
}
