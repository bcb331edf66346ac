import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { logEntry } from "../../../test/log-entries.ts";
import { readLogFile } from "../../../test/log-files.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import { openLogFiles } from "../../engine-log-files.ts";
import { DEFAULT_LOG_FILES } from "./log-files-settings.ts";

async function setup() {
  const dataFolder = tempFolder();
  const told: string[] = [];
  const log = (level: string, message: string) => void told.push(`${level}: ${message}`);
  const files = await openLogFiles({ dataFolder, settings: DEFAULT_LOG_FILES, log });
  onTestFinished(() => files.close());
  const read = (name: string) => readLogFile(path.join(dataFolder, "logs"), name).map(({ message }) => message);
  return { files, read, told };
}

test("entries are in their files when they are acknowledged, in the order of the calls", async () => {
  const { files, read, told } = await setup();
  const groups = Array.from({ length: 5 }, (_, group) =>
    Array.from({ length: 400 }, (_, at) => logEntry({ message: `${group}-${at}`, level: at === 0 ? "error" : "info" })),
  );
  const appended = groups.map((group) => files.append(group));
  await appended[1];
  expect(read("application").slice(0, 800)).toEqual(groups.slice(0, 2).flatMap((each) => each.map((e) => e.message)));
  await Promise.all(appended);
  expect(read("application")).toEqual(groups.flatMap((group) => group.map(({ message }) => message)));
  expect(read("errors")).toEqual(["0-0", "1-0", "2-0", "3-0", "4-0"]);
  expect((await files.stats()).files.application.lines).toBe(2_000);
  expect(told).toEqual([]);
});

test("the level and the other settings hold from the next entry on", async () => {
  const { files, read } = await setup();
  const say = (message: string) => files.append([logEntry({ message, logger: "media", level: "debug" })]);
  await say("first");
  files.setLevel("info");
  await say("second");
  files.configure({
    ...DEFAULT_LOG_FILES,
    files: { ...DEFAULT_LOG_FILES.files, media_processing: { maxBytes: 1, keep: 9 } },
  });
  await Promise.all([say("third"), say("fourth")]);
  expect(read("media_processing")).toEqual(["first", "third", "fourth"]);
  expect((await files.stats()).files.media_processing.rotations).toBe(2);
});

test("what no line can be made of is counted, and harms nothing else", async () => {
  const { files, read } = await setup();
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  await files.append([logEntry({ metadata: circular as never }), logEntry({ message: "well" })]);
  expect(read("application")).toEqual(["well"]);
  expect((await files.stats()).lost).toBe(1);
});

test("closing writes what was appended before, and what comes later is no one's fault", async () => {
  const { files, read, told } = await setup();
  const appended = files.append([logEntry({ message: "before" })]);
  await Promise.all([files.close(), files.close(), appended]);
  await files.append([logEntry({ message: "after" })]);
  expect(read("application")).toEqual(["before"]);
  expect(told).toEqual([expect.stringMatching(/^error: the log files are no longer written/)]);
});
