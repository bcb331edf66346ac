import { cpSync, mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { callRow, groupOf, TEN_MS } from "../../telemetry-conformance/telemetry-case.ts";
import { encodeGroup } from "./group-text.ts";
import { createSqliteTelemetry } from "./open-telemetry.ts";
import { openTelemetryWriter } from "./writer-service.ts";

const ALL_TIME = { fromMs: 0, toMs: Date.UTC(2100, 0) };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "playhead-telemetry-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what had not been added up when the process ended is added up at the next start, once", async () => {
  const file = path.join(folder, "telemetry.sqlite");
  const writer = openTelemetryWriter({ file, timeZone: "Europe/Rome", blockSize: undefined });
  const rows = Array.from({ length: 40 }, (_, place) =>
    callRow("t", { tsMs: TEN_MS + place * 60_000, durationMs: place }),
  );
  writer.append(1, encodeGroup(groupOf(rows.slice(0, 10))));
  writer.writeRollups();
  writer.append(1, encodeGroup(groupOf(rows.slice(10))));

  // What is on the disk at this moment is what a crash would leave.
  const left = mkdtempSync(path.join(os.tmpdir(), "playhead-telemetry-"));
  cpSync(folder, left, { recursive: true });
  writer.close();
  try {
    for (let start = 0; start < 2; start++) {
      const store = await createSqliteTelemetry({ folder: left, timeZone: "Europe/Rome" });
      const sums = rows.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
      expect(await store.readRollups({ tenantId: "t", span: "month", range: ALL_TIME })).toMatchObject([
        { count: 40, durationSumMs: sums, durationMinMs: 0, durationMaxMs: 39 },
      ]);
      expect(await store.countEntries({ tenant_id: "t" })).toBe(40);
      await store.close();
    }
  } finally {
    rmSync(left, { recursive: true });
  }
});

test("only the owner may read what is stored", () => {
  const file = path.join(folder, "telemetry.sqlite");
  const writer = openTelemetryWriter({ file, timeZone: "UTC", blockSize: undefined });
  writer.append(1, encodeGroup(groupOf([callRow("t")])));
  for (const each of [file, `${file}-wal`]) expect(statSync(each).mode & 0o777).toBe(0o600);
  writer.close();
});

test("a time zone that is none is said at once, and leaves no thread behind", async () => {
  const opening = createSqliteTelemetry({ folder, timeZone: "Europe/Atlantis" });
  await expect(opening).rejects.toMatchObject({ code: "config_invalid", message: /Europe\/Atlantis/ });
  const store = await createSqliteTelemetry({ folder, timeZone: "Europe/Rome" });
  await store.close();
});
