import { createHash } from "node:crypto";
import { createRedaction, PlayheadError } from "@playhead/core";
import { LOGS_REQUEST, TRACES_REQUEST } from "../wire/otlp-messages.ts";
import { readMessage } from "../wire/protobuf.ts";
import { type ReadItems, readLogs, readSpans } from "../wire/read-requests.ts";
import { type LinesPart, type SpansPart, slicesOfLines, slicesOfSpans } from "./slices.ts";

/** One request as it came, unpacked. */
export interface EncodedRequest {
  readonly signal: "traces" | "logs";
  readonly encoding: "json" | "protobuf";
  readonly body: Uint8Array;
}

/** Parts that are looked at in one go. */
export type Slice = SliceOf<"traces", SpansPart> | SliceOf<"logs", LinesPart>;

interface SliceOf<Signal, Part> {
  readonly signal: Signal;
  readonly parts: readonly Part[];
  /** Whether the request has no more. */
  readonly isLast: boolean;
}

/** What a request came to. */
export interface ReadRequest extends Omit<ReadItems<unknown>, "items"> {
  /** Tells a request that comes again, whose items have no ids of their own; empty for spans. */
  readonly digest: string;
  readonly first: Slice;
}

/** What the thread that reads requests can be asked. */
export interface ReadingService {
  /**
   * Reads all of a request; what is left of the one before is dropped.
   * @throws PlayheadError `invalid_request`, `payload_too_large`
   */
  read(request: EncodedRequest): ReadRequest;
  /** What comes next of the request that was read last. */
  next(): Slice;
  close(): void;
}

/** Bytes become what is said of jobs: decoded, checked, without secrets, and in slices. */
export function openReading(): ReadingService {
  const redaction = createRedaction();
  let next: () => Slice = () => {
    throw new TypeError("expected a request to have been read");
  };
  return {
    read(request) {
      const message = messageOf(request);
      if (request.signal === "traces") {
        const { items, ...others } = readSpans(message);
        next = oneByOne("traces", slicesOfSpans(items, redaction));
        return { ...others, digest: "", first: next() };
      }
      const { items, ...others } = readLogs(message);
      next = oneByOne("logs", slicesOfLines(items, redaction));
      const digest = createHash("sha256").update(request.body).digest("base64");
      return { ...others, digest, first: next() };
    },
    next: () => next(),
    close() {},
  };
}

/** One slice is always ready: while it is looked at elsewhere, nobody waits for the next. */
function oneByOne<Signal, Part>(signal: Signal, slices: Generator<readonly Part[]>): () => SliceOf<Signal, Part> {
  let coming = slices.next();
  return () => {
    const parts = coming.done === true ? [] : coming.value;
    coming = slices.next();
    return { signal, parts, isLast: coming.done === true };
  };
}

function messageOf({ signal, encoding, body }: EncodedRequest): unknown {
  if (encoding === "protobuf") return readMessage(body, signal === "traces" ? TRACES_REQUEST : LOGS_REQUEST);
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  } catch (cause) {
    throw new PlayheadError("invalid_request", "expected the body to be JSON, as its content-type says", { cause });
  }
}
