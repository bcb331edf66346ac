import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import { describeTelemetry, type OpenedTelemetry } from "../../telemetry-conformance.ts";
import { checkDatabase } from "../rescue/check-database.ts";
import { DATABASES } from "../rescue/database-kinds.ts";
import { salvageDatabase } from "../rescue/salvage-database.ts";
import { createSqliteTelemetry, TELEMETRY_DATABASE } from "./open-telemetry.ts";

async function openEmpty(timeZone: string, blockSize?: number): Promise<OpenedTelemetry> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "playhead-telemetry-"));
  const open = (zone: string) =>
    createSqliteTelemetry({ folder, timeZone: zone, ...(blockSize !== undefined && { blockSize }) });
  let store = await open(timeZone);
  return {
    store,
    async reopen(options) {
      await store.close();
      store = await open(options?.timeZone ?? timeZone);
      return store;
    },
    async cleanup() {
      await store.close();
      expectWell(folder);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Whatever a case did: what looks after damaged data finds nothing wrong, and would change nothing. */
function expectWell(folder: string): void {
  const kind = DATABASES.find(({ fileName }) => fileName === TELEMETRY_DATABASE) as (typeof DATABASES)[number];
  expect(checkDatabase(kind, folder, { depth: "rows" })).toMatchObject({ verdict: "well", faults: [] });
  const rebuilt = path.join(folder, "rebuilt");
  mkdirSync(rebuilt);
  const damagedFile = path.join(folder, TELEMETRY_DATABASE);
  const file = path.join(rebuilt, TELEMETRY_DATABASE);
  expect(salvageDatabase({ kind, damagedFile, file, newEpoch: "e", segmentSize: 1 })).toMatchObject({
    unreadablePages: [],
    unreadableRows: 0,
    telemetry: { lostValues: 0, unusableRows: 0, mendedRollups: { minutes: 0, larger: 0 } },
  });
  expect(checkDatabase(kind, rebuilt, { depth: "rows" })).toMatchObject({ verdict: "well", faults: [] });
  const [before, after] = [damagedFile, file].map((each) => new DatabaseSync(each, { readOnly: true }));
  for (const table of ["entries", "running", "samples", "sources", "series", "rollups"]) {
    // In the order of their keys.
    const read = `SELECT * FROM ${table}`;
    expect(after?.prepare(read).all(), table).toEqual(before?.prepare(read).all());
  }
  for (const db of [before, after]) db?.close();
}

describeTelemetry("SQLite", ({ timeZone }) => openEmpty(timeZone));
describeTelemetry("SQLite, with tiny blocks,", ({ timeZone }) => openEmpty(timeZone, 4));
