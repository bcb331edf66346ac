import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { unwritable } from "@playhead/ffmpeg";
import { PlayheadError } from "@playhead/sdk";
import * as z from "zod";
import { SCENE_ID, type SceneSpec } from "./scenes.ts";

/** A file of the output folder itself: a manifest that was tampered with must not lead us elsewhere. */
const fileName = z.string().regex(/^(?!\.\.?$)[^/\\\0]{1,255}$/);
const upload = z.object({
  /** As the storage names itself. */
  place: z.string(),
  key: z.string(),
  url: z.string().nullable(),
  thumbnail_url: z.string().nullable(),
  sha256: z.string(),
});
const clipEntry = z.object({
  clip_id: z.string(),
  source_id: z.string(),
  scene_id: z.string(),
  scene_title: z.string(),
  style: z.string(),
  file: fileName,
  thumbnail: fileName.nullable(),
  start_sec: z.number(),
  duration_sec: z.number(),
  width: z.number(),
  height: z.number(),
  size_bytes: z.number(),
  /** Where else it lies. */
  uploads: z.array(upload).optional(),
});
const sceneEntry = z.object({
  scene_id: z.string().regex(SCENE_ID),
  title: z.string(),
  start_sec: z.number(),
  end_sec: z.number(),
});
const sourceEntry = z.object({
  source_id: z.string(),
  name: z.string(),
  duration_sec: z.number(),
  found_scenes: z.array(sceneEntry),
});
const content = z.object({ version: z.literal(1), sources: z.array(sourceEntry), clips: z.array(clipEntry) });

/** A clip that is finished, as the manifest tells it. */
export type ClipEntry = z.infer<typeof clipEntry>;
/** Where a finished clip was uploaded to. */
export type UploadEntry = z.infer<typeof upload>;
/** A video whose scenes were found. */
export type SourceEntry = z.infer<typeof sourceEntry>;
type Content = z.infer<typeof content>;

/** The upload of a clip to a place; undefined while there is none. */
export function uploadTo(place: string, { uploads = [] }: ClipEntry): UploadEntry | undefined {
  return uploads.find((each) => each.place === place);
}

/** Its name in the output folder. */
export const MANIFEST_NAME = "manifest.json";

/** What an output folder holds, written down so that a run that was cut off can be gone on from. */
export interface Manifest {
  readonly path: string;
  /** Under which name it is written until it is whole. */
  readonly partPath: string;
  /** The finished clip of that id; null when there is none, or its file is not as it was left. */
  find(clipId: string): Promise<ClipEntry | null>;
  /** The scenes that an earlier run has found in a video; null when none has. */
  foundScenes(sourceId: string): readonly SceneSpec[] | null;
  /** Keeps what was found, to be written down with the next clip. */
  keepScenes(source: SourceEntry): void;
  /** Adds a clip; resolves when it is written down. @throws PlayheadError `disk_full` or `output_unwritable` */
  add(clip: ClipEntry): Promise<void>;
}

/**
 * Reads the manifest of a folder; where there is none, it is made with the first clip.
 *
 * @throws PlayheadError `output_unwritable` when there is one that is not ours
 */
export async function openManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST_NAME);
  const partPath = `${path}.${randomBytes(4).toString("hex")}.part`;
  const known = await read(path);
  const sources = bySourceId(known);
  const clips = byClipId(known);
  /** What this run adds. */
  const mine = { sources: new Map<string, SourceEntry>(), clips: new Map<string, ClipEntry>() };
  /** Writes come one after the other; those that wait for their turn share the next. */
  let turn: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;

  async function write(): Promise<void> {
    next = null;
    // Another run may have added to it meanwhile.
    const there = await read(path);
    const all = { sources: bySourceId(there), clips: byClipId(there) };
    for (const [id, source] of mine.sources) all.sources.set(id, source);
    for (const [id, clip] of mine.clips) all.clips.set(id, clip);
    const merged: Content = { version: 1, sources: [...all.sources.values()], clips: [...all.clips.values()] };
    try {
      await replaceFile(path, partPath, `${JSON.stringify(merged, null, 2)}\n`);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  return {
    path,
    partPath,
    async find(clipId) {
      const clip = clips.get(clipId);
      if (clip === undefined || (await sizeOf(join(folder, clip.file))) !== clip.size_bytes) return null;
      const hasPicture = clip.thumbnail !== null && (await sizeOf(join(folder, clip.thumbnail))) !== null;
      return hasPicture ? clip : { ...clip, thumbnail: null };
    },
    foundScenes: (sourceId) => sources.get(sourceId)?.found_scenes ?? null,
    keepScenes(source) {
      mine.sources.set(source.source_id, source);
    },
    async add(clip) {
      mine.clips.set(clip.clip_id, clip);
      if (next === null) {
        next = turn.then(write);
        turn = next.catch(() => undefined);
      }
      try {
        await next;
      } catch (error) {
        // Whoever could not write it down has no such clip.
        mine.clips.delete(clip.clip_id);
        throw error;
      }
    },
  };
}

const bySourceId = ({ sources }: Content) => new Map(sources.map((source) => [source.source_id, source]));
const byClipId = ({ clips }: Content) => new Map(clips.map((clip) => [clip.clip_id, clip]));

async function replaceFile(path: string, partPath: string, text: string): Promise<void> {
  try {
    const file = await open(partPath, "w");
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(partPath, path);
  } catch (error) {
    await rm(partPath, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? found.size : null;
}

async function read(path: string): Promise<Content> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { version: 1, sources: [], clips: [] };
    throw notOurs(cause);
  }
  try {
    return content.parse(JSON.parse(text));
  } catch (cause) {
    throw notOurs(cause);
  }
}

function notOurs(cause: unknown): PlayheadError {
  const message = `the output folder has a ${MANIFEST_NAME} that Playhead did not write, or that was changed`;
  return new PlayheadError("output_unwritable", message, {
    hint: "choose another output folder, or move that file away",
    cause,
  });
}
