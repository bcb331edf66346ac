import { PlayheadError } from "@playhead/core";
import {
  createHttpTransport,
  createLocalTransport,
  createPlayhead,
  type Playhead,
  setCurrentObserver,
  type Transport,
} from "@playhead/sdk";
import { createEngine, createMediaRoots, type Engine, type MediaRoots, type ServerLog } from "@playhead/server";
import { findRunningServer, readAccessKey } from "./running-server.ts";
import { checkServer, type ServerAddress } from "./server-check.ts";

/** Where Playhead keeps what is reported: a folder, in this process, or a server. */
export type OpenOptions =
  /** The data folder; made when it is not there. */
  | { readonly data: string }
  /** The server's address, such as `https://playhead.internal`, and a key of the role `worker`, or one that may do more. */
  | { readonly url: string; readonly apiKey: string };

/** What holds a job's history: the engine in this process, or a server. */
export type Place =
  | { readonly kind: "engine"; readonly engine: Engine; readonly transport: Transport; readonly media: MediaRoots }
  | {
      readonly kind: "server";
      readonly server: ServerAddress;
      readonly transport: Transport;
      /** Null when the server's data folder is not here: it cannot show this machine's files. */
      readonly media: MediaRoots | null;
    };

/**
 * Connects this process to Playhead.
 *
 * With `data`, the store runs in this process; when a Playhead server on this machine has that folder already, it is
 * joined instead. `close()` sends and stores what is left, then lets everything go.
 *
 * @throws PlayheadError `data_in_use` when another process has the folder, and is no server; `data_newer`, `data_damaged`,
 * `data_unwritable` or `disk_full` where the folder cannot be used; `usage_error` when `url` is no http address.
 */
export async function open(options: OpenOptions): Promise<Playhead> {
  const { transport } = await openPlace(options, logOnStderr);
  const playhead = createPlayhead({ transport });
  // Functions that are monitored when their module is loaded know of no Playhead: from now on it is this one.
  setCurrentObserver(playhead.observer);
  return playhead;
}

/** The place that the options name. Closing its transport closes an engine that was started for it. */
export async function openPlace(options: OpenOptions, log: ServerLog): Promise<Place> {
  if ("url" in options) return serverPlace(options, null);
  try {
    const engine = await createEngine({ dataFolder: options.data, log });
    return { kind: "engine", engine, transport: ownedTransport(engine), media: engine.media };
  } catch (error) {
    if (!(error instanceof PlayheadError) || error.code !== "data_in_use") throw error;
    const server = await findJoinableServer(options.data);
    if (server === null) throw error;
    return serverPlace(server, options.data);
  }
}

/** @param dataFolder the server's, where it is on this machine */
export function serverPlace(server: ServerAddress, dataFolder: string | null): Place {
  const media = dataFolder === null ? null : createMediaRoots(dataFolder);
  return { kind: "server", server, transport: createHttpTransport(server), media };
}

/** The engine's transport, whose end is the engine's end. */
function ownedTransport(engine: Engine): Transport {
  const transport = createLocalTransport(engine.local);
  return {
    ...transport,
    async close() {
      await transport.close();
      await engine.close();
    },
  };
}

/** The server that has the folder, if it is there and lets us in. */
async function findJoinableServer(dataFolder: string): Promise<ServerAddress | null> {
  const running = findRunningServer(dataFolder);
  const apiKey = process.env.PLAYHEAD_ADMIN_KEY ?? readAccessKey(dataFolder);
  if (running === null || apiKey === null) return null;
  const server = { url: running.url, apiKey };
  try {
    await checkServer(server);
    return server;
  } catch {
    // Not there after all, or not ours: that the folder is in use says it all.
    return null;
  }
}

const logOnStderr: ServerLog = (level, message, fields) => {
  if (level !== "info")
    process.stderr.write(`playhead: ${message}${fields === undefined ? "" : ` ${JSON.stringify(fields)}`}\n`);
};
