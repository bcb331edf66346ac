import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogEntry } from "@playhead/core";
import { open } from "playhead";
import { afterAll, expect, test } from "vitest";
import { createTestFolder } from "./fixtures/video.ts";

const PROGRAM = fileURLToPath(new URL("fixtures/log-until-killed.ts", import.meta.url));
/** Side by side, each in a folder of its own: how often each is killed, fifty times in all. */
const KILLS = [13, 13, 12, 12];
/** After its first acknowledgement. */
const LIVES_MS = 250;
/** Of lines, apart, so that the numbers of one life are not those of another. */
const NUMBERS_A_LIFE = 100_000;
/** Fifty starts take long where others want the processor, too. */
const LIMIT_MS = 300_000;
const ALL = ["application", "errors", "media_processing", "performance"];

const folder = createTestFolder();
afterAll(() => folder.remove());

interface Life {
  readonly firstNo: number;
  /** What is before it is acknowledged. */
  readonly endNo: number;
}

/** Runs the program, and kills it some time after its first acknowledgement. */
async function runAndKill(data: string, firstNo: number): Promise<Life> {
  const child = spawn(process.execPath, ["--conditions=playhead-src", PROGRAM, data, String(firstNo)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let timer: NodeJS.Timeout | undefined;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    timer ??= setTimeout(() => child.kill("SIGKILL"), Math.random() * LIVES_MS);
    output += text;
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [, signal] = await once(child, "close");
  clearTimeout(timer);
  expect(signal, said).toBe("SIGKILL");
  return { firstNo, endNo: Number(output.split("\n").at(-2)) };
}

const linesOf = (data: string, file: string) => readFileSync(join(data, "logs", file), "utf8").split("\n");

/** As they were left: only the last line of each may be torn. */
function expectWholeLines(data: string): void {
  const files = readdirSync(join(data, "logs"));
  expect(files.sort()).toEqual(ALL.map((name) => `${name}.log`));
  for (const file of files) for (const line of linesOf(data, file).slice(0, -1)) JSON.parse(line);
}

/** The numbers of the lines that a file has; all of its lines parse. */
function numbersInFile(data: string, name: string): readonly number[] {
  const lines = linesOf(data, `${name}.log`);
  expect(lines.pop()).toBe("");
  return lines.map((line) => (JSON.parse(line) as { extra: Pick<LogEntry, "metadata"> }).extra).flatMap(numberOf);
}

/** Those of the lines that the store has, the oldest first; opening it sets in order what was left. */
async function numbersInStore(data: string): Promise<readonly number[]> {
  const playhead = await open({ data });
  const lines = (await (await playhead.read("export", { format: "ndjson" })).text()).split("\n").slice(0, -1);
  await playhead.close();
  return lines.map((line) => JSON.parse(line) as LogEntry).flatMap(numberOf);
}

/** None of what is no line of the program. */
const numberOf = ({ metadata }: Pick<LogEntry, "metadata">) => (typeof metadata?.no === "number" ? [metadata.no] : []);

test("a program that logs 200 lines/s and is killed 50 times loses no acknowledged line, and leaves no torn one", {
  timeout: LIMIT_MS,
}, async () => {
  const programs = KILLS.map(async (kills, at) => {
    const data = folder.at(`data-${at}`);
    const acknowledged: number[] = [];
    for (let life = 0; life < kills; life++) {
      const { firstNo, endNo } = await runAndKill(data, life * NUMBERS_A_LIFE);
      expect(endNo).toBeGreaterThan(firstNo);
      for (let no = firstNo; no < endNo; no++) acknowledged.push(no);
      expectWholeLines(data);
    }
    const expectAcknowledged = (nos: readonly number[], expected: readonly number[]) => {
      // Each once, and in their order.
      expect(nos).toEqual([...new Set(nos)].sort((a, b) => a - b));
      const kept = new Set(nos);
      expect(expected.filter((no) => !kept.has(no))).toEqual([]);
    };
    expectAcknowledged(await numbersInStore(data), acknowledged);
    expectAcknowledged(numbersInFile(data, "application"), acknowledged);
    const ofAllFiles = acknowledged.filter((no) => no % 2 === 1);
    for (const name of ALL)
      expectAcknowledged(
        numbersInFile(data, name).filter((no) => no % 2 === 1),
        ofAllFiles,
      );
    return acknowledged.length;
  });
  const acknowledged = (await Promise.all(programs)).reduce((sum, count) => sum + count, 0);
  expect(KILLS.reduce((sum, kills) => sum + kills, 0)).toBe(50);
  // They did log: each for an eighth of a second, on average.
  expect(acknowledged).toBeGreaterThan(50 * 4);
});
