import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  LOG_FILE_NAMES,
  type LogFileName,
  type LogFilesSettings,
  type RotationSettings,
} from "../src/logs/files/log-files-settings.ts";

/** The files that a log file consists of, the oldest first; nothing where there is none. */
export function logFilePaths(folder: string, name: string): readonly string[] {
  const numberOf = (file: string) => Number(file.slice(`${name}.log.`.length) || 0);
  return readdirSync(folder)
    .filter((file) => file === `${name}.log` || new RegExp(`^${name}\\.log\\.\\d+$`).test(file))
    .sort((a, b) => numberOf(b) - numberOf(a))
    .map((file) => path.join(folder, file));
}

/** All lines of a log file, the oldest first, parsed. Throws where one is torn. */
export function readLogFile(folder: string, name: string): readonly Record<string, unknown>[] {
  return logFilePaths(folder, name).flatMap((file) => {
    const text = readFileSync(file, "utf8");
    if (text !== "" && !text.endsWith("\n")) throw new TypeError(`expected ${file} to end with a whole line`);
    return text.split("\n").slice(0, -1).map(parseLine);
  });
}

function parseLine(line: string): Record<string, unknown> {
  return JSON.parse(line);
}

/** The same for each of the files. */
export function allRotatedBy(rotation: RotationSettings): LogFilesSettings["files"] {
  return Object.fromEntries(LOG_FILE_NAMES.map((name) => [name, rotation])) as Record<LogFileName, RotationSettings>;
}
