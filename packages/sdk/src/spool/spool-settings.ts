import { createHash } from "node:crypto";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Where what cannot be sent waits on disk, and how much of it. */
export interface SpoolSettings {
  /**
   * Absolute, or from the working directory; made when it is needed. Workers of one server and one key may share it:
   * whichever starts next delivers what another left.
   */
  readonly folder: string;
  /** What one worker may leave there, together with what it finds when it first needs it. */
  readonly maxBytes: number;
}

/** Where a program keeps what must outlive it: of the user, or where there is no home, temporary. */
interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly temp: string;
}

/**
 * The folder for one server and one key. Not for the server alone: what was recorded for one tenant must never be
 * delivered with the key of another.
 */
export function defaultSpoolFolder(
  url: string,
  apiKey: string,
  surroundings: Surroundings = { env: process.env, platform: process.platform, home: homeFolder(), temp: tmpdir() },
): string {
  const name = createHash("sha256").update(`${url}\n${apiKey}`).digest("hex").slice(0, 16);
  return join(stateFolder(surroundings), "spool", name);
}

function stateFolder({ env, platform, home, temp }: Surroundings): string {
  if (env.XDG_STATE_HOME) return join(env.XDG_STATE_HOME, "playhead");
  if (platform === "win32" && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, "playhead");
  // A service without a home has "/" for one.
  return home === "" || home === "/" ? join(temp, "playhead") : join(home, ".local", "state", "playhead");
}

function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return "";
  }
}
