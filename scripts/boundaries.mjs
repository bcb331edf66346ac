// The gate of who may import whom: applies .dependency-cruiser.mjs to a tree, fails when something breaks a rule, and
// fails as well when it read nothing.
// usage: node scripts/boundaries.mjs [root]
import fs from "node:fs";
import path from "node:path";
import { parseSync } from "@swc/core";
import { cruise } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import configuration from "../.dependency-cruiser.mjs";

const FOLDERS = ["packages", "apps", "examples", "bench", "scripts", "tests"];

const home = path.resolve(import.meta.dirname, "..");
const root = path.resolve(process.argv[2] ?? home);

/** Whether a syntax tree holds `import("…")` in the place of a type: the one spelling that dependency-cruiser does not see. */
function hasImportType(node) {
  if (typeof node !== "object" || node === null) return false;
  return node.type === "TsImportType" || Object.values(node).some(hasImportType);
}

function usesImportType(file) {
  const source = fs.readFileSync(file, "utf8");
  return (
    source.includes("import(") &&
    hasImportType(parseSync(source, { syntax: "typescript", tsx: file.endsWith("x"), decorators: true }))
  );
}

process.chdir(root);
const reasons = new Map(configuration.forbidden.map(({ name, comment }) => [name, comment]));
const options = await extractOptions(path.join(home, ".dependency-cruiser.mjs"));
const folders = FOLDERS.filter((folder) => fs.existsSync(folder));
const { output } = await cruise(folders, { ...options, baseDir: root }, options.enhancedResolveOptions);
if (typeof output === "string") throw new TypeError("expected the result as an object, got text");

const typeScript = output.modules.filter((module) => /^(?!.*node_modules\/).*\.tsx?$/.test(module.source));
const readNothing = typeScript.every((module) => module.dependencies.length === 0);
const unseen = typeScript.map((module) => module.source).filter((file) => fs.existsSync(file) && usesImportType(file));

/**
 * What was found, in words: which rule, where, and what the rule is for.
 * @param {import("dependency-cruiser").IViolation} violation
 */
function describe({ rule, from, to, cycle }) {
  const way = cycle === undefined ? to : cycle.map(({ name }) => name).join(" → ");
  return `error ${rule.name}: ${from} → ${way}\n  ${reasons.get(rule.name)}`;
}

const found = [
  ...output.summary.violations.map(describe),
  ...unseen.map(
    (file) => `error import-type: ${file} has import("…") as a type\n  No rule sees it: write "import type".`,
  ),
  ...(readNothing
    ? ["error read-nothing: expected an import in some TypeScript file, got none: is @swc/core there?"]
    : []),
];
for (const fault of found) console.log(fault);
const { totalCruised, totalDependenciesCruised } = output.summary;
console.log(`${totalCruised} modules, ${totalDependenciesCruised} imports, ${found.length} faults`);
process.exitCode = found.length > 0 ? 1 : 0;
