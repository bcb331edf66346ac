import { mkdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { unwritable } from "@playhead/ffmpeg";
import { type RatedClip, ranked } from "./ranking.ts";

/** Where the files of the best stay, in the output folder. */
const MEDIA_FOLDER = "media";

/** Endings by ffmpeg's names of containers. */
const ENDINGS: Readonly<Record<string, string>> = { mov: ".mp4", matroska: ".mkv", mpegts: ".ts", mpeg: ".mpg" };

/** A file that was downloaded. */
export interface Downloaded {
  readonly path: string;
  /** ffmpeg's name of what is in it. */
  readonly container: string;
}

/** Keeps the downloads of the best, however many clips there are: no more files than are wanted. */
export interface TopKeeper {
  /**
   * Moves a file to those that stay if its clip is among the best so far, and lets go of the one that it displaces.
   *
   * @throws PlayheadError `disk_full` or `output_unwritable`
   */
  offer(clip: RatedClip, downloaded: Downloaded): Promise<void>;
  /** Path of the file that is kept of a clip; null when none is. */
  pathOf(itemId: string): string | null;
  /** Lets go of all of them. Never rejects. */
  discard(): Promise<void>;
}

/** @param top how many stay */
export function createTopKeeper(top: number, outDir: string): TopKeeper {
  const folder = join(outDir, MEDIA_FOLDER);
  const kept = new Map<string, { readonly clip: RatedClip; readonly path: string }>();
  /** One after the other: each decides by what the others have done. */
  let turn: Promise<void> = Promise.resolve();

  async function take(clip: RatedClip, downloaded: Downloaded): Promise<void> {
    const order = ranked([...[...kept.values()].map((each) => each.clip), clip]);
    if (order.indexOf(clip) >= top) return;
    const ending = ENDINGS[downloaded.container] ?? `.${downloaded.container}`;
    const path = join(folder, `${clip.item.itemId}${ending}`);
    try {
      await mkdir(folder, { recursive: true });
      await rename(downloaded.path, path);
    } catch (error) {
      throw unwritable(folder, error);
    }
    kept.set(clip.item.itemId, { clip, path });
    for (const { item } of order.slice(top)) {
      const displaced = kept.get(item.itemId);
      kept.delete(item.itemId);
      if (displaced !== undefined) await rm(displaced.path, { force: true });
    }
  }

  return {
    offer(clip, downloaded) {
      const taking = turn.then(() => take(clip, downloaded));
      turn = taking.catch(() => undefined);
      return taking;
    },
    pathOf: (itemId) => kept.get(itemId)?.path ?? null,
    async discard() {
      await turn;
      for (const { path } of kept.values()) await rm(path, { force: true }).catch(() => undefined);
      kept.clear();
      await rmdir(folder).catch(() => undefined);
    },
  };
}
