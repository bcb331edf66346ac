import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { PlayheadError } from "@playhead/core";
import type { Config } from "./config/config.ts";
import type { Engine } from "./engine.ts";
import { textOf } from "./error-text.ts";
import { createUploads, uploadsNamedIn } from "./uploads/uploads.ts";
import { createWorkFolders, workFolder } from "./work-folders/work-folders.ts";

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

/** Files of the data folder that jobs read and leave, and for how long they stay. */
export function openFiles(engine: Engine, first: Config) {
  const { store, ingest, retention, log } = engine;
  let config = first;
  const openJobs = () => [...ingest.jobs.open()].map(({ draft }) => draft);

  const uploads = createUploads({
    folder: join(config.data, "uploads"),
    store,
    limits: () => ({
      maxBytes: config.uploads.max_bytes,
      freeBytes: config.uploads.free_bytes,
      keepMs: config.uploads.keep_hours * HOUR_MS,
    }),
    nowMs: Date.now,
    newId: () => `up_${randomBytes(12).toString("hex")}`,
    openInputs: () => openJobs().map(({ metadata }) => metadata.input),
  });
  const workFolders = createWorkFolders({
    folder: workFolder(config.data),
    keepMs: () => config.worker.keep_days * DAY_MS,
    inUse: () => new Set(openJobs().map(({ job_id, first_attempt }) => first_attempt ?? job_id)),
    hasJob: engine.hasJob,
    nowMs: Date.now,
  });
  retention.add({
    name: "uploads",
    step: async () => ({ removed: { uploads: await uploads.sweep() }, hasMore: false }),
  });
  retention.add({
    name: "work folders",
    step: async () => ({ removed: { work_folders: await workFolders.sweep() }, hasMore: false }),
  });
  // What an earlier process left half written.
  uploads.sweep().catch((error) => log("warning", "uploads could not be looked through", { error: textOf(error) }));

  return {
    uploads,
    workFolders,
    /**
     * Notes that a job is to work on the uploads that its input names.
     * @throws PlayheadError `validation_error` for one that the tenant does not have
     */
    async noteUploads(tenantId: string, input: unknown): Promise<void> {
      for (const [uploadId, path] of uploadsNamedIn(input)) {
        if ((await uploads.read(tenantId, uploadId)) === null) {
          const message = `there is no upload ${uploadId}`;
          throw new PlayheadError("validation_error", `${path}: ${message}`, {
            detail: { faults: [{ path, message }] },
          });
        }
        await uploads.use(tenantId, uploadId);
      }
    },
    /** For how long they stay from now on, and how large they may be. */
    setConfig(next: Config): void {
      config = next;
    },
  };
}

export type ServerFiles = ReturnType<typeof openFiles>;
