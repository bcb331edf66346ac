// Makes a fresh clone ready: `prestart` and `pretest` run it on whatever Node the user has (>= 18), so it has no
// dependency. A second run, with nothing to do, takes about a tenth of a second.
//   1. Node: the user's own when it is new enough, else the one pinned in tools/node, linked as node_modules/.bin/node
//      (npm puts that folder first on the PATH of every script).
//   2. Packages: `npm ci` under that Node, when the lockfile or the Node changed.
//   3. System packages named on the command line (ffmpeg, chromium): see system-packages.mjs.
// usage: node scripts/bootstrap.mjs [ffmpeg] [chromium]
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./bootstrap-lock.mjs";
import { ensureSystemPackages } from "./system-packages.mjs";

/** The oldest Node we run on: Temporal is missing in 24. */
const MIN_NODE_MAJOR = 26;

const windows = process.platform === "win32";
const root = fileURLToPath(new URL("..", import.meta.url));
const toolsFolder = path.join(root, "tools", "node");
const toolsModules = path.join(toolsFolder, "node_modules");

const say = (message) => console.error(`set-up: ${message}`);

function fail(message) {
  say(message);
  process.exit(1);
}

function readOr(file, fallback) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return fallback;
    throw error;
  }
}

const fingerprint = (file) => createHash("sha256").update(readOr(file, "")).digest("hex").slice(0, 16);

/** What the outer npm exports to its scripts must not steer the inner one. */
function innerNpmEnvironment() {
  const steering = /^npm_config_(workspaces?|include_workspace_root|omit|include|production|(local_)?prefix|global|engine_strict)$/i;
  const entries = Object.entries(process.env).filter(([name]) => !steering.test(name));
  return { ...Object.fromEntries(entries), NODE_ENV: "development" };
}

function npmCi(node, args, extraEnvironment = {}) {
  const npmCli = process.env.npm_execpath ?? "";
  const command = npmCli.endsWith("npm-cli.js") ? [node, npmCli] : [windows ? "npm.cmd" : "npm"];
  const result = spawnSync(command[0], [...command.slice(1), "ci", ...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    env: { ...innerNpmEnvironment(), ...extraEnvironment },
    stdio: ["ignore", 2, 2],
    shell: command.length === 1 && windows,
  });
  if (result.status !== 0) fail("npm ci failed; its message is above");
}

/** The folder of the pinned Node, or undefined when the user's own will do. */
function pinnedNodeHome() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= MIN_NODE_MAJOR && !process.execPath.startsWith(toolsFolder)) return undefined;
  const find = () => {
    const names = fs.existsSync(toolsModules) ? fs.readdirSync(toolsModules) : [];
    const name = names.find((each) => each.startsWith("node-"));
    return name === undefined ? undefined : path.join(toolsModules, name);
  };
  const stamp = path.join(toolsModules, ".stamp");
  const wanted = fingerprint(path.join(toolsFolder, "package-lock.json"));
  if (readOr(stamp, "") !== wanted) {
    say(`Node ${process.versions.node} is older than ${MIN_NODE_MAJOR}; installing the pinned one into tools/node (210 MB, once)`);
    npmCi(process.execPath, ["--prefix", toolsFolder]);
    if (find() === undefined) fail(`no Node is pinned for ${process.platform}-${process.arch}; install Node ${MIN_NODE_MAJOR} or newer`);
    fs.writeFileSync(stamp, wanted);
  }
  return find();
}

function ensurePackages(nodeHome) {
  const node = nodeHome === undefined ? process.execPath : path.join(nodeHome, "bin", windows ? "node.exe" : "node");
  const stamp = path.join(root, "node_modules", ".playhead-stamp");
  const nodeVersion = nodeHome === undefined ? process.version : fingerprint(path.join(nodeHome, "package.json"));
  const wanted = [fingerprint(path.join(root, "package-lock.json")), process.platform, process.arch, nodeVersion].join(" ");
  if (readOr(stamp, "") !== wanted) {
    say("installing packages (npm ci)");
    npmCi(node, ["--include=dev", "--include=optional"], {
      PATH: path.dirname(node) + path.delimiter + process.env.PATH,
      // Native add-ons are built against the headers of the Node that will load them.
      ...(nodeHome === undefined ? {} : { npm_config_nodedir: nodeHome }),
    });
    fs.writeFileSync(stamp, wanted);
  }
  if (nodeHome !== undefined) linkNode(node);
}

function linkNode(node) {
  const link = path.join(root, "node_modules", ".bin", windows ? "node.exe" : "node");
  if (fs.existsSync(link) && fs.realpathSync(link) === fs.realpathSync(node)) return;
  fs.rmSync(link, { force: true });
  if (windows) fs.linkSync(node, link);
  else fs.symlinkSync(path.relative(path.dirname(link), node), link);
}

withLock(path.join(toolsFolder, ".lock"), say, () => {
  ensurePackages(pinnedNodeHome());
  ensureSystemPackages(process.argv.slice(2), { say, fail });
});
