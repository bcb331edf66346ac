// Runs the benches one after the other; each prints its report as JSON on stdout and its progress on stderr.
// usage: npm run bench [-- NAME …] [--quick]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const BENCHES = [
  "ingest",
  "latency",
  "instrumentation",
  "overhead",
  "faults",
  "fanout",
  "reconnect",
  "slow-reader",
  "jobs-page",
  "dashboard",
  "logs",
  "chaos",
  "bus",
  "scale",
  "otlp",
  "alerts",
  "clips",
];

/** Those that measure the packages as they are published, not their sources. */
const BUILT: ReadonlySet<string> = new Set(["overhead"]);

/** Stdout is for reports: what else is said goes to stderr. */
const BESIDE = 2;

const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const unknown = names.find((name) => !BENCHES.includes(name));
if (unknown === undefined) {
  const wanted = names.length > 0 ? names : BENCHES;
  if (wanted.some((name) => BUILT.has(name)) && (await run(["../scripts/build.mjs"], [], BESIDE)) !== 0)
    process.exit(1);
  for (const name of wanted) {
    const conditions = BUILT.has(name) ? [] : ["--conditions=playhead-src"];
    // A missed target is told in the report, and in the end by the exit code.
    if ((await run([`${name}.ts`, ...flags], conditions)) !== 0) process.exitCode = 1;
  }
} else {
  console.error(`expected ${BENCHES.join(", ")}, got "${unknown}"`);
  process.exitCode = 2;
}

/** Runs a file beside this one, with what it is given. @returns its exit code */
async function run(
  [file = "", ...given]: readonly string[],
  nodeFlags: readonly string[] = [],
  output: typeof BESIDE | 1 = 1,
): Promise<number> {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [...nodeFlags, script, ...given], { stdio: [0, output, 2] });
  const [code] = await once(child, "close");
  return code;
}
