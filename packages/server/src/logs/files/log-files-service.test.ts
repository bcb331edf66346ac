import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { readLogFile } from "../../../test/log-files.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import { emergencyPlaces } from "./emergency-log.ts";
import { type LogFilesService, openLogFilesService } from "./log-files-service.ts";
import { DEFAULT_LOG_FILES } from "./log-files-settings.ts";

const USER_ID = 1_000;

let data: string;
let temp: string;
let folder: string;
let service: LogFilesService | null;
beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  data = tempFolder(onTestFinished);
  temp = tempFolder(onTestFinished);
  folder = path.join(data, "logs");
  service = null;
});
afterEach(() => service?.close());

function open(maxWaitingBytes = 1_000): LogFilesService {
  service = openLogFilesService({
    folder,
    rotations: DEFAULT_LOG_FILES.files,
    emergencyPlaces: emergencyPlaces(data, temp, USER_ID),
    maxWaitingBytes,
    retryMs: 1_000,
  });
  return service;
}

/** A file in the place of the folder: nothing can be written there, by nobody. */
function blockFolder(): () => void {
  writeFileSync(folder, "");
  return () => rmSync(folder);
}

const line = (no: number) => `${JSON.stringify({ no })}\n`;
const application = (...nos: number[]) => ({ lines: { application: nos.map(line).join("") }, critical: "" });
const written = () => readLogFile(folder, "application").map(({ no }) => no);

test("all four files are there from the start, and take their lines", () => {
  const files = open();
  for (const name of ["application", "media_processing", "errors", "performance"]) {
    expect(readFileSync(path.join(folder, `${name}.log`), "utf8")).toBe("");
  }
  expect(files.append({ lines: { application: line(1) + line(2), errors: line(2) }, critical: "" })).toEqual([]);
  expect(written()).toEqual([1, 2]);
  expect(readLogFile(folder, "errors")).toEqual([{ no: 2 }]);
  expect(files.stats().application).toEqual({ lines: 2, waitingBytes: 0, dropped: 0, rotations: 0, error: null });
});

test("what a file refuses waits, and is written in its order when there is a way again", () => {
  const unblock = blockFolder();
  const files = open();
  const news = files.append(application(1, 2));
  expect(news.filter(({ level }) => level === "error")).toHaveLength(4);
  expect(news[0]?.message).toMatch(/application\.log cannot be written \((EEXIST|ENOTDIR)\); its lines wait$/);
  // It is said once.
  expect(files.append(application(3))).toEqual([]);
  expect(files.stats().application).toMatchObject({ lines: 0, waitingBytes: 27, dropped: 0 });
  unblock();
  vi.advanceTimersByTime(1_000);
  expect(written()).toEqual([1, 2, 3]);
  const told = files.append(application(4)).map(({ level, message }) => `${level}: ${message}`);
  expect(told).toContain(`info: ${path.join(folder, "application.log")} can be written again`);
  expect(written()).toEqual([1, 2, 3, 4]);
  expect(files.stats().application).toMatchObject({ lines: 4, waitingBytes: 0, dropped: 0, error: null });
});

test("so much waits and no more; what comes beyond is counted, and said", () => {
  const unblock = blockFolder();
  const files = open(30);
  for (let no = 1; no <= 9; no++) files.append(application(no));
  expect(files.stats().application).toMatchObject({ waitingBytes: 27, dropped: 6 });
  unblock();
  const news = files.append(application(10));
  expect(news.find(({ level }) => level === "info")?.fields).toMatchObject({ dropped_lines: 7 });
  expect(written()).toEqual([1, 2, 3]);
  files.append(application(11));
  expect(written()).toEqual([1, 2, 3, 11]);
});

test("critical lines that are refused stand in the emergency log of the data folder, or of the temp folder", () => {
  blockFolder();
  const files = open();
  const critical = (no: number) => ({ ...application(no), critical: line(no) });
  files.append(critical(1));
  expect(readFileSync(path.join(data, "emergency.log"), "utf8")).toBe(line(1));

  rmSync(path.join(data, "emergency.log"));
  mkdirSync(path.join(data, "emergency.log"));
  files.append(critical(2));
  const second = path.join(temp, `playhead-emergency-${USER_ID}.log`);
  expect(readFileSync(second, "utf8")).toBe(line(2));

  // Where others may write, a link leads who knows where.
  rmSync(second);
  symlinkSync(path.join(temp, "elsewhere"), second);
  files.append(critical(3));
  expect(existsSync(path.join(temp, "elsewhere"))).toBe(false);
});

test("critical lines that are taken stand in no emergency log", () => {
  open().append({ ...application(1), critical: line(1) });
  expect(existsSync(path.join(data, "emergency.log"))).toBe(false);
});

test("at the end what waits is tried once more, and what is refused again is counted and said", () => {
  const unblock = blockFolder();
  const files = open();
  files.append(application(1, 2));
  expect(files.finish().map(({ fields }) => fields.dropped_lines)).toContain(2);
  unblock();
  expect(files.finish().filter(({ level }) => level === "error")).toEqual([]);
});

test("what an earlier process left is set in order, and said", () => {
  mkdirSync(folder);
  writeFileSync(path.join(folder, "errors.log"), `${line(1)}{"no`);
  expect(open().append({ lines: {}, critical: "" })).toEqual([
    {
      level: "warning",
      message: `cut off a line of ${path.join(folder, "errors.log")} that was never finished`,
      fields: { file: path.join(folder, "errors.log"), bytes: 4 },
    },
  ]);
});

test("sizes change at once", () => {
  const files = open();
  files.append(application(1));
  files.configure({ ...DEFAULT_LOG_FILES.files, application: { maxBytes: 9, keep: 1 } });
  files.append(application(2, 3));
  expect(written()).toEqual([2, 3]);
  expect(files.stats().application.rotations).toBe(2);
});
