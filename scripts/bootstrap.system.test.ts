import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const SCRIPTS = ["bootstrap.mjs", "bootstrap-lock.mjs", "system-packages.mjs"];
const WAITING = "another set-up is running";
const INSTALLING = "installing packages (npm ci)";
const NPM_AT_WORK = "npm is at work";

let root: string;
let lock: string;
let running: ChildProcess[];

/** A clone without dependencies: what the set-up itself does, without what it installs. */
beforeEach(() => {
  root = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "playhead-bootstrap-"));
  lock = path.join(root, "tools/node/.lock");
  running = [];
  for (const script of SCRIPTS) write(`scripts/${script}`, fs.readFileSync(path.join(import.meta.dirname, script)));
  const manifest = { name: "clone", version: "1.0.0", private: true };
  const lockfile = { ...manifest, lockfileVersion: 3, requires: true, packages: { "": manifest } };
  write("package.json", JSON.stringify(manifest));
  write("package-lock.json", JSON.stringify(lockfile));
  write("tools/node/package-lock.json", "{}");
  fs.mkdirSync(path.join(root, "bin"));
});

afterEach(async () => {
  for (const child of running) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  fs.rmSync(root, { recursive: true, force: true });
});

function write(file: string, content: string | Buffer, mode = 0o644): void {
  const target = path.join(root, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, content, { mode });
}

/** A program on the PATH that `onlyPath` gives. */
function writeProgram(name: string, script: string): void {
  write(`bin/${name}`, `#!/bin/sh\n${script}\n`, 0o755);
}

interface Bootstrap {
  /** Resolves once it has said so, on stderr. */
  readonly said: (text: string) => Promise<void>;
  /** Once nobody can write any more: neither it nor what it started. */
  readonly ended: Promise<{ exitCode: number | null; stdout: string; stderr: string }>;
  /** Once it is no more, whatever it started. */
  readonly kill: () => Promise<void>;
}

function bootstrap(args: readonly string[] = [], environment: Record<string, string> = {}): Bootstrap {
  const env = { ...process.env, FFMPEG_PATH: "", PLAYHEAD_CHROMIUM: "", ...environment };
  const child = spawn(process.execPath, [path.join(root, "scripts/bootstrap.mjs"), ...args], { env });
  running.push(child);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, "close").then(([exitCode]) => ({ exitCode, stdout, stderr }));
  const said = async (text: string) => {
    while (!stderr.includes(text)) {
      const hasEnded = await Promise.race([once(child.stderr, "data").then(() => false), ended.then(() => true)]);
      if (hasEnded && !stderr.includes(text)) throw new Error(`expected it to say "${text}", got "${stderr}"`);
    }
  };
  const kill = async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return { said, ended, kill };
}

/** Only what the test puts there can be found; npm is started by its own path, which npm exports. */
const onlyPath = (): Record<string, string> => ({ PATH: path.join(root, "bin") });

async function deadProcessId(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? 0;
}

describe("the set-up of a clone", () => {
  test("installs once; a second run does nothing and says nothing", async () => {
    const first = await bootstrap().ended;
    expect(first).toMatchObject({ exitCode: 0, stdout: "", stderr: expect.stringContaining(INSTALLING) });
    const stamp = path.join(root, "node_modules/.playhead-stamp");
    const stampedMs = fs.statSync(stamp).mtimeMs;

    expect(await bootstrap().ended).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(fs.statSync(stamp).mtimeMs).toBe(stampedMs);
    expect(fs.readdirSync(path.join(root, "tools/node"))).toEqual(["package-lock.json"]);
  });

  test("installs again when the lockfile changed", async () => {
    await bootstrap().ended;
    fs.appendFileSync(path.join(root, "package-lock.json"), "\n");
    expect((await bootstrap().ended).stderr).toContain(INSTALLING);
  });

  test("says so when npm ci fails, and is tried again", async () => {
    const lockfile = fs.readFileSync(path.join(root, "package-lock.json"));
    write("package-lock.json", "not JSON");
    expect(await bootstrap().ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("npm ci failed") });
    expect(fs.existsSync(lock)).toBe(false);
    write("package-lock.json", lockfile);
    expect(await bootstrap().ended).toMatchObject({ exitCode: 0 });
  });
});

describe("two set-ups at a time", () => {
  test("one installs, the others wait for it", async () => {
    const all = await Promise.all([bootstrap(), bootstrap(), bootstrap()].map(({ ended }) => ended));
    expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(all.filter(({ stderr }) => stderr.includes(INSTALLING))).toHaveLength(1);
    expect(fs.existsSync(lock)).toBe(false);
  });

  test("the lock of a living process is waited for", async () => {
    const owner = bootstrap(["ffmpeg"], { ...onlyPath(), npm_execpath: slowNpm() });
    await owner.said(INSTALLING);
    const waiting = bootstrap();
    await waiting.said(WAITING);
    write("go", "");
    expect((await owner.ended).stderr).toContain("please install ffmpeg");
    expect(await waiting.ended).toMatchObject({ exitCode: 0 });
  });

  test("the lock of a dead process is taken over, by one only", async () => {
    write("tools/node/.lock", `${await deadProcessId()} 1`);
    const all = await Promise.all([bootstrap(), bootstrap(), bootstrap()].map(({ ended }) => ended));
    expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(all.filter(({ stderr }) => stderr.includes(INSTALLING))).toHaveLength(1);
    expect(fs.readdirSync(path.join(root, "tools/node"))).toEqual(["package-lock.json"]);
  });

  test("a process that merely has the dead one's number is not its owner", async () => {
    write("tools/node/.lock", `${process.pid} started-at-another-time`);
    const { exitCode, stderr } = await bootstrap().ended;
    expect(exitCode).toBe(0);
    expect(stderr).not.toContain(WAITING);
  });

  test("a set-up killed in the middle leaves nothing that stops the next", async () => {
    const killed = bootstrap([], { npm_execpath: slowNpm() });
    await killed.said(NPM_AT_WORK);
    await killed.kill();
    expect(fs.existsSync(lock)).toBe(true);
    expect(await bootstrap().ended).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(INSTALLING) });
    expect(fs.existsSync(lock)).toBe(false);
    write("go", "");
    await killed.ended;
  });
});

describe("system packages", () => {
  beforeEach(async () => {
    await bootstrap().ended;
  });

  test("what is there is not installed", async () => {
    for (const program of ["ffmpeg", "ffprobe", "google-chrome"]) writeProgram(program, "");
    expect(await bootstrap(["ffmpeg", "chromium"], onlyPath()).ended).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  test("what is missing, where there is no apt, is named in one line", async () => {
    const { exitCode, stdout, stderr } = await bootstrap(["ffmpeg", "chromium"], onlyPath()).ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^set-up: please install ffmpeg .* and chromium .*, then run the command again$/),
    ]);
  });

  test("what is missing is installed by apt when that needs no password", async () => {
    withFakeApt('for name in ffmpeg ffprobe; do echo "#!/bin/sh" > "$BIN/$name"; /bin/chmod +x "$BIN/$name"; done');
    const { exitCode, stderr } = await bootstrap(["ffmpeg"], onlyPath()).ended;
    expect(stderr).toContain("installing ffmpeg by apt (once)");
    expect(exitCode).toBe(0);
    expect(fs.readFileSync(path.join(root, "apt.log"), "utf8")).toMatch(
      / update\n.* install -y --no-install-recommends ffmpeg\n$/,
    );
  });

  test("when apt cannot, the message says what to install", async () => {
    withFakeApt("exit 100");
    const { exitCode, stderr } = await bootstrap(["ffmpeg"], onlyPath()).ended;
    expect(stderr).toContain("please install ffmpeg");
    expect(exitCode).toBe(1);
  });

  test("a program named by its variable counts only when it is there", async () => {
    expect(await bootstrap(["ffmpeg"], { ...onlyPath(), FFMPEG_PATH: process.execPath }).ended).toMatchObject({
      exitCode: 0,
    });
    const absent = path.join(root, "bin/absent");
    expect(await bootstrap(["ffmpeg"], { ...onlyPath(), FFMPEG_PATH: absent }).ended).toMatchObject({
      exitCode: 1,
      stderr: `set-up: expected FFMPEG_PATH to name a program, got "${absent}"; correct it, or unset it to use the PATH\n`,
    });
  });

  test("a name that it does not know is an error", async () => {
    expect(await bootstrap(["toString"]).ended).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('got "toString"'),
    });
  });
});

/** An npm that is at work until the file "go" is there, or the clone is gone. */
function slowNpm(): string {
  const script = `const fs = require("node:fs");
  console.error(${JSON.stringify(NPM_AT_WORK)});
  while (fs.existsSync(__filename) && !fs.existsSync(${JSON.stringify(path.join(root, "go"))})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);`;
  write("slow-npm/npm-cli.js", script);
  return path.join(root, "slow-npm/npm-cli.js");
}

/** An apt, and for who is not root a sudo, of which `install` runs the script. */
function withFakeApt(install: string): void {
  const bin = path.join(root, "bin");
  writeProgram("env", 'shift; exec "$@"');
  writeProgram("sudo", 'shift; [ "$1" = true ] || exec "$@"');
  writeProgram(
    "apt-get",
    `BIN='${bin}'\necho "$@" >> '${path.join(root, "apt.log")}'\ncase "$*" in *" install "*) ${install};; esac`,
  );
}
