import { mkdir } from "node:fs/promises";
import { PlayheadError } from "@playhead/core";
import type { Storage, StorageSettings } from "@playhead/pipelines";
import type { Config, HealthCheck, ProbedStorage } from "@playhead/server";

/** What `--upload` says for the storage of the configuration. */
const CONFIGURED = "configured";

/** What is typed about where to upload. */
export interface UploadFlags {
  readonly upload?: string;
  readonly publicUrl?: string;
}

/** The storage of the configuration; null where there is none. @throws PlayheadError `usage_error` */
export async function configuredStorage({ storage }: Pick<Config, "storage">): Promise<StorageSettings | null> {
  return storage.url === undefined ? null : settingsOf(storage.url, { storage });
}

/**
 * Where the flags say to upload, with what the configuration knows of getting there; null for nowhere.
 *
 * @throws PlayheadError `usage_error`
 */
export async function uploadPlace(
  { upload, publicUrl }: UploadFlags,
  config: Pick<Config, "storage">,
): Promise<StorageSettings | null> {
  if (upload === undefined) {
    if (publicUrl === undefined) return null;
    throw new PlayheadError("usage_error", "--public-url is of use with --upload alone", { hint: "add --upload" });
  }
  const named = upload === CONFIGURED ? await configuredStorage(config) : await settingsOf(upload, config);
  if (named === null) {
    const hint = "set storage.url in the configuration, or say --upload folder:PATH or s3://BUCKET/PREFIX";
    throw new PlayheadError("usage_error", "no storage is configured", { hint });
  }
  if (publicUrl === undefined) return named;
  if (/^https?:\/\/./.test(publicUrl) && URL.canParse(publicUrl)) return { ...named, publicUrl };
  throw new PlayheadError("usage_error", `expected --public-url to be an http or https address, got "${publicUrl}"`);
}

/** The storage that the flags name, opened; null for none. It is to be closed. @throws PlayheadError `usage_error` */
export async function openUpload(
  flags: UploadFlags,
  { storage, registryDir }: { readonly storage: Config["storage"]; readonly registryDir: string },
): Promise<Storage | null> {
  const settings = await uploadPlace(flags, { storage });
  if (settings === null) return null;
  const { openStorage } = await import("@playhead/pipelines");
  return openStorage(settings, { registryDir });
}

/** The configuration is what the environment and the file say together. */
async function settingsOf(text: string, { storage }: Pick<Config, "storage">): Promise<StorageSettings> {
  const { parseStorage } = await import("@playhead/pipelines");
  return parseStorage(text, {
    PLAYHEAD_STORAGE_PUBLIC_URL: storage.public_url,
    PLAYHEAD_STORAGE_ENDPOINT: storage.endpoint,
    PLAYHEAD_STORAGE_REGION: storage.region,
    PLAYHEAD_STORAGE_ACCESS_KEY_ID: storage.access_key_id,
    PLAYHEAD_STORAGE_SECRET_ACCESS_KEY: storage.secret_access_key,
  });
}

/**
 * The health check of a storage: an object is put there, read and deleted. A folder is made now, as the first upload would
 * make it: one that is missing later, such as a disk that is not there any more, is then told of.
 */
export async function storageCheck(settings: StorageSettings): Promise<HealthCheck> {
  if (settings.kind === "folder") await mkdir(settings.folder, { recursive: true }).catch(() => undefined);
  const { folderStorage, objectStorageCheck } = await import("@playhead/server");
  return objectStorageCheck(settings.kind === "folder" ? folderStorage(settings.folder) : bucketProbe(settings));
}

/** Amazon's client is loaded when it is first looked at: the server does not have to wait for it. */
function bucketProbe(settings: Extract<StorageSettings, { readonly kind: "s3" }>): ProbedStorage {
  let opened: Promise<ProbedStorage> | null = null;
  const open = () => {
    opened ??= import("@playhead/pipelines").then(({ createS3Probe }) => createS3Probe(settings));
    return opened;
  };
  return {
    write: async (...args) => (await open()).write(...args),
    read: async (...args) => (await open()).read(...args),
    remove: async (...args) => (await open()).remove(...args),
  };
}
