import { PlayheadError } from "@playhead/core";
import type { Config, LoadedConfig, PlayheadServer, ServerLog } from "@playhead/server";
import type { Surroundings } from "./commands/command.ts";
import { dashboardFolder } from "./dashboard-folder.ts";
import { ffmpegCheck } from "./ffmpeg-health.ts";
import { announceServer, findRunningServer, reachableUrl } from "./running-server.ts";
import type { ServerAddress } from "./server-check.ts";
import { configuredStorage, storageCheck } from "./storage-place.ts";
import type { Console } from "./terminal/console.ts";
import { span } from "./terminal/line.ts";
import { jobKindInfos } from "./worker/job-kind-infos.ts";

/** A server of this process, and how this machine reaches it. */
export interface Serving {
  readonly server: PlayheadServer;
  readonly address: ServerAddress;
  readonly signInUrl: string;
  /** Takes nothing more, stores what is at hand, and lets the data folder go. @returns false when it took too long */
  close(): Promise<boolean>;
}

const CLOSE_LIMIT_MS = 15_000;

/**
 * Starts the server of a command: with its health checks, and announced to other processes of this user.
 *
 * @throws PlayheadError as `startServer` does
 */
export async function startServing(
  loaded: LoadedConfig,
  {
    version,
    console,
    errorLog,
    verbose,
  }: Pick<Surroundings, "version" | "errorLog"> & { readonly console: Console; readonly verbose: boolean },
): Promise<Serving> {
  const { config } = loaded;
  const log = logTo({ console, errorLog, verbose });
  const { startServer } = await import("@playhead/server");
  const storage = await configuredStorage(config);
  const server = await startServer({
    ...{ config, loaded, version, log },
    dashboardFolder: dashboardFolder(),
    jobKinds: await jobKindInfos(),
  }).catch((error: unknown) => {
    throw whoHasIt(error, config.data);
  });
  const url = reachableUrl(server.url);
  let withdraw: () => void;
  try {
    server.health.register(ffmpegCheck(config.ffmpeg_path));
    if (storage !== null) server.health.register(await storageCheck(storage));
    withdraw = announceServer(config.data, { url, pid: process.pid });
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    server,
    address: { url, apiKey: server.accessKey },
    signInUrl: reachableUrl(server.signInUrl),
    async close() {
      withdraw();
      return endsWithin(server.close(), CLOSE_LIMIT_MS);
    },
  };
}

/** Where the log of a server goes: to stderr what matters, all of it with `--verbose`. */
export function logTo({
  console,
  errorLog,
  verbose,
}: Pick<Surroundings, "errorLog"> & { readonly console: Console; readonly verbose: boolean }): ServerLog {
  return (level, message, fields) => {
    if (level === "info" && !verbose) return;
    const { error, ...others } = fields ?? {};
    const kept = level === "error" && !verbose ? errorLog.keep(message, error) : null;
    const about = Object.keys(others).length === 0 ? "" : ` ${JSON.stringify(others)}`;
    const cause = error === undefined ? "" : `: ${verbose ? error : String(error).split("\n", 1)[0]}`;
    console.complain(`playhead: ${level}: ${message}${about}${cause}${kept === null ? "" : ` (details: ${kept})`}`);
  };
}

/** Says where a server listens, and how to get in. */
export function sayServing(
  { address, signInUrl }: Serving,
  { data }: Pick<Config, "data">,
  { console, version }: Pick<Surroundings, "version"> & { readonly console: Console },
): void {
  console.say([span("Playhead ", "strong"), span(version, "faint"), span(` serves on ${address.url}`)]);
  console.say([span("  Sign in  ", "faint"), span(signInUrl, "strong")]);
  console.say([span("  Data     ", "faint"), span(data)]);
  console.emit({ type: "serving", url: address.url, sign_in_url: signInUrl, data, pid: process.pid, version });
}

/** The same error; when the folder is in use, with the address of the server that has it. */
function whoHasIt(error: unknown, dataFolder: string): unknown {
  const running = findRunningServer(dataFolder);
  if (running === null || !(error instanceof PlayheadError) || error.code !== "data_in_use") return error;
  const hint = `it serves on ${running.url}: use that one, stop it, or choose another folder with --data`;
  return new PlayheadError("data_in_use", error.message, { hint, cause: error });
}

/** The error for a server that did not end in time. */
export function slowClose(): PlayheadError {
  return new PlayheadError("internal_error", `the server did not stop within ${CLOSE_LIMIT_MS / 1000} s`, {
    hint: "what it had acknowledged is stored; the next start takes up from there",
  });
}

/** @returns false when it took too long */
export async function endsWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const { promise: overdue, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), limitMs);
  try {
    return await Promise.race([work.then(() => true), overdue]);
  } finally {
    clearTimeout(timer);
  }
}
