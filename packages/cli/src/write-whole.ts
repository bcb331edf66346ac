import { createWriteStream, renameSync, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PlayheadError } from "@playhead/core";

/**
 * Writes beside the file first, so that what has its name is whole.
 *
 * @returns its size
 * @throws PlayheadError `data_unwritable`, or whatever the pieces or the signal end with
 */
export async function writeWhole(
  file: string,
  pieces: AsyncIterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  const part = `${file}.${process.pid}.part`;
  const target = createWriteStream(part, { mode: 0o600 });
  try {
    await pipeline(Readable.from(pieces), target, { signal });
    renameSync(part, file);
    return target.bytesWritten;
  } catch (cause) {
    rmSync(part, { force: true });
    if (signal.aborted && signal.reason instanceof PlayheadError) throw signal.reason;
    if (cause instanceof PlayheadError) throw cause;
    throw new PlayheadError("data_unwritable", `${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** A size as commands tell it: `4.2 kB`, `38.0 MB`. */
export function formatBytes(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
