import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PlayheadError } from "@playhead/sdk";
import * as z from "zod";

const clipEntry = z.object({
  clip_id: z.string(),
  scene_id: z.string(),
  scene_title: z.string(),
  style: z.string(),
  file: z.string(),
  thumbnail: z.string().nullable(),
  start_sec: z.number(),
  duration_sec: z.number(),
  width: z.number(),
  height: z.number(),
  size_bytes: z.number(),
});
const manifestFile = z.object({ version: z.literal(1), clips: z.array(clipEntry) });

/** A clip that is finished, as the manifest tells it. */
export type ClipEntry = z.infer<typeof clipEntry>;

/** Its name in the output folder. */
export const MANIFEST_NAME = "manifest.json";

/**
 * What an output folder holds: written anew, atomically, with each finished clip, so that a run that was cut off can be
 * gone on from.
 *
 * @throws PlayheadError `output_unwritable` when there is a manifest that is not ours
 */
export async function openManifest(folder: string) {
  const path = join(folder, MANIFEST_NAME);
  const clips = new Map<string, ClipEntry>((await read(path)).map((clip) => [clip.clip_id, clip]));
  /** Writes come one after the other. */
  let turn: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    await writeFile(`${path}.part`, `${JSON.stringify({ version: 1, clips: [...clips.values()] }, null, 2)}\n`);
    await rename(`${path}.part`, path);
  }

  return {
    path,
    /** The finished clip of that id; null when there is none, or its file is not as it was left. */
    async find(clipId: string): Promise<ClipEntry | null> {
      const clip = clips.get(clipId);
      if (clip === undefined) return null;
      const size = await stat(join(folder, clip.file)).then(
        (found) => found.size,
        () => null,
      );
      return size === clip.size_bytes ? clip : null;
    },
    async add(clip: ClipEntry): Promise<void> {
      clips.set(clip.clip_id, clip);
      const mine = turn.then(write);
      turn = mine.catch(() => undefined);
      await mine;
    },
  };
}

export type Manifest = Awaited<ReturnType<typeof openManifest>>;

async function read(path: string): Promise<readonly ClipEntry[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw notOurs(cause);
  }
  try {
    return manifestFile.parse(JSON.parse(text)).clips;
  } catch (cause) {
    throw notOurs(cause);
  }
}

function notOurs(cause: unknown): PlayheadError {
  return new PlayheadError(
    "output_unwritable",
    `the output folder has a ${MANIFEST_NAME} that Playhead did not write`,
    {
      hint: "choose another output folder, or move that file away",
      cause,
    },
  );
}
