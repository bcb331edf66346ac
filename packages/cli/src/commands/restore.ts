import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { Command } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { expectDataInFolder } from "../data-in-postgres.ts";
import { createStageBar } from "../terminal/stage-bar.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

/** `playhead restore`: a backup in the place of the data. */
export function addRestore(program: Command, bind: Bind): void {
  newCommand(program, "restore", {
    summary: "put a backup in the place of the data",
    description:
      "Verifies a backup, then puts it in the place of what the data folder holds, whole or not at all. What was there is put aside, never removed. No server may run on the folder.",
    examples: [
      ["playhead restore /backups/today", "into playhead-data"],
      ["playhead restore /backups/today --data ./copy", "into another folder, to look at it"],
    ],
  })
    .argument("<source>", "the folder of a backup")
    .option("--data <folder>", "data folder (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(restore));
}

const restore: Run<[source: string], Pick<ConfigFlags, "data" | "config">> = async (options, context, source) => {
  const { console, nowMs } = context;
  const config = commandConfig(options, context);
  const { data } = config;
  expectDataInFolder(config, "restore", "run pg_restore on an empty database, as docs/operations.md says");
  const { restoreData } = await import("@playhead/server");
  try {
    const { manifest, asideFolder } = await restoreData({
      source: resolve(source),
      folder: data,
      newEpoch: randomBytes(6).toString("hex"),
      nowMs,
      onStage: createStageBar(console),
    });
    console.erase();
    console.say(`${data} is as it was on ${manifest.taken_at}`);
    if (asideFolder !== null) console.say(`what was there before is in ${asideFolder}`);
    console.emit({ type: "result", folder: data, taken_at: manifest.taken_at, aside: asideFolder });
    return "ok";
  } finally {
    console.erase();
  }
};
