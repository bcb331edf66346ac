import { join } from "node:path";
import { formatBytes } from "@playhead/ffmpeg";
import { monitor, PlayheadError, type StepHandle, type TaskHandle } from "@playhead/sdk";
import { withRetries } from "../media/with-retries.ts";
import { rounded } from "../media/words.ts";
import type { Storage, StoredObject } from "../storage/storage.ts";
import type { ClipsRun } from "./clips-run.ts";
import type { ClipEntry } from "./manifest.ts";

/** What it is given are handles and plans, which the job's page shows better. */
const WITHOUT_HANDLES = { parameters: false, result: false };

/**
 * Uploads a finished clip and its thumbnail, and writes down where they lie. When it cannot be done for good, no other
 * clip is uploaded either: the job ends (SPEC §13). What is rendered stays, and the next run uploads it.
 * ```
 * uploading → upload_complete → (the task completes)
 * ```
 */
export const uploadClip = monitor(async function uploadClip(
  task: TaskHandle,
  entry: ClipEntry,
  storage: Storage,
  run: ClipsRun,
  signal: AbortSignal,
): Promise<ClipEntry> {
  const startMs = performance.now();
  const total = { storage: storage.title, total_bytes: entry.size_bytes };
  const uploading = task.step("uploading", (step) => send({ task, step, entry, storage, folder: run.outDir, signal }), {
    text: entry.file,
    sent_bytes: 0,
    ...total,
  });
  const { clip, thumbnail } = await uploading.catch((error: unknown) => {
    if (!signal.aborted && error instanceof PlayheadError) run.stop.end(error);
    throw error;
  });
  const upload_sec = rounded((performance.now() - startMs) / 1_000, 2);
  task.step("upload_complete", undefined, {
    ...{ text: clip.key, key: clip.key, ...(clip.url !== null && { url: clip.url }), storage: storage.title },
    ...{ size_bytes: clip.size_bytes, sha256: clip.sha256, upload_sec },
  });
  const { place } = storage;
  const others = (entry.uploads ?? []).filter((each) => each.place !== place);
  const upload = { place, key: clip.key, url: clip.url, thumbnail_url: thumbnail?.url ?? null, sha256: clip.sha256 };
  const uploaded: ClipEntry = { ...entry, uploads: [...others, upload] };
  await run.manifest.add(uploaded);
  task.log.info(`uploaded ${clip.key} to ${storage.title}: ${formatBytes(clip.size_bytes)} in ${upload_sec} s`);
  return uploaded;
}, WITHOUT_HANDLES);

interface Sending {
  readonly task: TaskHandle;
  readonly step: StepHandle;
  readonly entry: ClipEntry;
  readonly storage: Storage;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** First the picture, so that nobody finds the clip without. */
async function send(
  sending: Sending,
): Promise<{ readonly clip: StoredObject; readonly thumbnail: StoredObject | null }> {
  const { task, step, entry, storage, folder, signal } = sending;
  const thumbnail = entry.thumbnail === null ? null : await sendThumbnail(entry.thumbnail, sending);
  const clip = await withRetries(task, signal, () =>
    storage.put(entry.file, join(folder, entry.file), {
      signal,
      onProgress: (sent_bytes, total_bytes) =>
        step.progress(sent_bytes / Math.max(1, total_bytes), { sent_bytes, total_bytes }),
      onWarning: (message) => task.warn(message),
    }),
  );
  return { clip, thumbnail };
}

/** A clip without it is still a clip: what goes wrong here is a warning. */
async function sendThumbnail(name: string, { task, storage, folder, signal }: Sending): Promise<StoredObject | null> {
  const onWarning = (message: string) => task.warn(message);
  try {
    return await storage.put(name, join(folder, name), { signal, onWarning });
  } catch (error) {
    if (signal.aborted || !(error instanceof PlayheadError) || error.code === "canceled") throw error;
    task.warn(`the thumbnail was not uploaded: ${error.message}`, { error_code: error.code });
    return null;
  }
}
