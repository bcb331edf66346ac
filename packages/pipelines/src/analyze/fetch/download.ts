import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { ensureDiskSpace, unwritable } from "@playhead/ffmpeg";
import type { TaskHandle } from "@playhead/sdk";
import { DISK_MARGIN_BYTES } from "../limits.ts";
import { expectSuccess, type OpenOptions, openUrl } from "./open-url.ts";
import { chunksOf, type ReadOptions, tooLarge } from "./read-body.ts";

export interface DownloadOptions extends OpenOptions, ReadOptions {
  /** Called as bytes are written; `totalBytes` is null where the server does not say. */
  readonly onProgress: (receivedBytes: number, totalBytes: number | null) => void;
  /** Held up between two pieces while the job is paused. */
  readonly task: Pick<TaskHandle, "checkpoint">;
}

/**
 * Writes what lies at an address into a file, piece by piece: memory stays small whatever comes.
 *
 * @returns how many bytes it has
 * @throws PlayheadError as `openUrl` and `chunksOf`; `disk_full` or `output_unwritable`
 */
export async function download(address: string, path: string, options: DownloadOptions): Promise<number> {
  const { maxBytes, onProgress, task } = options;
  const answer = await openUrl(address, options);
  expectSuccess(answer);
  const { response, url } = answer;
  const declared = Number(response.headers["content-length"] ?? Number.NaN);
  const totalBytes =
    Number.isSafeInteger(declared) && response.headers["content-encoding"] === undefined ? declared : null;
  let receivedBytes = 0;
  try {
    if (totalBytes !== null && totalBytes > maxBytes) throw tooLarge(url, maxBytes);
    await ensureDiskSpace(dirname(path), (totalBytes ?? 0) + DISK_MARGIN_BYTES);
    const file = await open(path, "w").catch((error: unknown) => {
      throw unwritable(path, error);
    });
    try {
      for await (const chunk of chunksOf(answer, options)) {
        await task.checkpoint();
        await file.writeFile(chunk).catch((error: unknown) => {
          throw unwritable(path, error);
        });
        receivedBytes += chunk.length;
        onProgress(receivedBytes, totalBytes);
      }
    } finally {
      await file.close();
    }
  } finally {
    response.destroy();
  }
  return receivedBytes;
}
