import { access, constants, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { formatSize } from "@playhead/client/format";
import { type DoctorCheck, doctor, freeDiskBytes } from "@playhead/ffmpeg";
import type { Config } from "@playhead/server";
import { findRunningServer } from "../running-server.ts";

/** One thing that was looked at. */
export interface MachineCheck extends DoctorCheck {
  /** What it belongs to: `node`, `ffmpeg`, `data`, `port`. */
  readonly part: string;
}

const OLDEST_NODE = 26;
/** A job of some length needs this much; less is worth a word. */
const ENOUGH_DISK_BYTES = 2e9;

/** Looks at everything that Playhead needs of this machine. Changes nothing. */
export async function checkMachine({
  data,
  host,
  port,
  ffmpeg_path: ffmpegPath,
}: Config): Promise<readonly MachineCheck[]> {
  const [ffmpeg, folder, portCheck] = await Promise.all([
    doctor({ ffmpegPath }),
    checkFolder(data),
    checkPort(host, port, data),
  ]);
  return [
    { part: "node", ...nodeCheck(process.versions.node) },
    ...ffmpeg.checks.map((check) => ({ part: "ffmpeg", ...check })),
    ...folder.map((check) => ({ part: "data", ...check })),
    { part: "port", ...portCheck },
  ];
}

const well = (name: string, found: string): DoctorCheck => ({ name, ok: true, isOptional: false, found, advice: null });
const ill = (name: string, found: string, advice: string): DoctorCheck => ({
  name,
  ok: false,
  isOptional: false,
  found,
  advice,
});

/** Whether a version of Node is new enough. */
export function nodeCheck(version: string): DoctorCheck {
  const isNew = Number(version.split(".", 1)[0]) >= OLDEST_NODE;
  return isNew ? well("version", version) : ill("version", version, `install Node ${OLDEST_NODE} or newer`);
}

async function checkFolder(folder: string): Promise<readonly DoctorCheck[]> {
  const existing = await nearestFolder(folder);
  if (existing === null)
    return [ill("folder", `${folder} is not a folder`, "choose another with --data or PLAYHEAD_DATA")];
  const checks: DoctorCheck[] = [];
  try {
    await access(existing, constants.W_OK);
    checks.push(well("folder", existing === folder ? folder : `${folder}, which the first start makes`));
  } catch {
    checks.push(
      ill(
        "folder",
        `${existing} cannot be written`,
        "change its rights, or choose another with --data or PLAYHEAD_DATA",
      ),
    );
  }
  const freeBytes = await freeDiskBytes(existing);
  if (freeBytes !== null) {
    const found = `${formatSize(freeBytes)} free`;
    const isEnough = freeBytes >= ENOUGH_DISK_BYTES;
    checks.push(
      isEnough ? well("disk", found) : { ...ill("disk", found, "free some space before long jobs"), isOptional: true },
    );
  }
  const running = findRunningServer(folder);
  if (running !== null) checks.push(well("server", `one runs at ${running.url}`));
  return checks;
}

/** The folder itself, or the nearest one above it that is there; null when something else stands in the way. */
async function nearestFolder(folder: string): Promise<string | null> {
  for (let path = folder; ; path = dirname(path)) {
    try {
      return (await stat(path)).isDirectory() ? path : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") return null;
      if (path === dirname(path)) return null;
    }
  }
}

async function checkPort(host: string, port: number, dataFolder: string): Promise<DoctorCheck> {
  const name = `${host}:${port}`;
  const code = await tryListen(host, port);
  if (code === null) return well(name, "free");
  const running = findRunningServer(dataFolder);
  if (running !== null && new URL(running.url).port === String(port))
    return well(name, "used by the server of this data folder");
  return ill(name, `cannot be listened on (${code})`, "choose another with --port or PLAYHEAD_PORT");
}

/** @returns the code of the error, or null when it can be listened on */
function tryListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}
