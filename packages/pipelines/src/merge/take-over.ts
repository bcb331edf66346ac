import { createReadStream, createWriteStream } from "node:fs";
import { link, mkdir, realpath, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { checkInputFile, ensureDiskSpace, unwritable } from "@playhead/ffmpeg";
import { PlayheadError, type TaskHandle } from "@playhead/sdk";
import { withRetries } from "../media/with-retries.ts";
import { eachPart } from "./each-part.ts";
import type { MergeRun } from "./merge-run.ts";
import { DISK_MARGIN_BYTES, type GivenPart } from "./prepare.ts";

/** Copying is this fast, in bytes a second, for the bar. */
export const COPY_BYTES_PER_SEC = 200_000_000;

/**
 * Stage `upload`: sees that every input is there, and takes over those that may go away.
 *
 * @returns the parts with the paths that they are read from
 */
export async function takeOver(stage: TaskHandle, run: MergeRun): Promise<readonly GivenPart[]> {
  const { given, slots } = run;
  return stage.run(async () => {
    const taken = await eachPart(stage, run, {
      ...{ stage: "upload", items: given, parallel: slots, saysAll: true, doing: "taking over" },
      weight: ({ isUpload, sizeBytes }) => (isUpload ? sizeBytes / COPY_BYTES_PER_SEC : 0),
      fields: ({ name, sizeBytes }) => ({ file: name, size_bytes: sizeBytes }),
      work: (part, task) => withRetries(task, task.signal, () => takeOne(part, task, run.workDir)),
    });
    const bytes = taken.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    stage.complete({ file_size_bytes: bytes, video_count: taken.length });
    return taken;
  });
}

async function takeOne(part: GivenPart, task: TaskHandle, workDir: string): Promise<GivenPart> {
  const sizeBytes = await checkInputFile(part.path);
  if (!part.isUpload) {
    task.complete({ text: "used where it is", size_bytes: sizeBytes });
    return { ...part, sizeBytes };
  }
  const folder = join(workDir, `input-${part.number}`);
  const path = join(folder, basename(part.path));
  try {
    await mkdir(folder, { recursive: true });
    await rm(path, { force: true });
    const isLinked = await link(await realpath(part.path), path).then(
      () => true,
      () => false,
    );
    if (!isLinked) {
      await ensureDiskSpace(workDir, sizeBytes + DISK_MARGIN_BYTES);
      await copy(part.path, path, task.signal, (bytes) => task.progress(bytes / sizeBytes));
    }
    task.complete({ text: isLinked ? "taken over by a link" : "copied", size_bytes: sizeBytes });
    return { ...part, path, sizeBytes };
  } catch (error) {
    if (task.signal.aborted) throw task.signal.reason;
    // If it is the input that failed, this says how.
    await checkInputFile(part.path);
    throw error instanceof PlayheadError ? error : unwritable(folder, error);
  }
}

async function copy(from: string, to: string, signal: AbortSignal, onCopied: (bytes: number) => void): Promise<void> {
  let copiedBytes = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      copiedBytes += chunk.length;
      onCopied(copiedBytes);
      done(null, chunk);
    },
  });
  await pipeline(createReadStream(from), counting, createWriteStream(to), { signal });
}
