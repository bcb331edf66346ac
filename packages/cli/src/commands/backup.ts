import { formatSize } from "@playhead/client/format";
import type { Command } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { expectDataInFolder } from "../data-in-postgres.ts";
import { expectData } from "../find-history.ts";
import { createStageBar } from "../terminal/stage-bar.ts";
import { counted } from "../view/task-words.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface BackupFlags extends Pick<ConfigFlags, "data" | "config"> {
  readonly logs?: boolean;
}

/** `playhead backup`: a copy of the data, also while a server runs. */
export function addBackup(program: Command, bind: Bind): void {
  newCommand(program, "backup", {
    summary: "back up the data, also while a server runs",
    description:
      "Copies the databases and secrets of the data folder to a folder, each database as it stood at one moment. A server on this machine may run on it meanwhile, and is not held up.",
    examples: [
      ["playhead backup /backups/today", "makes that folder"],
      ["playhead backup /backups", "where it is there already: a new folder in it, named by the time"],
      ["playhead backup /backups --logs", "with the log files"],
    ],
  })
    .argument("<destination>", "the folder to make, or one to make it in")
    .option("--logs", "with the log files")
    .option("--data <folder>", "data folder (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(backup));
}

const backup: Run<[destination: string], BackupFlags> = async (options, context, destination) => {
  const { console, version, nowMs } = context;
  const config = commandConfig(options, context);
  const { data } = config;
  expectDataInFolder(
    config,
    "backup",
    "run pg_dump --format=custom --schema=playhead, and copy the data folder's keys",
  );
  expectData(data);
  const { backupData } = await import("@playhead/server");
  const interrupts = context.listen();
  try {
    const { folder, manifest } = await backupData({
      folder: data,
      destination,
      version,
      nowMs,
      withLogs: options.logs === true,
      signal: interrupts.signal,
      onStage: createStageBar(console),
    });
    console.erase();
    const sizeBytes = manifest.files.reduce((sum, file) => sum + file.size_bytes, 0);
    console.say(`${folder}: ${counted(manifest.files.length, "file")}, ${formatSize(sizeBytes)}`);
    console.emit({ type: "result", folder, manifest });
    return "ok";
  } finally {
    console.erase();
    interrupts.stop();
  }
};
