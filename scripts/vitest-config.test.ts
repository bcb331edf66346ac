import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";

const SOURCE = path.resolve(import.meta.dirname, "../packages/core/src/index.ts");

test("tests get a workspace package's source, not what a build left", () => {
  expect(import.meta.resolve("@playhead/core")).toBe(pathToFileURL(SOURCE).href);
});

test("so do the worker threads that they start", async () => {
  const code = `
    const { parentPort } = require("node:worker_threads");
    import("@playhead/core").then(() => parentPort.postMessage(require.resolve("@playhead/core")));`;
  const worker = new Worker(code, { eval: true });
  try {
    expect(await once(worker, "message")).toEqual([SOURCE]);
  } finally {
    await worker.terminate();
  }
});

test("what workers leave behind here lies in a folder of this file's own", () => {
  expect(path.dirname(process.env.XDG_STATE_HOME ?? "")).toBe(os.tmpdir());
  expect(fs.readdirSync(process.env.XDG_STATE_HOME ?? "")).toEqual([]);
});
