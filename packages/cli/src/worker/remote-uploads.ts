import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { PlayheadError } from "@playhead/core";
import { streamFrom } from "../ask-server.ts";
import type { ServerAddress } from "../server-check.ts";
import type { UploadSource } from "./job-runner.ts";

/** What lies there for longer was left by a worker that was killed. */
const LEFT_AFTER_MS = 24 * 3_600_000;

/** Removes what workers that were killed had fetched. */
export async function sweepFetched(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && nowMs - found.mtimeMs > LEFT_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}

/** Fetches uploads from a server elsewhere, each for the job that works on it, into a folder that goes with the job. */
export function remoteUploads(server: ServerAddress, folder: string): UploadSource {
  const folderOf = (jobId: string) => join(folder, jobId);
  return {
    async fetch(uploadId, { job, signal }) {
      const into = folderOf(job.job_id);
      await mkdir(into, { recursive: true, mode: 0o700 });
      const path = join(into, uploadId);
      const { pieces, headers } = await streamFrom(server, `uploads/${encodeURIComponent(uploadId)}`, signal).catch(
        (error: unknown) => {
          throw asMissing(error, uploadId);
        },
      );
      const hash = createHash("sha256");
      await pipeline(
        pieces,
        async function* hashed(chunks) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(path, { mode: 0o600 }),
        { signal },
      );
      const expected = headers.get("x-sha256");
      if (expected !== null && hash.digest("hex") !== expected) {
        throw new PlayheadError("upload_damaged", `upload ${uploadId} did not arrive as it was sent`);
      }
      return path;
    },
    async release({ job }) {
      await rm(folderOf(job.job_id), { recursive: true, force: true });
    },
  };
}

function asMissing(error: unknown, uploadId: string): unknown {
  if (!(error instanceof PlayheadError) || error.code !== "not_found") return error;
  return new PlayheadError("input_missing", `there is no upload ${uploadId} any more`, {
    hint: "upload the file again, and submit the job anew",
    cause: error,
  });
}
