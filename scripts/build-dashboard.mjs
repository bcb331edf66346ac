// Builds the dashboard's page into apps/dashboard/dist when something that it is made of has changed; otherwise it takes
// about a tenth of a second. `npm start` and `npm test` run it.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { withLock } from "./bootstrap-lock.mjs";

const LIMIT_MS = 4 * 60_000;

const root = path.resolve(import.meta.dirname, "..");
const dashboard = path.join(root, "apps", "dashboard");
const cache = path.join(root, "node_modules", ".cache", "dashboard");
const target = path.join(dashboard, "dist");
const stamp = path.join(target, ".stamp");

/** What the page is made of; tests are not part of it. */
const SOURCES = [
  "apps/dashboard",
  ...["core", "client", "react"].flatMap((name) => [`packages/${name}/src`, `packages/${name}/package.json`]),
  "package-lock.json",
  "scripts/build-dashboard.mjs",
];
/** Into one folder: vite.config.ts says what differs. */
const BUILDS = [
  { mode: "production", page: "index.html" },
  { mode: "share", page: "share.html" },
];
const NOT_SOURCE = new Set(["node_modules", "dist"]);
const TEST = /\.test\.tsx?$/;

const say = (message) => console.error(`dashboard: ${message}`);

/** @returns {never} */
function fail(message) {
  say(message);
  process.exit(1);
}

function* filesIn(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    const names = fs.readdirSync(file).filter((name) => !NOT_SOURCE.has(name));
    for (const name of names.sort()) yield* filesIn(path.join(file, name));
  } else if (stat?.isFile() && !TEST.test(file)) yield file;
}

/** The same for the same names and contents, whenever and wherever they were checked out. */
function fingerprint() {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of filesIn(path.join(root, source))) {
      const content = fs.readFileSync(file);
      hash.update(`${path.relative(root, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

const isBuilt = (wanted) => fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted;

/** Builds beside the page that is there and changes the two at the end: a server may be handing the old one out. */
function build() {
  const wanted = fingerprint();
  if (isBuilt(wanted)) return; // by the build that we waited for
  if (!fs.existsSync(path.join(dashboard, "vite.config.ts")))
    fail("expected apps/dashboard/vite.config.ts, found none: is this clone complete?");
  const vite = path.join(root, "node_modules", "vite", "bin", "vite.js");
  if (!fs.existsSync(vite)) fail("Vite is not installed; run npm start or npm test, which set everything up");

  say("building the page");
  const startedMs = performance.now();
  const fresh = path.join(cache, "dist");
  fs.rmSync(fresh, { recursive: true, force: true });
  for (const { mode, page } of BUILDS) {
    const args = [vite, "build", "--mode", mode, "--outDir", fresh, "--emptyOutDir=false", "--logLevel", "warn"];
    const result = spawnSync(process.execPath, args, {
      cwd: dashboard,
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", 2, 2],
      timeout: LIMIT_MS,
    });
    if (result.error !== undefined) fail(`the build could not be run: ${result.error.message}`);
    if (result.status !== 0) fail("the build failed; its message is above");
    if (!fs.existsSync(path.join(fresh, page))) fail(`expected the build to write ${page}, found none`);
  }

  fs.writeFileSync(path.join(fresh, ".stamp"), wanted);
  const old = path.join(cache, "old");
  fs.rmSync(old, { recursive: true, force: true });
  if (fs.existsSync(target)) fs.renameSync(target, old);
  fs.renameSync(fresh, target);
  fs.rmSync(old, { recursive: true, force: true });
  say(`built in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}

if (!isBuilt(fingerprint())) {
  fs.mkdirSync(cache, { recursive: true });
  withLock(path.join(cache, "lock"), { say, fail }, build);
}
