import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createKeptFolders } from "./kept-folders.ts";

const DAY_MS = 24 * 3_600_000;

function setup(keepDays: number | null) {
  const workDir = mkdtempSync(join(tmpdir(), "playhead-kept-"));
  onTestFinished(() => rmSync(workDir, { recursive: true, force: true }));
  let laterMs = 0;
  const open = () => createKeptFolders(workDir, keepDays, () => Date.now() + laterMs);
  return {
    open,
    pass: (days: number) => {
      laterMs += days * DAY_MS;
    },
    make(name: string): void {
      mkdirSync(join(workDir, name));
      writeFileSync(join(workDir, name, "clip.mp4"), "x");
    },
    isThere: (name: string) => existsSync(join(workDir, name)),
  };
}

test("a folder in which nobody was at work for longer than is kept goes, also with the next start; others' stay", async () => {
  const { open, pass, make, isThere } = setup(7);
  for (const name of ["job_old", "job_busy", "job_young", "not_ours"]) make(name);
  const first = open();
  first.begin("job_old")();
  first.begin("job_busy");
  pass(6);
  expect(await first.sweep()).toBe(0);
  pass(2);
  const second = open();
  second.begin("job_young")();
  expect(await first.sweep()).toBe(1);
  expect(["job_old", "job_busy", "job_young", "not_ours"].map(isThere)).toEqual([false, true, true, true]);
  // Whoever is at work elsewhere in the shared folder has noted so with its own sweep.
  expect(await second.sweep()).toBe(0);
  expect(isThere("job_busy")).toBe(true);
});

test("two attempts in one folder: it is in use until both have ended", async () => {
  const { open, pass, make, isThere } = setup(1);
  make("job_a");
  const folders = open();
  const [endFirst, endSecond] = [folders.begin("job_a"), folders.begin("job_a")];
  endFirst();
  pass(2);
  expect([await folders.sweep(), isThere("job_a")]).toEqual([0, true]);
  endSecond();
});

test("without a limit nothing is ever removed", async () => {
  const { open, pass, make, isThere } = setup(null);
  make("job_a");
  const folders = open();
  folders.begin("job_a")();
  pass(9_999);
  expect([await folders.sweep(), isThere("job_a")]).toEqual([0, true]);
});
