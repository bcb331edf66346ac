import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { clipArgs, createMediaFolder } from "../../fixtures/media-files.ts";
import { pacedTask } from "../../fixtures/tasks.ts";
import { waitUntil } from "../../fixtures/wait-until.ts";
import { planTask } from "../plan/plan.ts";
import { run } from "../run/run.ts";
import { findInPath } from "../system/locate.ts";
import { findRunProcesses, readBootId, startTicksOf } from "./proc.ts";
import { reapOrphans } from "./reap-orphans.ts";
import type { RegistryEntry } from "./run-registry.ts";

const SCRIPT = fileURLToPath(new URL("../../fixtures/start-endless-run.ts", import.meta.url));

const media = createMediaFolder();
const children: ChildProcess[] = [];
let folders = 0;

beforeAll(() => {
  media.make("clip.mp4", ...clipArgs(2));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => media.remove());

/** A registry and an output folder of their own. */
function setup() {
  folders += 1;
  const registryDir = media.at(`runs-${folders}`);
  const outDir = media.at(`out-${folders}`);
  for (const folder of [registryDir, outDir]) mkdirSync(folder);
  const runId = `orphan-test-${process.pid}-${folders}`;
  const pids = async () => (await findRunProcesses(new Set([runId]))).get(runId) ?? [];
  const parts = () => readdirSync(outDir).filter((name) => name.endsWith(".part"));
  return { registryDir, outDir, runId, pids, parts };
}

/** Has another process start a run, and waits until ffmpeg is under way. */
async function startOwner({ registryDir, outDir, runId }: ReturnType<typeof setup>, env: Record<string, string> = {}) {
  const args = ["--conditions=playhead-src", SCRIPT, media.at("clip.mp4"), `${outDir}/clip.mp4`, registryDir, runId];
  const owner = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(owner);
  await once(owner.stdout, "data");
  return owner;
}

async function killHard(owner: ChildProcess): Promise<void> {
  owner.kill("SIGKILL");
  await once(owner, "exit");
}

/** A process that has ended, and so cannot be the owner of anything. */
async function endedProcess(): Promise<RegistryEntry["owner"]> {
  const child = spawn("true");
  const exited = once(child, "exit");
  const startTicks = (child.pid === undefined ? null : await startTicksOf(child.pid)) ?? 1;
  await exited;
  return { pid: child.pid ?? 0, startTicks };
}

test("ffmpeg ends with the process that started it, and the reaper removes its part", async () => {
  const given = setup();
  const owner = await startOwner(given);
  expect(await given.pids()).toHaveLength(1);
  expect(given.parts()).toHaveLength(1);
  await killHard(owner);
  await waitUntil("the kernel has ended ffmpeg", async () => (await given.pids()).length === 0);
  const report = await reapOrphans(given.registryDir);
  expect(report).toMatchObject({ aliveRunIds: [], failed: [], reaped: [{ runId: given.runId, killedPids: [] }] });
  expect(report.reaped[0]?.removedFiles).toHaveLength(1);
  expect(readdirSync(given.outDir)).toEqual([]);
  expect(readdirSync(given.registryDir)).toEqual([]);
});

test("without the kernel's help, the reaper ends ffmpeg itself", async () => {
  const given = setup();
  const ffmpeg = (await findInPath("ffmpeg", process.env.PATH)) ?? "";
  const owner = await startOwner(given, { PATH: given.outDir, FFMPEG_PATH: ffmpeg });
  await killHard(owner);
  const [pid = 0] = await given.pids();
  expect(pid).toBeGreaterThan(0);
  expect(await reapOrphans(given.registryDir)).toMatchObject({ reaped: [{ killedPids: [pid] }] });
  expect(await given.pids()).toEqual([]);
  expect(readdirSync(given.outDir)).toEqual([]);
  expect(await reapOrphans(given.registryDir)).toEqual({ aliveRunIds: [], reaped: [], failed: [] });
});

test("a run whose owner lives is left alone, and its entry goes with it", async () => {
  const { registryDir, outDir, runId, pids, parts } = setup();
  let hasBegun = false;
  const running = run(planTask(pacedTask(media.at("clip.mp4"), `${outDir}/clip.mp4`)), {
    ...{ registryDir, runId },
    onProgress: ({ phase }) => {
      hasBegun ||= phase === "encoding";
    },
  });
  await waitUntil("it encodes", () => hasBegun);
  expect(await reapOrphans(registryDir)).toEqual({ aliveRunIds: [runId], reaped: [], failed: [] });
  const entry = JSON.parse(readFileSync(`${registryDir}/${runId}.run.json`, "utf8")) as RegistryEntry;
  const [part = ""] = parts();
  expect(entry).toMatchObject({ runId, owner: { pid: process.pid }, child: { pid: (await pids())[0] } });
  expect(entry.files).toEqual([`${outDir}/${part}`]);
  await running;
  expect(readdirSync(registryDir)).toEqual([]);
  expect(readdirSync(outDir)).toEqual(["clip.mp4"]);
});

test("a process that only has the same id is never killed", async () => {
  const { registryDir, outDir, runId } = setup();
  const bystander = spawn("sleep", ["300"]);
  children.push(bystander);
  const part = `${outDir}/clip.mp4.00.part`;
  writeFileSync(part, "half");
  const child = { pid: bystander.pid ?? 0, startTicks: 1 };
  const entry: RegistryEntry = { runId, bootId: await readBootId(), owner: await endedProcess(), child, files: [part] };
  writeFileSync(`${registryDir}/${runId}.run.json`, JSON.stringify(entry));
  expect(await reapOrphans(registryDir)).toMatchObject({ reaped: [{ runId, killedPids: [], removedFiles: [part] }] });
  expect(bystander.exitCode).toBeNull();
  expect(bystander.signalCode).toBeNull();
  expect(bystander.kill(0)).toBe(true);
});

test("a process with the owner's id, but started later or before a reboot, is not the owner", async () => {
  const { registryDir } = setup();
  const self = { pid: process.pid, startTicks: await startTicksOf("self") };
  const bootId = await readBootId();
  const entries: Record<string, Partial<RegistryEntry>> = {
    later: { bootId, owner: { ...self, startTicks: 1 } },
    rebooted: { bootId: "another", owner: self },
    mine: { bootId, owner: self },
  };
  for (const [runId, entry] of Object.entries(entries)) {
    writeFileSync(`${registryDir}/${runId}.run.json`, JSON.stringify({ runId, child: null, files: [], ...entry }));
  }
  const report = await reapOrphans(registryDir);
  expect(report.aliveRunIds).toEqual(["mine"]);
  expect(report.reaped.map((reaped) => reaped.runId).toSorted()).toEqual(["later", "rebooted"]);
});

test("no entry, however made, leads to the removal of anything but partial files", async () => {
  const { registryDir, outDir } = setup();
  const precious = `${outDir}/precious.mp4`;
  writeFileSync(precious, "film");
  const owner = await endedProcess();
  const entry = { bootId: "x", owner, child: null };
  const contents = [
    JSON.stringify({ ...entry, files: [precious] }),
    JSON.stringify({ ...entry, files: ["relative.part"] }),
    JSON.stringify({ ...entry, files: "all" }),
    "{ half",
    "null",
    "",
  ];
  for (const [i, content] of contents.entries()) {
    const path = `${registryDir}/bad-${i}.run.json`;
    writeFileSync(path, content);
    if (i === 0) utimesSync(path, 0, 0);
  }
  writeFileSync(`${registryDir}/notes.txt`, "not ours");
  expect(await reapOrphans(registryDir)).toEqual({ aliveRunIds: [], reaped: [], failed: [] });
  expect(existsSync(precious)).toBe(true);
  expect(readdirSync(registryDir)).not.toContain("bad-0.run.json");
  expect(readdirSync(registryDir)).toContain("bad-3.run.json");
  expect(readdirSync(registryDir)).toContain("notes.txt");
});

test("what a dead owner was just writing is removed, what a living one writes is not", async () => {
  const { registryDir } = setup();
  const self = { pid: process.pid, startTicks: await startTicksOf("self") };
  const bootId = await readBootId();
  const write = (name: string, owner: RegistryEntry["owner"]) =>
    writeFileSync(`${registryDir}/${name}`, JSON.stringify({ bootId, owner, child: null, files: [] }));
  const dead = await endedProcess();
  write("dead.run.json.tmp", dead);
  write("both.run.json", dead);
  write("both.run.json.tmp", dead);
  write("mine.run.json.tmp", self);
  writeFileSync(`${registryDir}/cut.run.json.tmp`, '{"bootId":');
  expect(await reapOrphans(registryDir)).toMatchObject({ aliveRunIds: [], reaped: [{ runId: "both" }], failed: [] });
  expect(readdirSync(registryDir).toSorted()).toEqual(["cut.run.json.tmp", "mine.run.json.tmp"]);
});

test("there may be no registry yet", async () => {
  expect(await reapOrphans(media.at("never-made"))).toEqual({ aliveRunIds: [], reaped: [], failed: [] });
});

test("when our process exits in the middle, nothing is left", async () => {
  const given = setup();
  const owner = await startOwner(given, { EXIT_IN_THE_MIDDLE: "7" });
  if (owner.exitCode === null) await once(owner, "exit");
  expect(owner.exitCode).toBe(7);
  await waitUntil("ffmpeg is gone", async () => (await given.pids()).length === 0);
  expect(readdirSync(given.outDir)).toEqual([]);
});
