import { constants } from "node:fs";
import { access, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { critical, type Finding, resultOf, warning } from "../findings.ts";
import type { HealthCheck } from "../health.ts";
import { sizeText } from "../size-text.ts";

/** How those who write the log files do. */
export interface LogWriters {
  /** By the names of the files, without `.log`. */
  readonly files: Readonly<
    Record<string, { readonly dropped: number; readonly waitingBytes: number; readonly error: string | null }>
  >;
  readonly lost: number;
}

export interface LogFilesDeps {
  readonly folder: string;
  readonly writers: () => Promise<LogWriters>;
}

/** A log file, or one that was put aside. */
const LOG_FILE = /\.log(\.\d+)?$/;
const FOR_OTHERS = 0o077;

/** The log files can be written, are for nobody else to read, and no line was let go since the run before. */
export function logFilesCheck({ folder, writers }: LogFilesDeps): HealthCheck {
  let lostBefore = 0;
  return {
    component: "log_files",
    async run() {
      const [{ files, lost }, found] = await Promise.all([writers(), lookAt(folder)]);
      const all = Object.entries(files);
      const lostNow = all.reduce((sum, [, { dropped }]) => sum + dropped, lost);
      const lostSince = lostNow - lostBefore;
      lostBefore = lostNow;
      const refused = new Set([
        ...found.unwritable,
        ...all.filter(([, { error }]) => error !== null).map(([name]) => `${name}.log`),
      ]);
      const findings: (Finding | null)[] = [
        lostSince > 0 ? critical(`${lostSince} lines found no room and are in no log file`) : null,
        refused.size > 0 ? warning(`${[...refused].join(", ")} cannot be written; the lines wait`) : null,
        found.open.length > 0
          ? warning(`${found.open.join(", ")} can be read by others on this machine; give it the mode 0600`)
          : null,
      ];
      return resultOf(findings, `${found.count} files, ${sizeText(found.bytes)}`, {
        files: found.count,
        bytes: found.bytes,
        waiting_bytes: all.reduce((sum, [, { waitingBytes }]) => sum + waitingBytes, 0),
        lost_lines: lostNow,
        errors: all.flatMap(([name, { error }]) => (error === null ? [] : `${name}.log: ${error}`)),
        folder,
      });
    },
  };
}

/** The files as they lie there. A folder that is not there yet is made with the first line. */
async function lookAt(folder: string) {
  const found = { count: 0, bytes: 0, unwritable: [] as string[], open: [] as string[] };
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const name of names.filter((each) => LOG_FILE.test(each))) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => null);
    if (stats === null) continue;
    found.count += 1;
    found.bytes += stats.size;
    if ((stats.mode & FOR_OTHERS) !== 0) found.open.push(name);
    if (name.endsWith(".log") && !(await canBeWritten(path))) found.unwritable.push(name);
  }
  if (names.length > 0) await access(folder, constants.W_OK).catch(() => found.unwritable.push("the folder"));
  return found;
}

/** Opened as the writer opens it, and left as it is. */
async function canBeWritten(path: string): Promise<boolean> {
  try {
    await (await open(path, constants.O_WRONLY | constants.O_APPEND)).close();
    return true;
  } catch {
    return false;
  }
}
