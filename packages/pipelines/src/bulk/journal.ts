import { type FileHandle, open, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { unwritable } from "@playhead/ffmpeg";
import { PlayheadError } from "@playhead/sdk";
import * as z from "zod";

/** A file of the output folder itself: a journal that was tampered with must not lead us elsewhere. */
const fileName = z.string().regex(/^(?!\.\.?$)[^/\\\0]{1,255}$/);
const videoEntry = z.object({
  item_id: z.string(),
  row: z.number(),
  title: z.string(),
  file: fileName,
  thumbnail: fileName.nullable(),
  duration_sec: z.number(),
  width: z.number(),
  height: z.number(),
  size_bytes: z.number(),
});

/** A video that is finished, as the journal tells it. */
export type VideoEntry = z.infer<typeof videoEntry>;

/** Its name in the output folder. */
export const JOURNAL_NAME = "manifest.ndjson";
const HEAD = `${JSON.stringify({ playhead: "bulk", version: 1 })}\n`;

/**
 * What an output folder holds: a line for each finished video, added as it is finished and never changed, so that a run
 * that was cut off can be gone on from. A line that was cut off itself counts for nothing.
 */
export interface Journal {
  readonly path: string;
  /** The finished video of that id; null when there is none, or its file is not as it was left. */
  find(itemId: string): Promise<VideoEntry | null>;
  /** Adds a video; resolves when it is written down. @throws PlayheadError `disk_full` or `output_unwritable` */
  add(video: VideoEntry): Promise<void>;
  close(): Promise<void>;
}

/**
 * Reads the journal of a folder; where there is none, it is made with the first video.
 *
 * @throws PlayheadError `output_unwritable` when there is one that is not ours
 */
export async function openJournal(folder: string): Promise<Journal> {
  const path = join(folder, JOURNAL_NAME);
  const { entries, wholeBytes, isTorn } = await read(path);
  /** Which video a file is by now: one that was written over is gone. */
  const ownerOf = new Map(entries.map(({ file, item_id }) => [file, item_id]));
  const byId = new Map(entries.map((entry) => [entry.item_id, entry]));
  let file: FileHandle | null = null;
  /** Writes come one after the other; those that wait for their turn share the next. */
  let turn: Promise<void> = Promise.resolve();
  let waiting: string[] = [];
  let next: Promise<void> | null = null;

  async function write(): Promise<void> {
    next = null;
    const lines = waiting.join("");
    waiting = [];
    try {
      if (file === null) {
        if (isTorn) await truncate(path, wholeBytes);
        file = await open(path, "a", 0o644);
        if (wholeBytes === 0) await file.write(HEAD);
      }
      await file.write(lines);
      await file.datasync();
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  return {
    path,
    async find(itemId) {
      const video = byId.get(itemId);
      if (video === undefined || ownerOf.get(video.file) !== itemId) return null;
      if ((await sizeOf(join(folder, video.file))) !== video.size_bytes) return null;
      const hasPicture = video.thumbnail !== null && (await sizeOf(join(folder, video.thumbnail))) !== null;
      return hasPicture ? video : { ...video, thumbnail: null };
    },
    async add(video) {
      waiting.push(`${JSON.stringify(video)}\n`);
      if (next === null) {
        next = turn.then(write);
        turn = next.catch(() => undefined);
      }
      await next;
    },
    async close() {
      await turn;
      await file?.close();
      file = null;
    },
  };
}

async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? found.size : null;
}

async function read(path: string) {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return "";
    throw notOurs(cause);
  });
  const end = text.lastIndexOf("\n") + 1;
  const whole = text.slice(0, end);
  // One that was cut off within its first line is ours as well.
  if (whole === "" ? !HEAD.startsWith(text) : !whole.startsWith(HEAD)) throw notOurs();
  const entries = whole.split("\n").slice(1).flatMap(readLine);
  return { entries, wholeBytes: Buffer.byteLength(whole), isTorn: end < text.length };
}

function readLine(line: string): readonly VideoEntry[] {
  try {
    const parsed = videoEntry.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

function notOurs(cause?: unknown): PlayheadError {
  const message = `the output folder has a ${JOURNAL_NAME} that Playhead did not write, or that was changed`;
  return new PlayheadError("output_unwritable", message, {
    hint: "choose another output folder, or move that file away",
    cause,
  });
}
