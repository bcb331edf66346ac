import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { JobSnapshot } from "@playhead/core";
import { probe } from "@playhead/ffmpeg";
import { configSchema, startServer } from "@playhead/server";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { layCable } from "./fixtures/cable.ts";
import { createTestFolder, makeVideo } from "./fixtures/video.ts";

const SCRIPT = join(import.meta.dirname, "fixtures/run-clips-remotely.ts");
const folder = createTestFolder();
let setups = 0;

beforeAll(() => {
  makeVideo(folder.at("two.mp4"));
});
afterAll(() => folder.remove());

/** A server, and a worker in a process of its own at the other end of a cable, that is rendering. */
async function setup() {
  setups += 1;
  const jobId = `remote_${setups}`;
  const outDir = folder.at(`out-${setups}`);
  const data = folder.at(`data-${setups}`);
  const server = await startServer({
    config: configSchema.parse({ data, port: 0 }),
    dashboardFolder: data,
    version: "test",
    log: () => undefined,
  });
  onTestFinished(server.close);
  const cable = await layCable(server.url);
  onTestFinished(cable.close);
  const args = [cable.url, server.accessKey, folder.at("two.mp4"), outDir, join(data, "remote-runs"), jobId];
  const child = spawn(process.execPath, ["--conditions=playhead-src", SCRIPT, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const headers = { authorization: `Bearer ${server.accessKey}` };

  async function job(): Promise<JobSnapshot | null> {
    const answer = await fetch(`${server.url}/api/v1/jobs/${jobId}`, { headers });
    return answer.ok ? ((await answer.json()) as JobSnapshot) : null;
  }
  async function until(isWanted: (job: JobSnapshot) => boolean): Promise<JobSnapshot> {
    for (;;) {
      const now = await job();
      if (now !== null && isWanted(now)) return now;
      await delay(50);
    }
  }
  await until(({ tasks }) => tasks.some(({ step, fields }) => step === "rendering" && fields.style === "busy"));
  return {
    cable,
    until,
    outDir,
    ffmpegs: () => ffmpegsOf(outDir),
    files: () => (existsSync(outDir) ? readdirSync(outDir) : []),
    command: async (verb: string) => {
      const answer = await fetch(`${server.url}/api/v1/jobs/${jobId}/${verb}`, { method: "POST", headers });
      expect(answer.status).toBe(202);
    },
    ended: async () => {
      await ended;
      return JSON.parse(output);
    },
  };
}

/** The ffmpeg processes that write into a folder, and how much processor time each has used. */
function ffmpegsOf(
  outDir: string,
): readonly { readonly pid: string; readonly state: string; readonly ticks: number }[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (!command.startsWith("ffmpeg") && !command.includes("/ffmpeg\0")) return [];
      if (!command.includes(outDir)) return [];
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [{ pid, state: fields[0] ?? "", ticks: Number(fields[11]) + Number(fields[12]) }];
    } catch {
      // Gone while we looked.
      return [];
    }
  });
}

/** Long enough for a worker that was cut off to find out that it is. */
const AWAY_MS = 1_500;

test("a pause that was asked for while the worker was cut off stops its ffmpeg, and after it the clips are right", async () => {
  const { cable, command, until, ffmpegs, ended, outDir } = await setup();
  cable.unplug();
  await command("pause");
  await delay(AWAY_MS);
  expect((await until(() => true)).state).toBe("pausing");
  expect(ffmpegs().some(({ state }) => state !== "T")).toBe(true);
  cable.plug();
  await until(({ state }) => state === "paused");
  await expect.poll(() => ffmpegs().map(({ state }) => state)).toEqual(expect.arrayContaining(["T"]));
  const before = ffmpegs();
  expect(before.every(({ state }) => state === "T")).toBe(true);
  await delay(AWAY_MS);
  expect(ffmpegs()).toEqual(before);

  cable.unplug();
  await command("resume");
  await delay(AWAY_MS);
  expect(ffmpegs()).toEqual(before);
  cable.plug();
  const { state, completed, isDelivered, files } = await ended();
  expect({ state, completed, isDelivered }).toEqual({ state: "completed", completed: 4, isDelivered: true });
  for (const file of files) {
    const { durationSec, video } = await probe(join(outDir, file));
    expect(durationSec).toBeGreaterThan(1.9);
    expect(durationSec).toBeLessThan(2.2);
    expect(video).not.toBeNull();
  }
  expect((await until(() => true)).progress).toMatchObject({ percent_complete: 100, items_completed: 4 });
  expect(ffmpegs()).toEqual([]);
});

test("a cancel that was asked for while the worker was cut off leaves no process and nothing half written", async () => {
  const { cable, command, until, ffmpegs, files, ended } = await setup();
  cable.unplug();
  await command("cancel");
  await delay(AWAY_MS);
  expect((await until(() => true)).state).toBe("canceling");
  cable.plug();
  const result = await ended();
  expect(result).toMatchObject({ state: "canceled", isDelivered: true });
  const job = await until(({ state }) => state === "canceled");
  const clips = job.tasks.filter(({ kind }) => kind === "clip");
  expect(clips.filter(({ state }) => state === "completed")).toHaveLength(result.completed);
  expect(clips.filter(({ state }) => state === "canceled").length).toBe(clips.length - result.completed);
  expect(ffmpegs()).toEqual([]);
  const videos = files().filter((file) => file.endsWith(".mp4"));
  expect(videos.toSorted()).toEqual(result.files.toSorted());
  expect(files().filter((file) => file.includes(".part"))).toEqual([]);
});
