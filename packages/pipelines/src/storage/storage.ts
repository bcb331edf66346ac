/** Where finished files go, to be had by others. A kind of storage is a file in this folder and a line in `open-storage.ts`. */
export interface Storage {
  /** What it is called for people: `folder shared/clips`, `bucket media`. */
  readonly title: string;
  /** The same for the same place, whoever opens it: what was put there once can be known again. */
  readonly place: string;
  /**
   * Puts a file there, whole or not at all: nobody finds half of it, and what was sent of it is removed when it fails or
   * is canceled. What was there under the key is replaced.
   *
   * @param key names with slashes between, such as `job_7f3a/01-original.mp4`
   * @throws PlayheadError `storage_refused`, `network_failed`, `rate_limited`, `upload_damaged`, `disk_full`,
   * `output_unwritable`, `input_missing` or `canceled`
   */
  put(key: string, file: string, options: PutOptions): Promise<StoredObject>;
  /** Lets connections go. */
  close(): void;
}

export interface PutOptions {
  readonly signal: AbortSignal;
  /** @defaultValue by the name's ending */
  readonly contentType?: string;
  /** Told as bytes are taken over. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
  /** Told, on one line, what is worth knowing and does not end it: such as what could not be cleaned up. */
  readonly onWarning?: (message: string) => void;
}

/** A file in a storage. */
export interface StoredObject {
  readonly key: string;
  /** Where it can be had; null where it has no address. */
  readonly url: string | null;
  readonly size_bytes: number;
  /** Of its content, compared with what the storage has: lowercase hexadecimal. */
  readonly sha256: string;
}

/** The address of a key below another. */
export function urlOf(publicUrl: string, key: string): string {
  return `${publicUrl.replace(/\/$/, "")}/${key.split("/").map(encodeURIComponent).join("/")}`;
}
