// Before each file of tests: what workers leave for a server that is away stays out of the developer's own folders, and out
// of those of other tests. A later one whose server has the same port would be brought it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "playhead-test-state-"));
process.env.XDG_STATE_HOME = folder;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
