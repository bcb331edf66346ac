import fs from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTable } from "../test-support/markdown.ts";
import { ERROR_CLASSES, type ErrorCode, isErrorCode, PlayheadError, toErrorBody } from "./errors.ts";
import { httpStatusOf } from "./http-status.ts";

const CODES = Object.keys(ERROR_CLASSES) as ErrorCode[];
const PAGE = fs.readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");

const documented = [...PAGE.matchAll(/^## (.+)$/gm)].flatMap(([, heading]) => readTable(PAGE, heading as string));

describe("the error table", () => {
  test.each(CODES)("I31: %s makes an error with its class and status; transient ones may be tried again", (code) => {
    const error = new PlayheadError(code, "it did not work");
    const errorClass = ERROR_CLASSES[code];
    const httpStatus = httpStatusOf(code);
    expect(error).toMatchObject({ name: "PlayheadError", code, errorClass, hint: undefined, detail: {} });
    expect(error.retryable).toBe(errorClass === "transient");
    expect(httpStatus).toBeGreaterThanOrEqual(400);
    expect(httpStatus).toBeLessThan(600);
    expect(isErrorCode(code)).toBe(true);
  });

  test("I31: docs/errors.md has every code once, with its class, its status, a meaning and what to do", () => {
    expect(documented.map(({ key }) => key)).toEqual(CODES);
    for (const { key, cells } of documented) {
      const row = Object.fromEntries(cells.map(({ name, value }) => [name, value]));
      const code = key as ErrorCode;
      expect(row).toMatchObject({ class: ERROR_CLASSES[code], HTTP: String(httpStatusOf(code)) });
      expect(row.meaning).toMatch(/^[A-Z].+\.$/);
      expect(row["what to do"]).toMatch(/^[A-Z].+\.$/);
    }
  });

  test.each(["", "Conflict", "toString", "__proto__", "hasOwnProperty"])("%j is no code", (word) => {
    expect(isErrorCode(word)).toBe(false);
  });
});

describe("an error on its way", () => {
  test("keeps its cause, and may be said to be retryable or not", () => {
    const cause = new Error("SQLITE_BUSY");
    expect(new PlayheadError("conflict", "no", { cause, retryable: true })).toMatchObject({ cause, retryable: true });
    expect(new PlayheadError("rate_limited", "no", { retryable: false }).retryable).toBe(false);
    expect(new PlayheadError("conflict", "no")).not.toHaveProperty("cause");
  });

  test("carries its hint among its details", () => {
    const error = new PlayheadError("conflict", "job job_1 is completed", {
      detail: { state: "completed" },
      hint: "a retry is a new job",
    });
    expect(toErrorBody(error)).toEqual({
      error_code: "conflict",
      error_message: "job job_1 is completed",
      error_class: "input",
      detail: { state: "completed", hint: "a retry is a new job" },
    });
  });

  test("I30: whatever else was thrown is internal_error, and shows nothing of what is inside", () => {
    const secret = "postgres://user:secret@db/x at run (/srv/app/x.js:1:2)";
    const anyThrown = fc.oneof(
      fc.anything(),
      fc.string().map((message) => new Error(`${secret} ${message}`)),
    );
    const first = toErrorBody(new Error(secret));
    expect(JSON.stringify(first)).not.toContain("secret");
    expect(first).toMatchObject({ error_code: "internal_error", error_class: "internal", detail: {} });
    fc.assert(
      fc.property(anyThrown, (thrown) => {
        expect(toErrorBody(thrown)).toEqual(first);
      }),
    );
  });

  test("I30: the cause and the stack of an error of ours do not travel", () => {
    const error = new PlayheadError("data_damaged", "the data cannot be read", { cause: new Error("/srv/data/x.db") });
    expect(JSON.stringify(toErrorBody(error))).not.toMatch(/srv|errors\.test/);
  });
});
