import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of one test's own. */
export function tempFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "playhead-sdk-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
