import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { PlayheadError } from "@playhead/sdk";
import type { Target } from "./multipart.ts";

/** What an object has to be. */
export interface Expected {
  readonly sizeBytes: number;
  /** As S3 tells it: base64; of parts, with their count. */
  readonly checksum: string;
  /** Of the whole content, in lowercase hexadecimal. */
  readonly sha256: string;
}

/**
 * Makes sure that the storage has what was sent: by its size and its checksum, and where it keeps none, by reading it.
 *
 * @throws PlayheadError `upload_damaged`, or why it cannot be told
 */
export async function verifyObject(target: Target, expected: Expected, signal: AbortSignal): Promise<void> {
  const { s3, request, bucket: Bucket, key: Key, name } = target;
  const { client, commands } = s3;
  const head = await request(`show ${name}`, signal, ({ abortSignal }) =>
    client.send(new commands.HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }), { abortSignal }),
  );
  const { ContentLength, ChecksumSHA256 } = head;
  if (ContentLength !== expected.sizeBytes) {
    throw damaged(name, `${expected.sizeBytes} bytes were sent, it has ${ContentLength ?? "an unknown number"}`);
  }
  const whole = Buffer.from(expected.sha256, "hex").toString("base64");
  if (ChecksumSHA256 !== undefined) {
    if (ChecksumSHA256 === expected.checksum || ChecksumSHA256 === whole) return;
    throw damaged(name, "its SHA-256 is not that of what was sent");
  }
  if ((await readSha256(target, signal)) !== expected.sha256)
    throw damaged(name, "it reads otherwise than it was sent");
}

function readSha256({ s3, request, bucket: Bucket, key: Key, name }: Target, signal: AbortSignal): Promise<string> {
  return request(`give ${name} back`, signal, async ({ abortSignal, moved }) => {
    const { Body } = await s3.client.send(new s3.commands.GetObjectCommand({ Bucket, Key }), { abortSignal });
    const hash = createHash("sha256");
    for await (const chunk of (Body ?? []) as Readable) {
      moved();
      hash.update(chunk);
    }
    return hash.digest("hex");
  });
}

function damaged(name: string, why: string): PlayheadError {
  return new PlayheadError("upload_damaged", `${name} did not arrive as it was sent: ${why}`, {
    hint: "try again; if it happens again, the storage or what is before it is at fault",
  });
}
