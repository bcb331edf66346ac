import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join, parse, resolve, sep } from "node:path";
import { PlayheadError } from "@playhead/sdk";
import { fileWords } from "../../media/words.ts";
import { expectedAnalysisSec, guessedDurationSec } from "../expected-time.ts";
import type { ClipSource, ItemMedia, SourceItem } from "./clip-source.ts";

/** What videos are called. What is in the file decides; this only passes over notes and pictures. */
const VIDEO_NAMES: ReadonlySet<string> = new Set([
  ...[".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".flv", ".wmv"],
  ...[".asf", ".ogv", ".3gp", ".mxf", ".gif", ".wtv", ".vob"],
]);
const LIST_SEC = 0.5;

/**
 * The videos that lie in a folder, by name; those in folders within it are not looked for.
 *
 * @throws PlayheadError `input_missing` where there is no folder, or no video in it; `input_refused` when it may not be read
 */
export async function openFolder(folder: string, maxItems: number): Promise<ClipSource> {
  const root = await realpath(resolve(folder)).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const videos = entries.filter(isVideo).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (videos.length === 0) {
    throw new PlayheadError("input_missing", `there is no video in the folder "${fileWords(folder)}"`, {
      hint: "give a folder with video files (mp4, mov, mkv, webm …) in it",
    });
  }
  const paths = videos.slice(0, maxItems).map(({ name }) => join(root, name));
  return openFiles(paths, { within: root, title: `folder ${fileWords(root)}`, leftOut: videos.length - paths.length });
}

export interface FilesOptions {
  readonly title: string;
  readonly leftOut: number;
  /** The folder that no file may lead out of. */
  readonly within?: string;
}

/** Files on this machine, as a source. What is wrong with one of them is that one's affair. */
export async function openFiles(paths: readonly string[], options: FilesOptions): Promise<ClipSource> {
  const { title, leftOut, within } = options;
  const items = await Promise.all(paths.map((path) => itemOf(path, within ?? null)));
  const durations = items.map(({ media }) => guessedDurationSec(media.kind === "file" ? media.sizeBytes : 0));
  return {
    kind: "folder",
    title,
    platform: null,
    listSec: LIST_SEC,
    expectedSec: durations.reduce((sum, sec) => sum + expectedAnalysisSec(sec), 0),
    list: async () => ({ items, leftOut }),
  };
}

const isVideo = (entry: Dirent) => VIDEO_NAMES.has(extname(entry.name).toLowerCase()) && !entry.isDirectory();

async function itemOf(path: string, within: string | null): Promise<SourceItem> {
  return {
    itemId: parse(path).base,
    title: fileWords(parse(path).name),
    link: null,
    publishedMs: null,
    durationSec: null,
    media: await mediaOf(path, within),
    stats: null,
  };
}

/** Whoever fills a folder is not always whoever owns what its links lead to. */
async function mediaOf(path: string, within: string | null): Promise<ItemMedia> {
  const real = await realpath(path).catch(() => path);
  if (within !== null && !real.startsWith(within.endsWith(sep) ? within : within + sep)) {
    const error = new PlayheadError("input_refused", `"${fileWords(path)}" is a link that leads out of its folder`, {
      hint: "copy the file into the folder, or give the folder that it is in",
    });
    return { kind: "refused", error };
  }
  const found = await stat(path).catch(() => null);
  return { kind: "file", path, sizeBytes: found?.size ?? 0 };
}

function unreadable(folder: string, cause: unknown): PlayheadError {
  const { code } = cause as NodeJS.ErrnoException;
  const name = fileWords(folder);
  if (code === "EACCES" || code === "EPERM") {
    const hint = "change its permissions, or run as a user who may read it";
    return new PlayheadError("input_refused", `the folder "${name}" may not be read`, { hint, cause });
  }
  const what = code === "ENOTDIR" ? `"${name}" is not a folder` : `there is no folder "${name}"`;
  return new PlayheadError("input_missing", what, { hint: "give a folder of videos, a feed or YouTube", cause });
}
