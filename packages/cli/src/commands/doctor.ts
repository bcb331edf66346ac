import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { DataRepair } from "@playhead/server";
import type { Command } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { checkDatabase, expectDataInFolder } from "../data-in-postgres.ts";
import { dataChecks, repairLines } from "../doctor/check-data.ts";
import type { MachineCheck } from "../doctor/check-machine.ts";
import { type Line, span } from "../terminal/line.ts";
import { createStageBar } from "../terminal/stage-bar.ts";
import { counted } from "../view/task-words.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface DoctorFlags extends ConfigFlags {
  readonly repair?: boolean;
}

/** `playhead doctor`: whether this machine can do what Playhead asks of it, and whether the data is well. */
export function addDoctor(program: Command, bind: Bind): void {
  newCommand(program, "doctor", {
    summary: "look whether this machine has what Playhead needs, and whether the data is well",
    description:
      "Looks at Node, ffmpeg with a trial encode, the port, and the data folder: each page and each job of its databases, each line of its log files. Says what to do, and ends with 3 when something is missing or damaged. With --repair what can be read of damaged data is kept, and the rest put aside.",
    examples: [
      ["playhead doctor", "what is wrong, and a line for what is well"],
      ["playhead doctor --verbose", "each check by itself"],
      ["playhead doctor --repair", "damaged data is mended; no server may run on it"],
    ],
  })
    .option("--repair", "keep what can be read of damaged data, and put the rest aside")
    .option("--host <address>", "address that the server would listen on (default: 127.0.0.1)")
    .option("--port <number>", "its port (default: 8765)")
    .option("--data <folder>", "data folder (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(doctor));
}

const doctor: Run<[], DoctorFlags> = async (options, context) => {
  const { console } = context;
  const config = commandConfig(options, context);
  if (options.repair === true) expectDataInFolder(config, "doctor --repair", "put back a backup of the database");
  const repaired = options.repair === true && existsSync(config.data) ? await repair(config.data, context) : null;
  for (const line of repaired === null ? [] : repairLines(repaired)) console.say(line);
  const { checkMachine } = await import("../doctor/check-machine.ts");
  const machine = await checkMachine(config);
  const { data, database_url } = config;
  const found = database_url === undefined ? await checkFolderData(data, context) : [await checkDatabase(database_url)];
  const checks = [...machine, ...found];
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
    ...(repaired !== null && { repaired }),
  });
  return ok ? "ok" : "machine";
};

type Context = Parameters<Run<[], DoctorFlags>>[1];

async function repair(folder: string, { console, nowMs }: Context): Promise<DataRepair> {
  const { repairData } = await import("@playhead/server");
  const show = createStageBar(console);
  try {
    return await repairData({
      folder,
      newEpoch: randomBytes(6).toString("hex"),
      nowMs,
      onProgress: (fraction) => show("reading the data", fraction),
    });
  } finally {
    console.erase();
  }
}

/** A folder that is not there yet has nothing that could be damaged. */
async function checkFolderData(folder: string, { console }: Context): Promise<readonly MachineCheck[]> {
  if (!existsSync(folder)) return [];
  const { checkData } = await import("@playhead/server");
  const show = createStageBar(console);
  try {
    // Only a bar: what was found is said at the end.
    return dataChecks(
      await checkData(folder, (fraction) => (console.mode === "live" ? show("reading the data", fraction) : undefined)),
    );
  } finally {
    console.erase();
  }
}

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
