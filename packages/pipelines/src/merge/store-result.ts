import { basename } from "node:path";
import { formatBytes } from "@playhead/ffmpeg";
import type { TaskHandle } from "@playhead/sdk";
import { withRetries } from "../media/with-retries.ts";
import type { StoredObject } from "../storage/storage.ts";
import type { MergeRun } from "./merge-run.ts";

/** A storage takes so many bytes a second, about: for the bar. */
export const STORE_BYTES_PER_SEC = 20_000_000;

/** Stage `storage_upload`: puts the result, and what is told of it, into the storage, if one was given. */
export async function storeResult(
  stage: TaskHandle,
  sizeBytes: number,
  run: MergeRun,
): Promise<readonly StoredObject[]> {
  const { output, segmentsFile, options } = run;
  const { storage } = options;
  if (storage === undefined) {
    stage.skip("no storage was given");
    return [];
  }
  return stage.run(async () => {
    const stored: StoredObject[] = [];
    for (const file of [output, segmentsFile]) {
      const key = `${stage.job.job_id}/${basename(file)}`;
      const put = () =>
        storage.put(key, file, {
          signal: stage.signal,
          onProgress: (sentBytes) =>
            stage.progress(sentBytes / sizeBytes, { sent_bytes: sentBytes, text: `${formatBytes(sentBytes)} sent` }),
        });
      stored.push(await withRetries(stage, stage.signal, put));
    }
    stage.log.info(`${basename(output)} is in ${storage.title}`);
    stage.complete({ file_size_bytes: sizeBytes, video_count: 1 });
    return stored;
  });
}
