import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createEngine } from "../../../../engine.ts";
import { DEFAULT_TENANT } from "../../../../tenants.ts";
import { jobOfLine, startWorker } from "../conformance/reporting-worker.ts";
import { repairDatabases } from "../repair-data.ts";

const LIMIT_MS = 60_000;
const PAGE_BYTES = 4_096;

let template: string;
let folder: string;
beforeAll(async () => {
  template = mkdtempSync(path.join(os.tmpdir(), "playhead-telemetry-"));
  const engine = await start(template);
  await startWorker(engine, "w", new Map()).stop();
  await engine.close();
}, LIMIT_MS);
afterAll(() => rmSync(template, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "playhead-telemetry-"));
  cpSync(template, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = (dataFolder: string) => createEngine({ dataFolder, log: () => {} });

function overwrite(file: string, from: number, to: number): void {
  writeFileSync(file, readFileSync(file).fill(0, from, to));
}

test.each<{ name: string; damage: (file: string) => void; entries: number }>([
  { name: "has no header", damage: (file) => overwrite(file, 0, 100), entries: 1 },
  { name: "has no schema", damage: (file) => overwrite(file, 100, PAGE_BYTES), entries: 1 },
  { name: "is cut off", damage: (file) => truncateSync(file, 3 * PAGE_BYTES), entries: 0 },
  { name: "is something else", damage: (file) => writeFileSync(file, "no database ".repeat(1_000)), entries: 0 },
])(
  "a server whose telemetry $name does not start without it, and does once it is repaired",
  {
    timeout: LIMIT_MS,
  },
  async ({ damage, entries }) => {
    const file = path.join(folder, "telemetry.sqlite");
    damage(file);
    const damaged = readFileSync(file);
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(start(folder)).rejects.toMatchObject({
        code: "data_damaged",
        message: expect.stringContaining("telemetry.sqlite"),
        hint: expect.stringContaining("playhead doctor --repair"),
      });
    }
    // Nothing of it has changed, and nothing holds the folder.
    expect(readFileSync(file)).toEqual(damaged);
    repairDatabases({ folder, asideName: "damaged", newEpoch: "second" });
    expect(readFileSync(path.join(folder, "damaged", "telemetry.sqlite"))).toEqual(damaged);
    const engine = await start(folder);
    expect(await engine.telemetryStore.countEntries({ tenant_id: DEFAULT_TENANT, stage: "w" })).toBe(entries);
    // The facts were well, and stay as they were.
    expect(await engine.store.readJob(jobOfLine("w", 1))).not.toBeNull();
    await engine.close();
  },
);
