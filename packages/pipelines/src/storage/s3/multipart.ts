import { setTimeout as delay } from "node:timers/promises";
import { PlayheadError } from "@playhead/sdk";
import type { FileParts } from "./file-parts.ts";
import { compositeSha256, countingBody, type Part } from "./part.ts";
import type { S3 } from "./s3-client.ts";
import { faultOf } from "./s3-failure.ts";
import type { Request } from "./s3-request.ts";

/** Parts on their way at a time: as many are in memory. */
const PARALLEL = 3;
const CLEANUP_MS = 15_000;
const CONFIRM_WAIT_MS = 250;

/** An object that is to be put. */
export interface Target {
  readonly s3: S3;
  readonly request: Request;
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  /** For people. */
  readonly name: string;
}

export interface Sending {
  readonly signal: AbortSignal;
  /** Told how much of a part is taken, each time it is more; a part that is sent again begins anew. */
  readonly onTaken: (partNumber: number, bytes: number) => void;
  readonly onWarning: (message: string) => void;
}

interface SentPart {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
  readonly ChecksumSHA256: string;
}

/**
 * Sends a file in parts. Until the last step nobody finds any of it; when it fails or is canceled, what was sent is removed,
 * and that is confirmed.
 * ```
 * create → (part | part | part)* → complete
 *            └── failure or cancel → wait for those on their way → abort → until the upload is unknown
 * ```
 *
 * @returns the checksum that the object has to have
 */
export async function putInParts(target: Target, parts: FileParts, sending: Sending): Promise<string> {
  const { s3, request, bucket: Bucket, key: Key, name } = target;
  const { client, commands } = s3;
  const { UploadId } = await request(`begin to take ${name}`, sending.signal, ({ abortSignal }) =>
    client.send(
      new commands.CreateMultipartUploadCommand({
        ...{ Bucket, Key, ContentType: target.contentType },
        ...{ ChecksumAlgorithm: "SHA256", ChecksumType: "COMPOSITE" },
      }),
      { abortSignal },
    ),
  );
  if (UploadId === undefined) throw new PlayheadError("upload_damaged", "the storage began an upload without a name");
  try {
    const sent = await sendParts(target, UploadId, parts, sending);
    const composite = compositeSha256(sent.map(({ ChecksumSHA256 }) => ({ sha256: ChecksumSHA256 })));
    await complete(target, UploadId, sent, sending.signal);
    return composite;
  } catch (error) {
    await removeUpload(target, UploadId, sending.onWarning);
    throw error;
  }
}

async function sendParts(
  target: Target,
  UploadId: string,
  parts: FileParts,
  { signal, onTaken }: Sending,
): Promise<readonly SentPart[]> {
  const { s3, request, bucket: Bucket, key: Key, name } = target;
  const { client, commands } = s3;
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const sent: SentPart[] = [];
  let reading: Promise<Part | null> = Promise.resolve(null);
  /** The file is read by one at a time. */
  const nextPart = () => {
    reading = reading.then(() => parts.next());
    return reading;
  };

  async function sendOne(part: Part): Promise<void> {
    const doing = `take part ${part.number} of ${name}`;
    const { ETag } = await request(doing, both, ({ abortSignal, moved }) => {
      const Body = countingBody(part, (bytes) => {
        moved();
        onTaken(part.number, bytes);
      });
      const { number: PartNumber, sha256: ChecksumSHA256 } = part;
      const input = { Bucket, Key, UploadId, PartNumber, ChecksumSHA256, Body, ContentLength: part.bytes.length };
      return client.send(new commands.UploadPartCommand(input), { abortSignal });
    });
    sent.push({ PartNumber: part.number, ETag, ChecksumSHA256: part.sha256 });
  }

  async function work(): Promise<void> {
    for (let part = await nextPart(); part !== null; part = await nextPart()) await sendOne(part);
  }

  const workers = Array.from({ length: Math.min(PARALLEL, parts.partCount) }, async () => {
    try {
      await work();
    } catch (error) {
      stop.abort();
      throw error;
    }
  });
  // The first error counts; those that it stopped are waited for, so that no part comes after the removal.
  const ends = await Promise.allSettled(workers);
  signal.throwIfAborted();
  const failures = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
  if (failures.length > 0) throw failures.find(isOwn) ?? failures[0];
  return sent.toSorted((a, b) => a.PartNumber - b.PartNumber);
}

/** Not one that only says that it was stopped with the others. */
const isOwn = (reason: unknown) => reason instanceof PlayheadError;

async function complete(target: Target, UploadId: string, sent: readonly SentPart[], signal: AbortSignal) {
  const { s3, request, bucket: Bucket, key: Key, name } = target;
  const command = new s3.commands.CompleteMultipartUploadCommand({
    ...{ Bucket, Key, UploadId, MultipartUpload: { Parts: [...sent] }, ChecksumType: "COMPOSITE" },
  });
  // Unknown is what it is when an attempt before went well and its answer was lost. What is there is looked at anyway.
  await request(`put ${name} together`, signal, ({ abortSignal }) =>
    s3.client.send(command, { abortSignal }).catch(unlessUnknown),
  );
}

/** Removes the parts of an upload that will not be finished, and makes sure that they are gone. */
async function removeUpload(target: Target, UploadId: string, onWarning: (message: string) => void): Promise<void> {
  const { s3, request, bucket: Bucket, key: Key, name } = target;
  const { client, commands } = s3;
  // What was canceled is cleaned up all the same, but not for ever.
  const signal = AbortSignal.timeout(CLEANUP_MS);
  try {
    for (;;) {
      await request(`forget ${name}`, signal, async ({ abortSignal }) => {
        const abort = client.send(new commands.AbortMultipartUploadCommand({ Bucket, Key, UploadId }), { abortSignal });
        await abort.catch(unlessUnknown);
      });
      const isGone = await request(`list what it has of ${name}`, signal, async ({ abortSignal }) => {
        const list = client.send(new commands.ListPartsCommand({ Bucket, Key, UploadId }), { abortSignal });
        return (await list.catch(unlessUnknown)) === null;
      });
      if (isGone) return;
      await delay(CONFIRM_WAIT_MS, undefined, { signal });
    }
  } catch (error) {
    const why = error instanceof PlayheadError ? error.message : "it took too long";
    onWarning(`what was sent of ${name} may still be in the storage: ${why}`);
  }
}

function unlessUnknown(error: unknown): null {
  if (faultOf(error).name === "NoSuchUpload") return null;
  throw error;
}
