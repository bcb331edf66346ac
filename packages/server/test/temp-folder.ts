import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that is gone when `atEnd` calls back: by default when the test is over. */
export function tempFolder(atEnd: (remove: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "playhead-server-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
