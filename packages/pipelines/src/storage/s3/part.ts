import { createHash } from "node:crypto";
import { Readable } from "node:stream";

/** A piece of a file, in memory. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
  /** In base64, as S3 has checksums. */
  readonly sha256: string;
}

export function partOf(number: number, bytes: Buffer): Part {
  return { number, bytes, sha256: createHash("sha256").update(bytes).digest("base64") };
}

/** Pieces in which a body is handed to the network. */
const SLICE_BYTES = 64 * 1024;

/** A part as a stream that counts what is taken of it. A new one for each attempt. */
export function countingBody({ bytes }: Part, onTaken: (bytes: number) => void): Readable {
  let at = 0;
  return new Readable({
    highWaterMark: SLICE_BYTES,
    read() {
      if (at >= bytes.length) {
        this.push(null);
        return;
      }
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      at += slice.length;
      onTaken(at);
      this.push(slice);
    },
  });
}

/** What S3 says is the checksum of an object of several parts: that of their checksums, and how many they are. */
export function compositeSha256(parts: readonly Pick<Part, "sha256">[]): string {
  const hash = createHash("sha256");
  for (const { sha256 } of parts) hash.update(Buffer.from(sha256, "base64"));
  return `${hash.digest("base64")}-${parts.length}`;
}
