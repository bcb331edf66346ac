// Runs the steps of the Dockerfile without Docker, in a fresh folder, and what they make: for machines that have none. What
// only an image can show is not shown: the base image, apt, the user, the volume, the health check's timing.
// usage: node deploy/try-image.mjs     (some minutes and 1 GB, with the network)
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const repository = path.resolve(import.meta.dirname, "..");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "playhead-image-"));
const stages = readStages(fs.readFileSync(path.join(import.meta.dirname, "Dockerfile"), "utf8"));
const say = (text) => console.error(text);

try {
  for (const [index, stage] of stages.entries()) {
    const root = rootOf(index);
    for (const [word, rest] of stage) {
      if (word === "COPY") copy(rest.split(" "), root);
      if (word === "RUN") run(rest, root);
    }
  }
  await tryServer(rootOf(stages.length - 1), stages.at(-1));
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

function rootOf(stage) {
  return path.join(folder, `stage-${stage}`);
}

/** Instructions of each stage, as [word, rest]; lines that go on are joined. */
function readStages(text) {
  const lines = text
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll("\\\n", " ")
    .split("\n");
  const instructions = lines
    .filter((line) => line !== "")
    .map((line) => [line.split(" ")[0], line.replace(/^\w+\s+/, "")]);
  const all = [];
  for (const instruction of instructions) {
    if (instruction[0] === "FROM") all.push([]);
    else all.at(-1)?.push(instruction);
  }
  return all;
}

/** `/app` of a stage is a folder of ours. */
function inside(root, place) {
  return path.join(root, path.resolve("/app", place));
}

function copy([first, source, target], root) {
  if (first.startsWith("--from=")) {
    const from = inside(rootOf(0), source);
    fs.mkdirSync(path.dirname(inside(root, target)), { recursive: true });
    fs.cpSync(from, inside(root, target), { recursive: true, verbatimSymlinks: true });
    return say(`copied ${source}`);
  }
  const ignored = fs.readFileSync(path.join(import.meta.dirname, "Dockerfile.dockerignore"), "utf8");
  const patterns = ignored.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const filter = (file) => !patterns.some((each) => path.matchesGlob(path.relative(repository, file), each));
  fs.cpSync(repository, inside(root, "."), { recursive: true, verbatimSymlinks: true, filter });
  say("copied the sources");
}

function run(command, root) {
  if (/^(apt-get|ln|mkdir)\b/.test(command)) return say(`not run here: ${command}`);
  say(`runs: ${command}`);
  const { NODE_ENV: _, ...environment } = process.env;
  const { status } = spawnSync("sh", ["-ec", command], {
    ...{ cwd: inside(root, "."), env: environment, stdio: ["ignore", 2, 2] },
  });
  if (status !== 0) throw new Error(`expected ${command} to succeed, got exit ${status}`);
}

/** Starts what came out as the image would, asks its health check and its page, and stops it. */
async function tryServer(root, instructions) {
  const program = inside(root, "packages/cli/dist/main.js");
  const port = 8765;
  const data = path.join(folder, "data");
  fs.mkdirSync(data);
  const { NODE_ENV: _, ...environment } = process.env;
  const env = { ...environment, NODE_ENV: "production", PLAYHEAD_HOST: "127.0.0.1", PLAYHEAD_DATA: data };
  const server = spawn(process.execPath, [program, "serve", "--json"], {
    cwd: data,
    env,
    stdio: ["ignore", "pipe", 2],
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  await Promise.race([new Promise((resolve) => server.stdout.once("data", resolve)), ended]);
  const check = instructions.find(([word]) => word === "HEALTHCHECK")?.[1] ?? "";
  const [, ...args] = JSON.parse(check.slice(check.indexOf("[")));
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", 2, 2] });
  const page = await fetch(`http://127.0.0.1:${port}/`, { redirect: "follow" });
  const html = await page.text();
  server.kill("SIGTERM");
  const code = await ended;
  const found = { health_check: status, page: page.status, is_page: html.includes("<script"), stopped_with: code };
  console.log(JSON.stringify(found));
  if (status !== 0 || !found.is_page || code !== 0)
    throw new Error("expected the server to be healthy, to show its page, and to stop");
}
