import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { createMediaFolder } from "../../fixtures/media-files.ts";
import { guardFiles } from "./guard-files.ts";
import { reapOrphans } from "./reap-orphans.ts";

const SCRIPT = fileURLToPath(new URL("../../fixtures/guard-a-file.ts", import.meta.url));

const media = createMediaFolder();
afterAll(() => media.remove());

function setup(name: string) {
  const registryDir = media.at(`runs-${name}`);
  mkdirSync(registryDir);
  return { registryDir, part: media.at(`${name}.json.part`) };
}

/** Another process that writes half a file under guard, and then waits, or exits. */
async function startWriter(registryDir: string, part: string, ending: "wait" | "exit") {
  const args = ["--conditions=playhead-src", SCRIPT, registryDir, part, ending];
  const writer = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(writer, "exit");
  await once(writer.stdout, "data");
  return { writer, exited };
}

test("a folder of a killed process goes with all that is in it, and what a link in it leads to stays", async () => {
  const { registryDir, part: folder } = setup("folder");
  const other = media.at("other.mp4");
  writeFileSync(other, "somebody's");
  const { writer, exited } = await startWriter(registryDir, folder, "wait");
  rmSync(folder);
  mkdirSync(`${folder}/deep`, { recursive: true });
  writeFileSync(`${folder}/deep/piece.mov`, "half");
  symlinkSync(other, `${folder}/copy-1`);
  writer.kill("SIGKILL");
  await exited;
  expect(await reapOrphans(registryDir)).toMatchObject({ reaped: [{ removedFiles: [folder] }], failed: [] });
  expect([existsSync(folder), existsSync(other)]).toEqual([false, true]);
});

test("what a killed process has half written is removed by the reaper", async () => {
  const { registryDir, part } = setup("killed");
  const { writer, exited } = await startWriter(registryDir, part, "wait");
  expect((await reapOrphans(registryDir)).aliveRunIds).toHaveLength(1);
  expect(existsSync(part)).toBe(true);
  writer.kill("SIGKILL");
  await exited;
  expect(await reapOrphans(registryDir)).toMatchObject({ reaped: [{ killedPids: [], removedFiles: [part] }] });
  expect(existsSync(part)).toBe(false);
  expect(readdirSync(registryDir)).toEqual([]);
});

test("a process that exits takes it along", async () => {
  const { registryDir, part } = setup("exited");
  const { exited } = await startWriter(registryDir, part, "exit");
  await exited;
  expect(existsSync(part)).toBe(false);
});

test("when the guard ends, the file stays", async () => {
  const { registryDir, part } = setup("ended");
  const end = await guardFiles(registryDir, [part]);
  writeFileSync(part, "half");
  await end();
  expect(readdirSync(registryDir)).toEqual([]);
  expect(existsSync(part)).toBe(true);
});
