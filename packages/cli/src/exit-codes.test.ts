import { readFileSync } from "node:fs";
import { ERROR_CLASSES, type ErrorCode, PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { EXIT_CODES, endingFor, endingOf } from "./exit-codes.ts";

test("docs/cli.md has the same table", () => {
  const page = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => ({
    code: Number(code),
    meaning,
  }));
  expect(rows).toEqual(Object.values(EXIT_CODES));
});

test.each<{ code: ErrorCode; expected: keyof typeof EXIT_CODES }>([
  { code: "usage_error", expected: "usage" },
  { code: "config_invalid", expected: "usage" },
  { code: "input_missing", expected: "usage" },
  { code: "scenes_invalid", expected: "usage" },
  { code: "style_unknown", expected: "usage" },
  { code: "unauthorized", expected: "usage" },
  { code: "ffmpeg_missing", expected: "machine" },
  { code: "port_in_use", expected: "machine" },
  { code: "disk_full", expected: "machine" },
  { code: "output_unwritable", expected: "machine" },
  { code: "data_in_use", expected: "machine" },
  { code: "data_newer", expected: "machine" },
  { code: "server_unreachable", expected: "unreachable" },
  { code: "service_unavailable", expected: "unreachable" },
  { code: "not_found", expected: "unreachable" },
  { code: "canceled", expected: "interrupted" },
  { code: "worker_lost", expected: "failed" },
  { code: "task_failed", expected: "failed" },
  { code: "internal_error", expected: "failed" },
  { code: "ffmpeg_stalled", expected: "failed" },
])("$code ends as $expected", ({ code, expected }) => {
  expect(endingFor(code)).toBe(expected);
  expect(endingOf(new PlayheadError(code, "…"))).toBe(expected);
});

test("no error ends as if all were well", () => {
  for (const code of Object.keys(ERROR_CLASSES) as ErrorCode[]) expect(EXIT_CODES[endingFor(code)].code).not.toBe(0);
  expect(endingOf(new TypeError("a defect"))).toBe("failed");
  expect(endingOf(undefined)).toBe("failed");
});
