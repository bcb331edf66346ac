// The gates that need no test to run: format and lint, types, boundaries, sizes, dead code.
import os from "node:os";
import { runNode } from "./run-command.mjs";

const LIMIT_MS = 3 * 60_000;

const colorful = process.stdout.isTTY && !process.env.NO_COLOR;
const color = (code, text) => (colorful ? `\x1b[${code}m${text}\x1b[0m` : text);

/** Slowest first, so that the others fill the gaps. */
const GATES = [
  { name: "dead code", args: ["node_modules/knip/bin/knip.js", "--no-progress", "--no-config-hints"] },
  { name: "types", args: ["node_modules/typescript/bin/tsc", "-b", "--pretty", "false"] },
  {
    name: "format and lint",
    args: [
      "node_modules/@biomejs/biome/bin/biome",
      "ci",
      "--error-on-warnings",
      `--colors=${colorful ? "force" : "off"}`,
      ".",
    ],
  },
  { name: "boundaries", args: ["scripts/boundaries.mjs"] },
  { name: "file sizes", args: ["scripts/file-sizes.mjs"] },
];

/** One line about how a part of the gate went. */
export function verdictLine(name, ok, durationMs) {
  const mark = ok ? color(32, "✓") : color(31, "✗");
  return `${mark} ${name.padEnd(18)}${(durationMs / 1000).toFixed(1).padStart(6)} s`;
}

/** The same fault is found once in each project that a file belongs to: say it once. */
const withoutRepeats = (output) => [...new Set(output.trimEnd().split("\n"))].join("\n");

/**
 * Runs every gate, as many at a time as there are cores. Prints a line for each, then all that the failing ones said.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runGates() {
  const waiting = [...GATES];
  const failures = [];
  const worker = async () => {
    for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
      const { ok, output, durationMs } = await runNode(gate.args, { limitMs: LIMIT_MS });
      console.log(verdictLine(gate.name, ok, durationMs));
      if (!ok)
        failures.push({ name: gate.name, output: gate.name === "types" ? withoutRepeats(output) : output.trimEnd() });
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, worker));
  for (const { name, output } of failures) console.log(`\n${color(31, `── ${name} ──`)}\n${output}`);
  return { passed: GATES.length - failures.length, failed: failures.length };
}
