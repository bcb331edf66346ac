import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runNode } from "./run-command.mjs";

const AMPLE_MS = 60_000;

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "playhead-run-"));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const evaluate = (code: string) => ["--input-type=module", "--eval", code];

test("tells how a program ended, and all that it wrote", async () => {
  const code = 'console.log("out"); console.error("err");';
  expect(await runNode(evaluate(code), { limitMs: AMPLE_MS })).toMatchObject({
    ok: true,
    timedOut: false,
    output: expect.stringMatching(/out|err/),
  });
  expect(await runNode(evaluate(`${code} process.exit(3);`), { limitMs: AMPLE_MS })).toMatchObject({ ok: false });
});

test("gives it the environment that it is to have", async () => {
  const code = "process.exit(process.env.PLANTED === 'yes' ? 0 : 1)";
  const environment = { PLANTED: "yes" };
  expect(await runNode(evaluate(code), { limitMs: AMPLE_MS, environment })).toMatchObject({ ok: true });
});

test("a hung program is stopped at its limit, with what it started", async () => {
  const pidFile = path.join(folder, "pid");
  const code = `
    import { spawn } from "node:child_process";
    import fs from "node:fs";
    const child = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
    fs.writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
    while (true);`;
  // On a busy machine it may be stopped before it has started the other one: then it is given twice the time.
  for (let limitSec = 1; !fs.existsSync(pidFile); limitSec *= 2) {
    const result = await runNode(evaluate(code), { limitMs: limitSec * 1_000 });
    const output = expect.stringContaining(`its limit of ${limitSec} s`);
    expect(result).toMatchObject({ ok: false, timedOut: true, output });
  }
  const grandchild = Number(fs.readFileSync(pidFile, "utf8"));
  await expect.poll(() => isAlive(grandchild), { timeout: AMPLE_MS }).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // What has ended but is not yet collected by its parent is no longer alive.
  const status = `/proc/${pid}/stat`;
  return !fs.existsSync(status) || !/\) Z /.test(fs.readFileSync(status, "utf8"));
}
