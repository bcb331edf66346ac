import type { EventType, JsonObject } from "@playhead/core";
import { expect, onTestFinished, test } from "vitest";
import { tempFolder } from "../test/temp-folder.ts";
import { createEngine } from "./engine.ts";

const start = async (dataFolder: string) => {
  const engine = await createEngine({ dataFolder, log: () => undefined });
  onTestFinished(engine.close);
  return engine;
};

const fact = (n: number, type: EventType, job_id: string, data: JsonObject) => ({
  n,
  type,
  job_id,
  ts: "2026-11-21T10:42:00.000Z",
  data,
});

test("which jobs have ended is told without taking one into memory", async () => {
  const dataFolder = tempFolder();
  const first = await start(dataFolder);
  const records = [
    fact(1, "job.created", "ended", { kind: "k" }),
    fact(2, "job.failed", "ended", { error_code: "e" }),
    fact(3, "job.created", "open", { kind: "k" }),
  ];
  await first.ingest.ingest({ source: "w", records }, { tenantId: "default", worker: "w" });
  const asked = ["ended", "open", "nobody's"];
  expect(await first.endedJobs("default", asked)).toEqual(["ended"]);
  expect(await first.endedJobs("other", asked)).toEqual([]);
  await first.close();

  const second = await start(dataFolder);
  const before = second.ingest.jobs.size();
  expect(await second.endedJobs("default", asked)).toEqual(["ended"]);
  expect(await second.endedJobs("other", asked)).toEqual([]);
  expect(second.ingest.jobs.size()).toBe(before);
  expect(second.ingest.jobs.peek("ended")).toBeUndefined();
});
