import { existsSync } from "node:fs";
import { PlayheadError } from "@playhead/core";
import type { Config, Engine } from "@playhead/server";
import { expectDataInFolder } from "./data-in-postgres.ts";
import { findRunningServer, isLoopback, readAccessKey } from "./running-server.ts";
import type { ServerAddress } from "./server-check.ts";

/** The flags that name a server, as they were typed. */
export interface ServerFlags {
  readonly server?: string;
  readonly key?: string;
}

export interface ServerQuestion {
  readonly flags: ServerFlags;
  readonly config: Pick<Config, "data" | "admin_key">;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The server that the flags or the environment name; null when they name none.
 *
 * @throws PlayheadError `usage_error` for an address that is none; `unauthorized` when no key is known for it
 */
export function namedServer({ flags, config, environment }: ServerQuestion): ServerAddress | null {
  const url = flags.server ?? environment.PLAYHEAD_SERVER ?? "";
  if (url === "") return null;
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new PlayheadError("usage_error", `expected the server's address, got ${JSON.stringify(url)}`, {
      hint: "give it like --server http://127.0.0.1:8765",
    });
  }
  const given = flags.key ?? environment.PLAYHEAD_KEY;
  // The key of this machine's own data folder is shown to a server on this machine, and to no other.
  const apiKey = given ?? (isLoopback(parsed.hostname) ? localKey(config) : null);
  if (apiKey === null) {
    throw new PlayheadError("unauthorized", `no key is known for the server at ${url}`, {
      hint: "give it with --key or PLAYHEAD_KEY",
    });
  }
  return { url, apiKey };
}

/**
 * The server to ask: the one that is named, else the one that has the data folder; null when nobody has it.
 *
 * @throws as {@link namedServer}
 */
export function serverToAsk(question: ServerQuestion): ServerAddress | null {
  const named = namedServer(question);
  if (named !== null) return named;
  const { config, flags } = question;
  const running = findRunningServer(config.data);
  const apiKey = flags.key ?? localKey(config);
  return running === null || apiKey === null ? null : { url: running.url, apiKey };
}

/**
 * Makes sure that there is a data folder to read, so that looking at one does not make it.
 *
 * @throws PlayheadError `not_found`
 */
export function expectData(dataFolder: string): void {
  if (existsSync(dataFolder)) return;
  throw new PlayheadError("not_found", `there is no data folder ${dataFolder}`, {
    hint: "run it where you ran playhead before, or name the folder with --data or a server with --server",
  });
}

/** Where a history lies that no server has. */
export type HistoryPlace = Pick<Config, "data" | "database_url">;

/**
 * The data folder of no server, opened in this process to be read.
 *
 * @throws PlayheadError `not_found` for a folder that is not there, `usage_error` where the data is in PostgreSQL, and as
 * `createEngine` does
 */
export async function openHistory(config: HistoryPlace): Promise<Engine> {
  const { data: dataFolder } = config;
  expectDataInFolder(config, "reading without a server", "start the server, or name it with --server");
  expectData(dataFolder);
  // Loaded when it is needed: to ask a server takes no other one.
  const { createEngine } = await import("@playhead/server");
  return createEngine({ dataFolder, log: () => undefined });
}

function localKey({ admin_key, data }: Pick<Config, "data" | "admin_key">): string | null {
  return admin_key ?? readAccessKey(data);
}
