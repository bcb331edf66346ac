import { createFolderStorage } from "./folder-storage.ts";
import { createS3Storage } from "./s3/s3-storage.ts";
import type { Storage } from "./storage.ts";
import type { StorageSettings } from "./storage-settings.ts";

export interface OpenStorageOptions {
  /** Folder in which unfinished copies are written down, so that none is left after a crash. @defaultValue nowhere */
  readonly registryDir?: string | undefined;
}

/** The storage that the settings name. Nothing is reached before something is put there. */
export function openStorage(settings: StorageSettings, { registryDir }: OpenStorageOptions = {}): Storage {
  switch (settings.kind) {
    case "folder":
      return createFolderStorage({ folder: settings.folder, publicUrl: settings.publicUrl ?? null, registryDir });
    case "s3":
      return createS3Storage(settings);
  }
}
