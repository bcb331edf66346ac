import { PlayheadError } from "@playhead/sdk";
import type { WorkPlace } from "../job-kind.ts";
import { openStorage } from "./open-storage.ts";
import type { Storage } from "./storage.ts";

/**
 * The storage of whoever works on a job. Jobs say whether to upload, and not where: whoever may start one must not send
 * files elsewhere with our keys.
 *
 * @throws PlayheadError `validation_error` where there is none
 */
export function storageOf({ storage, registryDir }: Pick<WorkPlace, "storage" | "registryDir">): Storage {
  if (storage !== undefined) return openStorage(storage, { registryDir });
  throw new PlayheadError("validation_error", "the job is to be uploaded, but this worker has no storage", {
    hint: "set storage.url for the worker, or leave upload out",
  });
}
