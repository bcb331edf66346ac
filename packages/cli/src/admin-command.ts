import { PlayheadError } from "@playhead/core";
import type { Command } from "commander";
import { type ConfigFlags, commandConfig } from "./command-config.ts";
import type { Surroundings } from "./commands/command.ts";
import { type ServerFlags, serverToAsk } from "./find-history.ts";
import type { ServerAddress } from "./server-check.ts";

/** The flags of commands that only a running server can obey. */
export interface AdminFlags extends Pick<ConfigFlags, "data" | "config">, ServerFlags {}

/** Gives a command the flags that name the server. @param key what its key has to be */
export function withServer(command: Command, key = "a key that may administer it"): Command {
  return command
    .option("--server <url>", "the server to ask (or PLAYHEAD_SERVER)")
    .option("--key <key>", `${key} (or PLAYHEAD_KEY)`)
    .option("--data <folder>", "data folder (default: playhead-data)")
    .option("--config <file>", "configuration file");
}

/** The server to ask. @throws PlayheadError `server_unreachable` when none runs */
export function runningServer(options: AdminFlags, context: Surroundings): ServerAddress {
  const config = commandConfig(options, context);
  const server = serverToAsk({ flags: options, config, environment: context.environment });
  if (server !== null) return server;
  throw new PlayheadError("server_unreachable", `no server runs on ${config.data}`, {
    hint: "start one with playhead serve, or name one with --server",
  });
}
