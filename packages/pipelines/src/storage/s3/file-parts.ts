import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { PlayheadError } from "@playhead/sdk";
import { fileWords } from "../../media/words.ts";
import { type Part, partOf } from "./part.ts";

/** S3 takes 10,000 parts, of 5 MiB at least but for the last. */
const MAX_PARTS = 9_000;
const LEAST_PART_BYTES = 8 * 1024 * 1024;

/** A file that is read once, part by part, in order. */
export interface FileParts {
  readonly sizeBytes: number;
  readonly partCount: number;
  /** The next part; null after the last. One call at a time. @throws PlayheadError `upload_damaged` when the file changed */
  next(): Promise<Part | null>;
  /** The checksum of all, once the last part was read: lowercase hexadecimal. */
  sha256(): string;
  close(): Promise<void>;
}

/**
 * Opens a file to be sent.
 *
 * @param leastPartBytes for tests; S3 takes no smaller parts than 5 MiB
 * @throws PlayheadError `input_missing` or `input_refused`
 */
export async function openFileParts(path: string, leastPartBytes = LEAST_PART_BYTES): Promise<FileParts> {
  const file = await openFile(path);
  const { size: sizeBytes } = await file.stat();
  const partBytes = Math.max(leastPartBytes, Math.ceil(sizeBytes / MAX_PARTS));
  const partCount = Math.max(1, Math.ceil(sizeBytes / partBytes));
  const hash = createHash("sha256");
  let read = 0;
  let whole: string | null = null;
  return {
    sizeBytes,
    partCount,
    async next() {
      if (read >= partCount) return null;
      const at = read * partBytes;
      const wanted = Math.min(partBytes, sizeBytes - at);
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
      if (bytesRead < wanted) {
        throw new PlayheadError("upload_damaged", `${fileWords(path)} was changed while it was uploaded`, {
          hint: "leave it alone until it is uploaded",
        });
      }
      hash.update(buffer);
      read += 1;
      return partOf(read, buffer);
    },
    sha256() {
      whole ??= hash.digest("hex");
      return whole;
    },
    close: () => file.close(),
  };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    const isGone = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const name = fileWords(path);
    if (isGone) {
      const hint = "leave it in its place until it is uploaded";
      throw new PlayheadError("input_missing", `there is no file "${name}" to upload`, { hint, cause });
    }
    const hint = "change its permissions, or run as a user who may read it";
    throw new PlayheadError("input_refused", `"${name}" may not be read, so that it cannot be uploaded`, {
      hint,
      cause,
    });
  }
}
