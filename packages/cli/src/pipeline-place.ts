import type { Config, MediaRoots, ServerLog } from "@playhead/server";
import { type ConfigFlags, commandConfig } from "./command-config.ts";
import type { Surroundings } from "./commands/command.ts";
import type { Ending } from "./exit-codes.ts";
import { namedServer, type ServerFlags } from "./find-history.ts";
import type { Place } from "./open.ts";
import type { PipelineView } from "./pipeline-job.ts";
import { reapAndSay, runsFolder } from "./reap.ts";
import { isServerOf } from "./running-server.ts";
import { checkServer } from "./server-check.ts";
import type { Console } from "./terminal/console.ts";
import { followInEngine, followOnServer } from "./view/job-source.ts";

/** The flags of every command that runs a pipeline. */
export interface PipelineFlags extends Pick<ConfigFlags, "data" | "config">, ServerFlags {}

/** What a command that runs a pipeline works with. */
export interface PipelinePlace extends PipelineView {
  /** Folders that viewers may get files of; null when the server is elsewhere. */
  readonly media: MediaRoots | null;
  /** Where runs of ffmpeg are written down. */
  readonly registryDir: string;
  readonly ffmpegPath: string | undefined;
  /** The data folder. */
  readonly data: string;
  /** Where uploads may go, as far as it is configured. */
  readonly storage: Config["storage"];
}

/**
 * Opens where a command reports to: the data folder, or a server. Cleans up first what a crash left behind, and lets
 * everything go after the work.
 */
export async function withPipelinePlace(
  flags: PipelineFlags,
  context: Surroundings & { readonly console: Console },
  work: (place: PipelinePlace) => Promise<Ending>,
): Promise<Ending> {
  const { console, listen, nowMs, environment } = context;
  const config = commandConfig(flags, context);
  const { data } = config;
  const { signal } = listen();
  // Loaded when they are needed: no other command has to wait for them.
  const { createPlayhead } = await import("@playhead/sdk");
  const { openPlace, serverPlace } = await import("./open.ts");
  const named = namedServer({ flags, config, environment });
  if (named !== null) await checkServer(named);
  const place =
    named === null
      ? await openPlace({ data }, complaints(console))
      : serverPlace(named, isServerOf(data, named.url) ? data : null);
  const playhead = createPlayhead({
    transport: place.transport,
    warn: console.complain,
    machine: { folder: data },
  });
  const follow: PipelineView["follow"] = (jobId) =>
    place.kind === "engine" ? followInEngine(place.engine, jobId) : followOnServer(place.server, jobId);
  try {
    await reapAndSay(data, console);
    sayPlace(place, console.say);
    return await work({
      ...{ playhead, follow, console, nowMs, signal, data },
      media: place.media,
      registryDir: runsFolder(data),
      ffmpegPath: config.ffmpeg_path,
      storage: config.storage,
    });
  } finally {
    await playhead.close();
  }
}

/** Of what the engine says, a person at a terminal needs to hear what is wrong. */
function complaints(console: Console): ServerLog {
  return (level, message) => {
    if (level !== "info") console.complain(`playhead: ${level}: ${message}`);
  };
}

/** Where the job can be watched, when that is elsewhere. */
function sayPlace(place: Place, say: (line: string) => void): void {
  if (place.kind === "server") say(`Reporting to ${place.server.url}`);
}
