import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ensureDiskSpace, ensureWritableFolder, guardFiles, unwritable } from "@playhead/ffmpeg";
import { PlayheadError } from "@playhead/sdk";
import { fileWords } from "../media/words.ts";
import { type Storage, urlOf } from "./storage.ts";

export interface FolderStorageOptions {
  /** Made if need be; such as one that is mounted from elsewhere. */
  readonly folder: string;
  /** The address under which others get what is in the folder; null where there is none. */
  readonly publicUrl: string | null;
  /** Folder in which unfinished copies are written down, so that none is left after a crash; undefined: nowhere. */
  readonly registryDir: string | undefined;
}

/** Copies files into a folder: under another name first, so that nobody finds half of one. */
export function createFolderStorage({ folder, publicUrl, registryDir }: FolderStorageOptions): Storage {
  const root = resolve(folder);

  function pathOf(key: string): string {
    const path = join(root, key);
    if (path.startsWith(root + sep) && !key.includes("\\")) return path;
    throw new PlayheadError("validation_error", `expected a key within the storage, got ${JSON.stringify(key)}`);
  }

  return {
    title: `folder ${fileWords(root)}`,
    place: `folder:${root}`,
    async put(key, file, { signal, onProgress }) {
      const target = pathOf(key);
      const part = `${target}.part`;
      const { size } = await stat(file);
      await ensureWritableFolder(dirname(target));
      await ensureDiskSpace(dirname(target), size);
      const endGuard = await guardFiles(registryDir, [part]);
      try {
        const sha256 = await copy(file, part, signal, (sentBytes) => onProgress?.(sentBytes, size));
        await rename(part, target);
        const url = publicUrl === null ? null : urlOf(publicUrl, key);
        return { key, url, size_bytes: size, sha256 };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw error instanceof PlayheadError ? error : unwritable(dirname(target), error);
      } finally {
        await rm(part, { force: true });
        await endGuard();
      }
    },
    close: () => undefined,
  };
}

/** @returns the sha256 of what was copied */
async function copy(from: string, to: string, signal: AbortSignal, onSent: (bytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  let sentBytes = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      sentBytes += chunk.length;
      onSent(sentBytes);
      done(null, chunk);
    },
  });
  await pipeline(createReadStream(from), counting, createWriteStream(to, { flush: true }), { signal });
  return hash.digest("hex");
}
