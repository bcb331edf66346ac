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

const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const unknown = names.find((name) => !BENCHES.includes(name));
if (unknown === undefined) {
  for (const name of names.length > 0 ? names : BENCHES) {
    const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
    const child = spawn(process.execPath, ["--conditions=playhead-src", script, ...flags], { stdio: "inherit" });
    const [code] = await once(child, "close");
    // A missed target is told in the report, and in the end by the exit code.
    if (code !== 0) process.exitCode = 1;
  }
} else {
  console.error(`expected ${BENCHES.join(", ")}, got "${unknown}"`);
  process.exitCode = 2;
}
