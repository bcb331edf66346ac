import { isUtf8 } from "node:buffer";
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import { isJsonObject } from "@playhead/core";

/** How a log file was found. */
export interface LogFileFindings {
  /** Relative to the data folder. */
  readonly path: string;
  readonly lines: number;
  /** Lines that are no JSON. */
  readonly unreadable: number;
  /** Whether the last line is all that is wrong, and breaks off: as a process that is killed leaves it. */
  readonly isOnlyCutOff: boolean;
}

const LOGS_NAME = "logs";
/** Also those that were rotated away: `errors.log.1`. */
const LOG_FILE = /\.log(\.\d+)?$/;
const LINE_END = 10;
/** A longer one is no line of ours. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Looks whether each line of each log file of a data folder can be read. Changes nothing. */
export async function checkLogFiles(dataFolder: string): Promise<readonly LogFileFindings[]> {
  const findings: LogFileFindings[] = [];
  for (const name of listLogFiles(dataFolder)) findings.push(await checkLogFile(dataFolder, name));
  return findings;
}

/**
 * Keeps the readable lines of each log file in their order, and puts the others aside, into a file of the same name.
 * Nobody may be writing to the files.
 */
export async function mendLogFiles(dataFolder: string, asideName: string): Promise<readonly LogFileFindings[]> {
  const findings = await checkLogFiles(dataFolder);
  for (const { path: name, unreadable } of findings) {
    if (unreadable > 0) await mendLogFile(dataFolder, name, asideName);
  }
  return findings;
}

/** In the folder of logs, and in the data folder itself. */
function listLogFiles(dataFolder: string): readonly string[] {
  return [LOGS_NAME, ""].flatMap((folder) => listLogFilesIn(dataFolder, folder));
}

function listLogFilesIn(dataFolder: string, name: string): readonly string[] {
  const folder = path.join(dataFolder, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LOG_FILE.test(entry.name))
    .map((entry) => path.join(name, entry.name))
    .sort();
}

async function checkLogFile(dataFolder: string, name: string): Promise<LogFileFindings> {
  let lines = 0;
  let unreadable = 0;
  let isLastCutOff = false;
  for await (const line of readLines(path.join(dataFolder, name))) {
    lines += 1;
    const isReadable = isLogLine(line);
    if (!isReadable) unreadable += 1;
    isLastCutOff = !isReadable && line.at(-1) !== LINE_END;
  }
  return { path: name, lines, unreadable, isOnlyCutOff: isLastCutOff && unreadable === 1 };
}

async function mendLogFile(dataFolder: string, name: string, asideName: string): Promise<void> {
  const file = path.join(dataFolder, name);
  const aside = path.join(dataFolder, asideName, name);
  const mended = `${file}.mended`;
  mkdirSync(path.dirname(aside), { recursive: true, mode: 0o700 });
  try {
    const kept = createWriteStream(mended, { mode: 0o600, flush: true });
    const rest = createWriteStream(aside, { mode: 0o600, flush: true });
    for await (const line of readLines(file)) {
      const target = isLogLine(line) ? kept : rest;
      const isWhole = line.at(-1) === LINE_END;
      if (!target.write(isWhole ? line : Buffer.concat([line, Buffer.of(LINE_END)]))) await onceDrained(target);
    }
    for (const stream of [rest, kept]) {
      stream.end();
      await finished(stream);
    }
    renameSync(mended, file);
    await syncFolder(path.dirname(file));
  } finally {
    rmSync(mended, { force: true });
  }
}

function onceDrained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.once("drain", () => resolve()));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Lines as bytes, each with its end; what is too long comes in pieces. */
async function* readLines(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) {
    let bytes: Buffer = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END)) {
      yield bytes.subarray(0, end + 1);
      bytes = bytes.subarray(end + 1);
    }
    rest = bytes;
    if (rest.length > MAX_LINE_BYTES) {
      yield rest;
      rest = Buffer.alloc(0);
    }
  }
  if (rest.length > 0) yield rest;
}

function isLogLine(line: Buffer): boolean {
  if (!isUtf8(line)) return false;
  const text = line.toString("utf8");
  // Nothing is lost with it, and nothing is wrong.
  if (text.trim() === "") return true;
  try {
    return isJsonObject(JSON.parse(text));
  } catch {
    return false;
  }
}
