import type { Command } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { checkMachine, type MachineCheck } from "../doctor/check-machine.ts";
import { type Line, span } from "../terminal/line.ts";
import { counted } from "../view/task-words.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

/** `playhead doctor`: whether this machine can do what Playhead asks of it. */
export function addDoctor(program: Command, bind: Bind): void {
  newCommand(program, "doctor", {
    summary: "look whether this machine has what Playhead needs",
    description:
      "Looks at Node, ffmpeg with a trial encode, the data folder and the port, and says what to do. Ends with 3 when something is missing.",
    examples: [
      ["playhead doctor", "what is wrong, and a line for what is well"],
      ["playhead doctor --verbose", "each check by itself"],
    ],
  })
    .option("--host <address>", "address that the server would listen on (default: 127.0.0.1)")
    .option("--port <number>", "its port (default: 8765)")
    .option("--data <folder>", "data folder (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(doctor));
}

const doctor: Run<[], ConfigFlags> = async (options, context) => {
  const { console } = context;
  const checks = await checkMachine(commandConfig(options, context));
  const ok = checks.every((check) => check.ok || check.isOptional);
  for (const line of doctorLines(checks, options.verbose === true)) console.say(line);
  console.emit({
    type: "result",
    ok,
    checks: checks.map(({ part, name, ok: isWell, isOptional, found, advice }) => ({
      part,
      name,
      ok: isWell,
      is_optional: isOptional,
      found,
      advice,
    })),
  });
  return ok ? "ok" : "machine";
};

/** What was found: a line a part that is well, and each thing that is not, with what to do. */
export function doctorLines(checks: readonly MachineCheck[], verbose: boolean): readonly Line[] {
  const byPart = Map.groupBy(checks, ({ part }) => part);
  const longest = Math.max(...[...byPart.keys()].map((part) => part.length));
  return [...byPart].flatMap(([part, ofPart]) => {
    const ill = ofPart.filter(({ ok }) => !ok);
    const isWell = ill.every(({ isOptional }) => isOptional);
    const found = isWell ? `  ${verbose ? "" : wellInShort(ofPart)}` : "";
    const head = [...sign(isWell), span(part.padEnd(longest), "strong"), span(found, "faint")];
    return [head, ...(verbose ? ofPart : ill).map(checkLine)];
  });
}

/** The first that is well, and how many more. */
function wellInShort(checks: readonly MachineCheck[]): string {
  const [first, ...others] = checks.filter(({ ok }) => ok);
  const more = others.length === 0 ? "" : `, and ${counted(others.length, "more check")} well`;
  return first === undefined ? "" : `${first.found}${more}`;
}

function checkLine({ name, ok, isOptional, found, advice }: MachineCheck): Line {
  return [span("    "), ...sign(ok, isOptional), span(`${name}: ${found}${advice === null ? "" : `; ${advice}`}`)];
}

function sign(isWell: boolean, isOptional = false): Line {
  if (isWell) return [span("✓ ", "good")];
  return [isOptional ? span("▲ ", "waiting") : span("✗ ", "bad")];
}
