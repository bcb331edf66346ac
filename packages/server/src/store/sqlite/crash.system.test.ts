import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { createSqliteStore } from "./open-store.ts";

const SCRIPT = fileURLToPath(new URL("../../../fixtures/commit-forever.ts", import.meta.url));
const JOBS = 3;
const ROUNDS = 22;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "playhead-crash-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The last fact of each job that was acknowledged. */
type Acknowledged = Map<string, number>;

/** Runs a process that commits, and kills it a while after its first word (or after its start). */
async function runAndKill(
  acknowledged: Acknowledged,
  wait: { readonly from: "start" | "first word"; readonly ms: number },
) {
  const child = spawn(process.execPath, ["--conditions=playhead-src", SCRIPT, folder, String(JOBS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  let timer: NodeJS.Timeout | undefined;
  const killSoon = () => {
    timer ??= setTimeout(() => child.kill("SIGKILL"), wait.ms);
  };
  if (wait.from === "start") killSoon();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    killSoon();
    output += text;
  });
  const [, signal] = await once(child, "close");
  clearTimeout(timer);
  expect(signal).toBe("SIGKILL");
  for (const line of output.split("\n").slice(0, -1)) {
    const [jobId = "", seq] = line.split(" ");
    acknowledged.set(jobId, Number(seq));
  }
}

async function check(store: Store, acknowledged: Acknowledged): Promise<void> {
  for (let job = 0; job < JOBS; job++) {
    const jobId = `job${job}`;
    const facts = await store.readFacts(jobId, 0, 1_000_000);
    expect(facts.length).toBeGreaterThanOrEqual(acknowledged.get(jobId) ?? 0);
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, at) => at + 1));
    // Groups are there whole or not at all: the source's position went with the facts.
    expect(await store.readSource(jobId)).toBe(facts.length);
    expect((await store.readJob(jobId))?.seq ?? 0).toBe(facts.length);
  }
}

const open = () => createSqliteStore({ folder, nowMs: Date.now, newEpoch: () => "epoch", segmentSize: 150 });

describe("a process that is killed while it commits", () => {
  test("has lost nothing that was acknowledged, and leaves no gap", async () => {
    const acknowledged: Acknowledged = new Map();
    for (let round = 0; round < ROUNDS; round++) {
      await runAndKill(acknowledged, { from: "first word", ms: Math.random() * 120 });
      const store = await open();
      await check(store, acknowledged);
      const { seq = 0 } = (await store.readJob("job0")) ?? {};
      const fact = { job_id: "job0", seq: seq + 1, type: "job.updated", tsMs: 1, correlation_id: null, dataJson: "{}" };
      await store.commit({
        facts: [fact as Parameters<Store["commit"]>[0]["facts"][number]],
        projections: [],
        sources: new Map([["job0", seq + 1]]),
      });
      await check(store, acknowledged);
      await store.close();
    }
    expect(acknowledged.size).toBe(JOBS);
  });

  test("leaves a usable folder, wherever in its start it was killed", async () => {
    for (let round = 0; round < 8; round++) {
      const acknowledged: Acknowledged = new Map();
      await runAndKill(acknowledged, { from: "start", ms: 50 + Math.random() * 500 });
      const store = await open();
      await check(store, acknowledged);
      await store.close();
      rmSync(folder, { recursive: true });
    }
    await (await open()).close();
  });
});
