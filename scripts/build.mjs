// npm run build: what npm gets. Each package's dist is written anew, the page goes into that of the command line, and both
// are looked at as a stranger would: by publint, and by importing them under a Node that does not know our sources.
import fs from "node:fs";
import path from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { runNode } from "./run-command.mjs";

const LIMIT_MS = 5 * 60_000;

async function run(args) {
  const { ok } = await runNode(args, { limitMs: LIMIT_MS, show: true });
  if (!ok) process.exit(1);
}

const readManifest = (folder) => JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));

function filesIn(folder) {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** What the sources read at run time beside code (SQL, JSON, …) stands beside the built code, too. */
function copyAssets(source, target) {
  for (const file of filesIn(source)) {
    if (/\.tsx?$/.test(file)) continue;
    const copy = path.join(target, path.relative(source, file));
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.copyFileSync(file, copy);
  }
}

/** The compiler rewrites the paths of imports, but not those of worker threads and child processes. */
function rewriteUrls(target) {
  for (const file of filesIn(target).filter((each) => each.endsWith(".js"))) {
    const code = fs.readFileSync(file, "utf8");
    const rewritten = code.replaceAll(/(new URL\("\.[^"]*)\.tsx?("\s*,\s*import\.meta\.url\))/g, "$1.js$2");
    if (rewritten !== code) fs.writeFileSync(file, rewritten);
  }
}

/** @returns {Promise<boolean>} whether the package may be published */
async function lint(folder) {
  const manifest = readManifest(folder);
  const { messages } = await publint({ pkgDir: folder, strict: true });
  for (const message of messages) console.log(`${manifest.name}: ${message.type}: ${formatMessage(message, manifest)}`);
  return messages.every(({ type }) => type === "suggestion");
}

process.chdir(path.resolve(import.meta.dirname, ".."));
const folders = fs.readdirSync("packages").map((name) => path.join("packages", name));
for (const folder of folders) fs.rmSync(path.join(folder, "dist"), { recursive: true, force: true });

await run(["scripts/build-dashboard.mjs"]);
await run(["node_modules/typescript/bin/tsc", "-b", "tsconfig.build.json"]);
for (const folder of folders) {
  const target = path.join(folder, "dist");
  // The compiler's notes are of use in a second build only, and there is none.
  fs.rmSync(path.join(target, ".build.tsbuildinfo"), { force: true });
  copyAssets(path.join(folder, "src"), target);
  rewriteUrls(target);
  if (!(await lint(folder))) process.exitCode = 1;
}

const isPage = (file) => path.basename(file) !== ".stamp";
fs.cpSync("apps/dashboard/dist", "packages/cli/dist/dashboard", { recursive: true, filter: isPage });

const names = folders.map((folder) => readManifest(folder).name);
await run(["--input-type=module", "--eval", names.map((name) => `await import("${name}");`).join("\n")]);
if (process.exitCode === undefined) console.log(`built ${names.join(", ")}`);
