import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { PlayheadError } from "@playhead/sdk";
import { type Answer, connectionError } from "./open-url.ts";

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** More than this is refused. */
  readonly maxBytes: number;
  /** Longest wait for the next piece. @defaultValue 30 000 */
  readonly idleMs?: number | undefined;
}

const DEFAULT_IDLE_MS = 30_000;

/**
 * The body of an answer, piece by piece. Its time runs only while we wait for a piece, so it can be read slowly, or not
 * at all while a job is paused. What is packed is unpacked, and counted unpacked.
 *
 * @throws PlayheadError `input_too_large`, `source_failed`, or what `signal` was aborted with
 */
export async function* chunksOf(answer: Answer, options: ReadOptions): AsyncGenerator<Buffer, void> {
  const { signal, maxBytes, idleMs = DEFAULT_IDLE_MS } = options;
  const { response, url } = answer;
  const idle = new PlayheadError("source_failed", `nothing came from ${url.hostname} for ${idleMs / 1_000} s`, {
    hint: "try again later",
  });
  const pieces = unpacked(answer)[Symbol.asyncIterator]();
  let bytes = 0;
  try {
    for (;;) {
      const limit = setTimeout(() => response.destroy(idle), idleMs);
      const next = await pieces.next().finally(() => clearTimeout(limit));
      if (next.done === true) return;
      bytes += next.value.length;
      if (bytes > maxBytes) throw tooLarge(url, maxBytes);
      yield next.value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw connectionError(url, error);
  } finally {
    response.destroy();
  }
}

/** @throws PlayheadError as {@link chunksOf} */
export async function readBody(answer: Answer, options: ReadOptions): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of chunksOf(answer, options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The error for more bytes than are accepted. */
export function tooLarge(url: URL, maxBytes: number): PlayheadError {
  return new PlayheadError("input_too_large", `what ${url.hostname} sends is larger than ${maxBytes} bytes`, {
    hint: "raise the limit if you trust the source",
    detail: { max_bytes: maxBytes },
  });
}

function unpacked({ response, url }: Answer): Readable {
  const packing = response.headers["content-encoding"] ?? "identity";
  if (packing === "identity") return response;
  const unpack = packing === "gzip" ? createGunzip() : packing === "br" ? createBrotliDecompress() : null;
  if (unpack === null) {
    response.destroy();
    const message = `${url.hostname} sends its answer packed as ${packing.slice(0, 20)}, which was not asked for`;
    throw new PlayheadError("source_failed", message, { retryable: false });
  }
  response.on("error", (error) => unpack.destroy(error));
  unpack.on("close", () => response.destroy());
  return response.pipe(unpack);
}
