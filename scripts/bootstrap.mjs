// Makes a fresh clone ready: `prestart` and `pretest` run it on whatever Node the user has (>= 18), so it has no
// dependency. A second run, with nothing to do, takes about a tenth of a second.
//   1. Node: the user's own when it is new enough, else the one pinned in tools/node, linked as node_modules/.bin/node
//      (npm puts that folder first on the PATH of every script).
//   2. Packages: `npm ci` under that Node, when the lockfile or the Node changed.
//   3. System packages named on the command line (ffmpeg, chromium, poppler, postgres, …): see system-packages.mjs.
// usage: node scripts/bootstrap.mjs [ffmpeg] [chromium] [poppler] [postgres] [prometheus] [redis] [iproute]
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./bootstrap-lock.mjs";
import { ensureSystemPackages, missingSystemPackages } from "./system-packages.mjs";

/** The oldest Node we run on: Temporal is missing in 24. */
const MIN_NODE_MAJOR = 26;

const windows = process.platform === "win32";
const root = fileURLToPath(new URL("..", import.meta.url));
const toolsFolder = path.join(root, "tools", "node");
const toolsModules = path.join(toolsFolder, "node_modules");
const toolsStamp = path.join(toolsModules, ".stamp");
const packagesStamp = path.join(root, "node_modules", ".playhead-stamp");

const say = (message) => console.error(`set-up: ${message}`);

/** @returns {never} */
function fail(message) {
  say(message);
  process.exit(1);
}

function readOrNothing(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}

const fingerprint = (file) => createHash("sha256").update(readOrNothing(file)).digest("hex").slice(0, 16);

/** What the outer npm exports to its scripts must not steer the inner one. */
function innerNpmEnvironment() {
  const steering =
    /^npm_config_(workspaces?|include_workspace_root|omit|include|production|(local_)?prefix|global|engine_strict)$/i;
  const entries = Object.entries(process.env).filter(([name]) => !steering.test(name));
  return { ...Object.fromEntries(entries), NODE_ENV: "development" };
}

function npmCi(node, args, extraEnvironment = {}) {
  const npmCli = process.env.npm_execpath ?? "";
  const command = npmCli.endsWith("npm-cli.js") ? [node, npmCli] : [windows ? "npm.cmd" : "npm"];
  const result = spawnSync(
    command[0],
    [...command.slice(1), "ci", ...args, "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      env: { ...innerNpmEnvironment(), ...extraEnvironment },
      stdio: ["ignore", 2, 2],
      shell: command.length === 1 && windows,
    },
  );
  if (result.error !== undefined) fail(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) fail("npm ci failed; its message is above");
}

const usesOwnNode =
  Number(process.versions.node.split(".")[0]) >= MIN_NODE_MAJOR && !process.execPath.startsWith(toolsFolder);

/** Which pinned Node belongs here: its lockfile, and the machine (a clone may be shared between two). */
const wantedNode = () =>
  `${fingerprint(path.join(toolsFolder, "package-lock.json"))} ${process.platform} ${process.arch}`;

/** The folder of the pinned Node when it is installed. */
function pinnedNodeHome() {
  const names = fs.existsSync(toolsModules) ? fs.readdirSync(toolsModules) : [];
  const homes = names.filter((name) => name.startsWith("node-")).map((name) => path.join(toolsModules, name));
  return homes.find((home) => fs.existsSync(nodeIn(home)));
}

const nodeIn = (home) => path.join(home, "bin", windows ? "node.exe" : "node");

function installPinnedNode() {
  say(
    `Node ${process.versions.node} is older than ${MIN_NODE_MAJOR}; installing the pinned one into tools/node (210 MB, once)`,
  );
  npmCi(process.execPath, ["--prefix", toolsFolder]);
  const home = pinnedNodeHome();
  const runs = home !== undefined && spawnSync(nodeIn(home), ["--version"]).status === 0;
  if (!runs)
    fail(
      `no pinned Node runs on ${process.platform}-${process.arch}; install Node ${MIN_NODE_MAJOR} or newer, then run the command again`,
    );
  fs.writeFileSync(toolsStamp, wantedNode());
}

/** Which packages belong here: the lockfile, the machine, and the Node that native add-ons were built for. */
function wantedPackages(nodeHome) {
  const node =
    nodeHome === undefined ? `abi-${process.versions.modules}` : fingerprint(path.join(nodeHome, "package.json"));
  return [fingerprint(path.join(root, "package-lock.json")), process.platform, process.arch, node].join(" ");
}

function installPackages(nodeHome) {
  say("installing packages (npm ci)");
  const node = nodeHome === undefined ? process.execPath : nodeIn(nodeHome);
  npmCi(node, ["--include=dev", "--include=optional"], {
    PATH: path.dirname(node) + path.delimiter + process.env.PATH,
    // Native add-ons are built against the headers of the Node that will load them.
    ...(nodeHome === undefined ? {} : { npm_config_nodedir: nodeHome }),
  });
  // An empty tree has no packages, and then npm makes no folder for them.
  fs.mkdirSync(path.dirname(packagesStamp), { recursive: true });
  fs.writeFileSync(packagesStamp, wantedPackages(nodeHome));
}

const nodeLink = path.join(root, "node_modules", ".bin", windows ? "node.exe" : "node");

function isLinked(node) {
  return fs.existsSync(nodeLink) && fs.realpathSync(nodeLink) === fs.realpathSync(node);
}

function linkNode(node) {
  fs.mkdirSync(path.dirname(nodeLink), { recursive: true });
  fs.rmSync(nodeLink, { force: true });
  if (windows) fs.linkSync(node, nodeLink);
  else fs.symlinkSync(path.relative(path.dirname(nodeLink), node), nodeLink);
}

function isReady() {
  const home = usesOwnNode ? undefined : pinnedNodeHome();
  if (!usesOwnNode && (home === undefined || readOrNothing(toolsStamp) !== wantedNode() || !isLinked(nodeIn(home))))
    return false;
  return readOrNothing(packagesStamp) === wantedPackages(home);
}

function makeReady() {
  if (isReady()) return; // by the set-up that we waited for
  if (!usesOwnNode && (pinnedNodeHome() === undefined || readOrNothing(toolsStamp) !== wantedNode()))
    installPinnedNode();
  const home = usesOwnNode ? undefined : pinnedNodeHome();
  if (readOrNothing(packagesStamp) !== wantedPackages(home)) installPackages(home);
  if (home !== undefined && !isLinked(nodeIn(home))) linkNode(nodeIn(home));
}

const systemPackages = process.argv.slice(2);
if (!isReady() || missingSystemPackages(systemPackages, fail).length > 0) {
  withLock(path.join(toolsFolder, ".lock"), { say, fail }, () => {
    makeReady();
    ensureSystemPackages(systemPackages, { say, fail });
  });
}
