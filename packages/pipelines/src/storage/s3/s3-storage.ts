import { PlayheadError } from "@playhead/sdk";
import { fileWords } from "../../media/words.ts";
import { contentTypeOf } from "../content-type.ts";
import { type Storage, urlOf } from "../storage.ts";
import { type FileParts, openFileParts } from "./file-parts.ts";
import { putInParts, type Sending, type Target } from "./multipart.ts";
import { countingBody } from "./part.ts";
import { openS3, type S3, type S3Settings } from "./s3-client.ts";
import { createRequest, PATIENCE, type Patience } from "./s3-request.ts";
import { verifyObject } from "./verify-object.ts";

/** What tests have smaller and quicker than life. */
export interface S3Tuning extends Partial<Patience> {
  readonly leastPartBytes?: number;
}

/** How long what is damaged may take to be removed. */
const REMOVE_MS = 10_000;

/**
 * Puts files into a bucket of S3, or of what is compatible with it. Small ones in one request, others in parts; the storage
 * checks each part on its arrival, and we what it has in the end.
 */
export function createS3Storage(settings: S3Settings, { leastPartBytes, ...patience }: S3Tuning = {}): Storage {
  const { bucket, endpoint, publicUrl } = settings;
  const prefix = settings.prefix ? `${settings.prefix}/` : "";
  const title = `bucket ${bucket}`;
  const request = createRequest(title, { ...PATIENCE, ...patience });
  let opened: Promise<S3> | null = null;

  return {
    title,
    place: `s3://${bucket}/${prefix}${endpoint === undefined ? "" : ` at ${new URL(endpoint).host}`}`,
    async put(key, file, { signal, contentType, onProgress, onWarning = () => undefined }) {
      checkKey(key);
      signal.throwIfAborted();
      const parts = await openFileParts(file, leastPartBytes);
      try {
        opened ??= openS3(settings);
        const target: Target = {
          ...{ s3: await opened, request, bucket, key: prefix + key },
          contentType: contentType ?? contentTypeOf(key),
          name: fileWords(key),
        };
        const onTaken = createCounter((sentBytes) => onProgress?.(sentBytes, parts.sizeBytes));
        const sending: Sending = { signal, onTaken, onWarning };
        const putAll = parts.partCount === 1 ? putAtOnce : putInParts;
        const checksum = await putAll(target, parts, sending);
        const { sizeBytes } = parts;
        const sha256 = parts.sha256();
        try {
          await verifyObject(target, { sizeBytes, checksum, sha256 }, signal);
        } catch (error) {
          await remove(target, onWarning);
          throw error;
        }
        onProgress?.(sizeBytes, sizeBytes);
        const url = publicUrl === undefined ? null : urlOf(publicUrl, prefix + key);
        return { key: prefix + key, url, size_bytes: sizeBytes, sha256 };
      } finally {
        await parts.close();
      }
    },
    close() {
      opened?.then(({ client }) => client.destroy()).catch(() => undefined);
      opened = null;
    },
  };
}

function checkKey(key: string): void {
  const isPlain = key.split("/").every((name) => name !== "" && name !== "." && name !== "..");
  if (isPlain && !/[\p{Cc}\\]/u.test(key) && Buffer.byteLength(key) <= 900) return;
  throw new PlayheadError("validation_error", `expected a key within the storage, got ${JSON.stringify(key)}`);
}

/** Adds the parts up, and never tells less than before. */
function createCounter(tell: (sentBytes: number) => void): Sending["onTaken"] {
  const byPart = new Map<number, number>();
  let [sum, told] = [0, 0];
  return (partNumber, bytes) => {
    sum += bytes - (byPart.get(partNumber) ?? 0);
    byPart.set(partNumber, bytes);
    if (sum <= told) return;
    told = sum;
    tell(told);
  };
}

/** @returns the checksum that the object has to have */
async function putAtOnce(target: Target, parts: FileParts, { signal, onTaken }: Sending): Promise<string> {
  const { s3, request, bucket: Bucket, key: Key, contentType: ContentType, name } = target;
  const part = await parts.next();
  if (part === null) throw new PlayheadError("internal_error", "a file without a first part");
  await request(`take ${name}`, signal, ({ abortSignal, moved }) => {
    const Body = countingBody(part, (bytes) => {
      moved();
      onTaken(part.number, bytes);
    });
    const { sha256: ChecksumSHA256 } = part;
    const input = { Bucket, Key, ContentType, ChecksumSHA256, Body, ContentLength: part.bytes.length };
    return s3.client.send(new s3.commands.PutObjectCommand(input), { abortSignal });
  });
  return part.sha256;
}

/** What is not as it should be does not stay. */
async function remove(target: Target, onWarning: (message: string) => void): Promise<void> {
  const { s3, request, bucket: Bucket, key: Key, name } = target;
  try {
    await request(`delete ${name}`, AbortSignal.timeout(REMOVE_MS), ({ abortSignal }) =>
      s3.client.send(new s3.commands.DeleteObjectCommand({ Bucket, Key }), { abortSignal }),
    );
  } catch (error) {
    const why = error instanceof PlayheadError ? error.message : "it took too long";
    onWarning(`${name} is in the storage, and not known to be whole: ${why}`);
  }
}
