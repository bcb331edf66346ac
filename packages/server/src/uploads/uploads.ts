import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isJsonObject, type JsonObject, PlayheadError } from "@playhead/core";
import { documentPages } from "../store/document-pages.ts";
import type { Store } from "../store/store.ts";
import { uploadName } from "./upload-name.ts";

/** A file that somebody uploaded for jobs to work on. */
export interface Upload {
  readonly upload_id: string;
  readonly name: string;
  readonly size_bytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly created_at: string;
  /** When a job was last submitted or started that names it; the time of the upload at first. */
  readonly used_at: string;
}

export interface UploadLimits {
  readonly maxBytes: number;
  /** How much of the disk has to stay free. */
  readonly freeBytes: number;
  /** One that no job has used for so long is removed. */
  readonly keepMs: number;
}

export interface UploadsDeps {
  /** Made when it is needed. */
  readonly folder: string;
  readonly store: Pick<Store, "putDocument" | "removeDocument" | "readDocument" | "listDocuments">;
  readonly limits: () => UploadLimits;
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** The inputs of all jobs that have not ended: what they name stays. */
  readonly openInputs: () => Iterable<unknown>;
}

const COLLECTION = "uploads";
/** How an input names one. */
const REFERENCE = /^upload:([A-Za-z0-9_-]{1,100})$/;
/** While it comes, a file has this behind its folder's name. */
const PARTIAL = ".part";
/** So often the disk is asked how much is free, in bytes that have come. */
const LOOK_EVERY_BYTES = 64 * 1024 * 1024;

/** The ids of the uploads that an input names, however deep, each with the path of a place where it does. */
export function uploadsNamedIn(input: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const look = (value: unknown, path: string): void => {
    if (typeof value === "string") {
      const id = REFERENCE.exec(value)?.[1];
      if (id !== undefined) found.set(id, path);
    } else if (Array.isArray(value)) for (const [at, each] of value.entries()) look(each, `${path}.${at}`);
    else if (isJsonObject(value)) for (const [name, each] of Object.entries(value)) look(each, `${path}.${name}`);
  };
  look(input, "input");
  return found;
}

/** Files that people upload: each in a folder of its own, known by a document that is written when the file is whole. */
export function createUploads({ folder, store, limits, nowMs, newId, openInputs }: UploadsDeps) {
  const underWay = new Set<string>();

  const fileOf = ({ upload_id, name }: Upload) => join(folder, upload_id, name);

  async function read(tenantId: string, uploadId: string): Promise<Upload | null> {
    const found = await store.readDocument(COLLECTION, uploadId);
    return found?.tenantId === tenantId ? (found.body as unknown as Upload) : null;
  }

  async function keep(tenantId: string, upload: Upload): Promise<void> {
    const body: JsonObject = { ...upload };
    await store.putDocument({ collection: COLLECTION, id: upload.upload_id, tenantId, body, expiresMs: null });
  }

  async function checkRoom(sizeBytes: number): Promise<void> {
    const { maxBytes, freeBytes } = limits();
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize - sizeBytes < freeBytes) {
      throw new PlayheadError("disk_full", "there is not enough room on the server's disk for this file", {
        hint: "remove uploads or files of old jobs, or make room otherwise",
      });
    }
  }

  /** Passes the bytes on, counted and hashed, as long as they are not too many. */
  function measured(hash: ReturnType<typeof createHash>, onSize: (sizeBytes: number) => void) {
    return async function* measure(source: AsyncIterable<Buffer>) {
      let sizeBytes = 0;
      let lookAtBytes = LOOK_EVERY_BYTES;
      for await (const chunk of source) {
        sizeBytes += chunk.length;
        if (sizeBytes > limits().maxBytes) throw tooLarge(limits().maxBytes);
        if (sizeBytes >= lookAtBytes) {
          await checkRoom(0);
          lookAtBytes += LOOK_EVERY_BYTES;
        }
        hash.update(chunk);
        yield chunk;
      }
      onSize(sizeBytes);
    };
  }

  async function take(tenantId: string, given: UploadRequest): Promise<Upload> {
    const { name: givenName, body, sizeBytes: announced } = given;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await checkRoom(announced ?? 0);
    const upload_id = newId();
    const name = uploadName(givenName);
    const partial = join(folder, upload_id + PARTIAL);
    underWay.add(upload_id);
    try {
      await mkdir(partial, { mode: 0o700 });
      const hash = createHash("sha256");
      let size_bytes = 0;
      const file = createWriteStream(join(partial, name), { flags: "wx", mode: 0o600, flush: true });
      await pipeline(
        body,
        measured(hash, (bytes) => (size_bytes = bytes)),
        file,
      );
      if (size_bytes === 0) throw new PlayheadError("input_empty", "expected a file, got nothing");
      await rename(partial, join(folder, upload_id));
      const created_at = new Date(nowMs()).toISOString();
      const upload = { upload_id, name, size_bytes, sha256: hash.digest("hex"), created_at, used_at: created_at };
      await keep(tenantId, upload);
      return upload;
    } catch (error) {
      await removeFiles(upload_id);
      throw outOfRoom(error);
    } finally {
      underWay.delete(upload_id);
    }
  }

  async function removeFiles(uploadId: string): Promise<void> {
    for (const ending of [PARTIAL, ""]) await rm(join(folder, uploadId + ending), { recursive: true, force: true });
  }

  /** The document goes first: nobody is told of a file that is not whole. */
  async function removeAll(uploadId: string): Promise<void> {
    await store.removeDocument(COLLECTION, uploadId);
    await removeFiles(uploadId);
  }

  const expectUpload = async (tenantId: string, uploadId: string): Promise<Upload> => {
    const upload = await read(tenantId, uploadId);
    if (upload === null) throw new PlayheadError("not_found", `there is no upload ${uploadId}`);
    return upload;
  };

  return {
    /**
     * Takes a file as it comes.
     *
     * @throws PlayheadError `payload_too_large`, `disk_full`, `input_empty`; then nothing of it stays
     */
    take,
    /** The tenant's upload; null when there is none. */
    read,
    /** @throws PlayheadError `not_found` */
    expect: expectUpload,
    /** Its file, which may be read until it is removed. */
    fileOf,
    /** The tenant's uploads, newest first. */
    async list(tenantId: string): Promise<readonly Upload[]> {
      const found: Upload[] = [];
      for await (const page of documentPages(store, COLLECTION)) {
        for (const each of page) if (each.tenantId === tenantId) found.push(each.body as unknown as Upload);
      }
      return found.sort((one, other) => (one.created_at < other.created_at ? 1 : -1));
    },
    /** @throws PlayheadError `not_found`; `conflict` while a job that has not ended names it */
    async remove(tenantId: string, uploadId: string): Promise<void> {
      await expectUpload(tenantId, uploadId);
      for (const input of openInputs()) {
        if (!uploadsNamedIn(input).has(uploadId)) continue;
        throw new PlayheadError("conflict", `a job that has not ended works on upload ${uploadId}`, {
          hint: "cancel the job first",
        });
      }
      await removeAll(uploadId);
    },
    /**
     * The file of an upload for a job of the tenant, which is noted.
     * @throws PlayheadError `input_missing`
     */
    async use(tenantId: string, uploadId: string): Promise<string> {
      const upload = await read(tenantId, uploadId);
      const file = upload === null ? null : fileOf(upload);
      const found = file === null ? null : await stat(file).catch(() => null);
      if (upload === null || file === null || found === null) {
        throw new PlayheadError("input_missing", `there is no upload ${uploadId} any more`, {
          hint: "upload the file again, and submit the job anew",
        });
      }
      await keep(tenantId, { ...upload, used_at: new Date(nowMs()).toISOString() });
      return file;
    },
    /** Removes what no job has used for long, and what an interruption left. @returns how many uploads went */
    async sweep(): Promise<number> {
      const inUse = new Set([...openInputs()].flatMap((input) => [...uploadsNamedIn(input).keys()]));
      const known = new Set<string>();
      const tooOld: string[] = [];
      for await (const page of documentPages(store, COLLECTION)) {
        for (const { id, body } of page) {
          known.add(id);
          const isOld = nowMs() - Date.parse(String(body.used_at)) > limits().keepMs;
          if (isOld && !inUse.has(id)) tooOld.push(id);
        }
      }
      for (const id of tooOld) await removeAll(id);
      for (const entry of await readdir(folder).catch(() => [])) {
        const id = entry.endsWith(PARTIAL) ? entry.slice(0, -PARTIAL.length) : entry;
        if (!underWay.has(id) && (entry.endsWith(PARTIAL) || !known.has(id))) await removeFiles(id);
      }
      return tooOld.length;
    },
  };
}

/** A file that comes. */
export interface UploadRequest {
  readonly name: string;
  readonly body: Readable;
  /** As the sender says; null where it does not. */
  readonly sizeBytes: number | null;
}

function tooLarge(maxBytes: number): PlayheadError {
  return new PlayheadError("payload_too_large", `expected a file of at most ${maxBytes} bytes`, {
    hint: "the setting uploads.max_bytes allows more",
  });
}

function outOfRoom(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== "ENOSPC") return error;
  return new PlayheadError("disk_full", "the server's disk is full", { cause: error });
}
