import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlayheadError } from "@playhead/core";
import { afterEach, describe, expect, test } from "vitest";
import { createErrorLog } from "./error-log.ts";
import { reportError } from "./report-error.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function setup() {
  const dataFolder = mkdtempSync(join(tmpdir(), "playhead-report-"));
  folders.push(dataFolder);
  const errorLog = createErrorLog(() => Date.parse("2026-11-21T10:00:00Z"));
  errorLog.keepIn(dataFolder);
  return { file: join(dataFolder, "logs", "errors.log"), options: { json: false, verbose: false, errorLog } };
}

describe("an error of ours", () => {
  test.each([
    {
      name: "message, then hint",
      error: new PlayheadError("port_in_use", "127.0.0.1:8765 is in use", { hint: "choose another with --port" }),
      expected: "playhead: 127.0.0.1:8765 is in use. Choose another with --port.",
    },
    {
      name: "no hint",
      error: new PlayheadError("not_found", "there is no job x."),
      expected: "playhead: there is no job x.",
    },
    {
      name: "a question stays one",
      error: new PlayheadError("usage_error", "unknown command 'serv'", { hint: "did you mean serve?" }),
      expected: "playhead: unknown command 'serv'. Did you mean serve?",
    },
    {
      name: "always one line that steers no terminal",
      error: new PlayheadError("input_missing", "there is no file a\nb\u001b[2J"),
      expected: "playhead: there is no file a b [2J.",
    },
  ])("$name", ({ error, expected }) => {
    const { file, options } = setup();
    expect(reportError(error, options)).toBe(expected);
    expect(existsSync(file)).toBe(false);
  });

  test("with --json it is the error's body", () => {
    const { options } = setup();
    const error = new PlayheadError("port_in_use", "127.0.0.1:8765 is in use", { hint: "choose another" });
    expect(JSON.parse(reportError(error, { ...options, json: true }))).toEqual({
      error_code: "port_in_use",
      error_message: "127.0.0.1:8765 is in use",
      error_class: "environment",
      detail: { hint: "choose another" },
    });
  });

  test("with --verbose its stack and causes follow", () => {
    const { options } = setup();
    const error = new PlayheadError("data_damaged", "the database is damaged", { cause: new Error("malformed") });
    const [line, ...stack] = reportError(error, { ...options, verbose: true }).split("\n");
    expect(line).toBe("playhead: the database is damaged.");
    expect(stack.join("\n")).toMatch(/report-error\.test\.ts[\s\S]*caused by: Error: malformed/);
  });
});

describe("an unexpected error", () => {
  test("is one line that says where the stack was kept, for its owner only", () => {
    const { file, options } = setup();
    const line = reportError(new TypeError("x is not a function"), options);
    expect(line).toBe(
      `playhead: something unexpected happened inside Playhead: x is not a function. The details are in ${file}; please report it.`,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      timestamp: "2026-11-21T10:00:00.000Z",
      level: "ERROR",
      message: "x is not a function",
      extra: { stack: expect.stringContaining("TypeError: x is not a function\n    at ") },
    });
  });

  test("shows nothing of its inside with --json", () => {
    const { options } = setup();
    expect(JSON.parse(reportError(new TypeError("x"), { ...options, json: true }))).toMatchObject({
      error_code: "internal_error",
    });
  });

  test("can be anything", () => {
    const { options } = setup();
    expect(reportError("a text", options)).toMatch(
      /^playhead: something unexpected happened inside Playhead: a text\. /,
    );
  });
});
