import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resultOf } from "../../../test/check-result.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import { logFilesCheck } from "./log-files.ts";

describe("log files", () => {
  const file = (given: object = {}) => ({ dropped: 0, waitingBytes: 0, error: null, ...given });
  const writers = (given: object = {}, lost = 0) => ({ files: { application: file(given), errors: file() }, lost });
  function setup() {
    const folder = tempFolder();
    writeFileSync(join(folder, "application.log"), "12345\n", { mode: 0o600 });
    writeFileSync(join(folder, "application.log.1"), "123\n", { mode: 0o600 });
    writeFileSync(join(folder, "notes.txt"), "not ours", { mode: 0o644 });
    let told = writers();
    const check = logFilesCheck({ folder, writers: async () => told });
    return {
      folder,
      check: () => resultOf(check),
      tell: (next: typeof told) => {
        told = next;
      },
    };
  }

  test("are counted, with what was put aside", async () => {
    expect(await setup().check()).toMatchObject({
      status: "healthy",
      message: "2 files, 1 kB",
      details: { files: 2, bytes: 10, errors: [] },
    });
  });

  test("a folder that is not there yet is well: the first line makes it", async () => {
    const check = logFilesCheck({ folder: join(tempFolder(), "logs"), writers: async () => writers() });
    expect(await resultOf(check)).toMatchObject({ status: "healthy", message: "0 files, 0 kB" });
  });

  test("that others can read are a warning", async () => {
    const { folder, check } = setup();
    chmodSync(join(folder, "application.log.1"), 0o640);
    expect(await check()).toMatchObject({
      status: "warning",
      message: "application.log.1 can be read by others on this machine; give it the mode 0600",
    });
  });

  test("that cannot be written are a warning while the lines wait, critical when lines are let go, until no more are", async () => {
    const { check, tell } = setup();
    tell(writers({ error: "ENOSPC: no space left, write /data/logs", waitingBytes: 70 }));
    expect(await check()).toMatchObject({
      status: "warning",
      message: "application.log cannot be written; the lines wait",
      details: { waiting_bytes: 70, errors: ["application.log: ENOSPC: no space left, write /data/logs"] },
    });
    tell(writers({ error: "ENOSPC", dropped: 5 }, 2));
    expect(await check()).toMatchObject({
      status: "critical",
      message: "7 lines found no room and are in no log file; application.log cannot be written; the lines wait",
    });
    tell(writers({ dropped: 5 }, 2));
    expect(await check()).toMatchObject({ status: "healthy", details: { lost_lines: 7 } });
  });

  test("where a folder has taken the place of one, it cannot be written", async () => {
    const { folder, check } = setup();
    mkdirSync(join(folder, "errors.log"), { mode: 0o700 });
    expect(await check()).toMatchObject({
      status: "warning",
      message: "errors.log cannot be written; the lines wait",
    });
  });
});
