import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { PlayheadError } from "@playhead/core";

/** The two programs this package runs. */
export type Program = "ffmpeg" | "ffprobe";

export interface LocateOptions {
  /** Path of the program: absolute, relative to the working directory, or a bare name to be looked up in PATH. */
  readonly path?: string | undefined;
  /** Path of the other program: when one of ours lies beside it, it is taken. */
  readonly besidePath?: string | undefined;
  /** @defaultValue `process.env` */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const INSTALL_HINT =
  "install ffmpeg (Debian, Ubuntu: apt install ffmpeg; macOS: brew install ffmpeg), or set FFMPEG_PATH to it";

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The first executable file of this name in a PATH, or null. */
export async function findInPath(name: string, searchPath: string | undefined): Promise<string | null> {
  for (const folder of (searchPath ?? "").split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const candidate = join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return null;
}

/** What was asked for by name or path; the environment says where to look when no path was given. */
function wanted(program: Program, options: LocateOptions, env: Readonly<Record<string, string | undefined>>) {
  if (options.path !== undefined && options.path !== "") return { path: options.path, from: "the path given" };
  const own = program === "ffmpeg" ? env.FFMPEG_PATH : env.FFPROBE_PATH;
  if (own) return { path: own, from: program === "ffmpeg" ? "FFMPEG_PATH" : "FFPROBE_PATH" };
  return null;
}

/** A program in the folder of another one; null for a bare name, which has no folder. */
async function findBeside(program: Program, otherPath: string | undefined): Promise<string | null> {
  if (!otherPath?.includes("/")) return null;
  const beside = join(dirname(resolve(otherPath)), program);
  return (await isExecutable(beside)) ? beside : null;
}

/**
 * The absolute path of ffmpeg or ffprobe: the path given, else the one beside the other's, else `FFMPEG_PATH` or
 * `FFPROBE_PATH`, else (ffprobe) the one beside `FFMPEG_PATH`, else the first in PATH.
 * @throws PlayheadError `ffmpeg_missing`
 */
export async function locateProgram(program: Program, options: LocateOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const { path, besidePath } = options;
  if (path === undefined || path === "") {
    const found = await findBeside(program, besidePath);
    if (found !== null) return found;
  }
  const asked = wanted(program, options, env);
  if (asked !== null) {
    const isBareName = !asked.path.includes("/");
    const found = isBareName ? await findInPath(asked.path, env.PATH) : resolve(asked.path);
    if (found !== null && (await isExecutable(found))) return found;
    throw new PlayheadError("ffmpeg_missing", `${asked.from} does not lead to a program that can run ${program}`, {
      hint: `correct it; or ${INSTALL_HINT}`,
      detail: { program },
      cause: new Error(`not an executable file: ${asked.path}`),
    });
  }
  const beside = program === "ffprobe" ? await findBeside(program, env.FFMPEG_PATH) : null;
  const found = beside ?? (await findInPath(program, env.PATH));
  if (found !== null) return found;
  throw new PlayheadError("ffmpeg_missing", `${program} is not installed: it was not found in PATH`, {
    hint: INSTALL_HINT,
    detail: { program },
  });
}
