import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describeStore, type OpenedStore } from "../conformance.ts";
import { createSqliteStore } from "./open-store.ts";

let epochs = 0;

async function openEmpty(segmentSize?: number): Promise<OpenedStore> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "playhead-store-"));
  const open = () =>
    createSqliteStore({
      folder,
      nowMs: Date.now,
      newEpoch: () => `epoch-${++epochs}`,
      ...(segmentSize !== undefined && { segmentSize }),
    });
  let store = await open();
  return {
    store,
    async reopen() {
      await store.close();
      store = await open();
      return store;
    },
    async cleanup() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describeStore("SQLite", () => openEmpty());
describeStore("SQLite, with tiny segments,", () => openEmpty(5));
