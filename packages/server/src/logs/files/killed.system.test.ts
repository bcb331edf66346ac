import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { allRotatedBy, logFilePaths, readLogFile } from "../../../test/log-files.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import { openLogFiles } from "../../engine-log-files.ts";
import { DEFAULT_LOG_FILES, LOG_FILE_NAMES } from "./log-files-settings.ts";

const SCRIPT = fileURLToPath(new URL("../../../fixtures/log-until-killed.ts", import.meta.url));
/** Side by side, each in a folder of its own: what they log through, and how often they are killed. */
const PROGRAMS = [
  { through: "engine", kills: 2 },
  { through: "files", kills: 9 },
  { through: "files", kills: 9 },
] as const;
/** Twenty starts of a program take long where others want the processor, too. */
const LIMIT_MS = 120_000;
/** Of the first acknowledgement. */
const LIVES_MS = 250;
/** Of lines, apart, so that the numbers of one life are not those of another. */
const NUMBERS_A_LIFE = 100_000;

/** Runs the program, and kills it some time after its first acknowledgement. @returns what it acknowledged */
async function runAndKill(dataFolder: string, firstNo: number, through: string): Promise<readonly number[]> {
  const child = spawn(process.execPath, ["--conditions=playhead-src", SCRIPT, dataFolder, String(firstNo), through], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  let timer: NodeJS.Timeout | undefined;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    timer ??= setTimeout(() => child.kill("SIGKILL"), Math.random() * LIVES_MS);
    output += text;
  });
  const [, signal] = await once(child, "close");
  clearTimeout(timer);
  expect(signal).toBe("SIGKILL");
  return output.split("\n").slice(0, -1).map(Number);
}

/** As they were left: nothing has been set in order since. */
function expectWholeLines(logs: string): void {
  for (const name of LOG_FILE_NAMES) {
    for (const file of logFilePaths(logs, name)) {
      const lines = readFileSync(file, "utf8").split("\n");
      // Only the one that was being written may be torn, and only at its end.
      if (!file.endsWith(".log")) expect(lines.at(-1)).toBe("");
      for (const line of lines.slice(0, -1)) expect(() => JSON.parse(line)).not.toThrow();
    }
  }
}

/** All four files parse, have every acknowledged line, none twice, and in its order. */
async function expectAll(dataFolder: string, acknowledged: readonly number[]): Promise<void> {
  const files = await openLogFiles({
    dataFolder,
    // Nothing is to go because of how many there are.
    settings: { ...DEFAULT_LOG_FILES, files: allRotatedBy({ maxBytes: 2_500, keep: 5_000 }) },
    log: () => undefined,
  });
  await files.close();
  for (const name of LOG_FILE_NAMES) {
    const nos = readLogFile(path.join(dataFolder, "logs"), name).map(
      ({ extra }) => (extra as { readonly metadata: { readonly no: number } }).metadata.no,
    );
    expect(nos).toEqual([...new Set(nos)].sort((a, b) => a - b));
    const kept = new Set(nos);
    expect(acknowledged.filter((no) => !kept.has(no))).toEqual([]);
  }
}

test("files that are put aside many times a second lose no acknowledged line when their writer is killed, and none is torn", {
  timeout: LIMIT_MS,
}, async () => {
  const programs = PROGRAMS.map(async ({ through, kills }) => {
    const dataFolder = tempFolder();
    const acknowledged: number[] = [];
    for (let life = 0; life < kills; life++) {
      acknowledged.push(...(await runAndKill(dataFolder, life * NUMBERS_A_LIFE, through)));
      expectWholeLines(path.join(dataFolder, "logs"));
    }
    await expectAll(dataFolder, acknowledged);
    // They did log, and their files were put aside many times.
    expect(acknowledged.length).toBeGreaterThan(kills * 4);
  });
  await Promise.all(programs);
});
