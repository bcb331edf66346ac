import { createErrorLog } from "./error-log.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { listenForInterrupts } from "./interrupts.ts";
import { runProgram } from "./program.ts";
import { reportError } from "./report-error.ts";
import { readVersion } from "./version.ts";

const args = process.argv.slice(2);
const errorLog = createErrorLog(Date.now);

process.on("uncaughtException", (error) => {
  const report = reportError(error, { json: args.includes("--json"), verbose: args.includes("--verbose"), errorLog });
  process.stderr.write(`${report}\n`);
  // What runs under ffmpeg is ended on the way out.
  process.exit(EXIT_CODES.failed.code);
});

const ending = await runProgram({
  args,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  version: readVersion(),
  nowMs: Date.now,
  errorLog,
  listen: () =>
    listenForInterrupts({
      source: process,
      nowMs: Date.now,
      onImpatience: () => process.exit(EXIT_CODES.interrupted.code),
    }),
});
// Only when stdout has taken what was written: a pipe may be slower than we are.
process.stdout.write("", () => process.exit(EXIT_CODES[ending].code));
