/** What a sender of OTLP is answered: protobuf where it sent protobuf, else JSON. */
export type Encoding = "json" | "protobuf";

/** What was not taken of a request, though the rest was. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

const REJECTED = { traces: "rejectedSpans", logs: "rejectedLogRecords" } as const;

/** `ExportTraceServiceResponse` or `ExportLogsServiceResponse`: empty when all was taken. */
export function encodeAnswer(
  signal: keyof typeof REJECTED,
  partial: PartialSuccess | null,
  encoding: Encoding,
): Buffer {
  if (encoding === "json") {
    const answer =
      partial === null
        ? {}
        : { partialSuccess: { [REJECTED[signal]]: String(partial.rejected), errorMessage: partial.message } };
    return Buffer.from(JSON.stringify(answer));
  }
  if (partial === null) return Buffer.alloc(0);
  return bytesField(1, Buffer.concat([varintField(1, partial.rejected), bytesField(2, Buffer.from(partial.message))]));
}

/** `google.rpc.Status`, which is how OTLP wants errors to be told. */
export function encodeStatus(code: number, message: string): Buffer {
  return Buffer.concat([varintField(1, code), bytesField(2, Buffer.from(message))]);
}

/** The codes of gRPC that say the same as a status of HTTP. */
export function grpcCodeOf(httpStatus: number): number {
  if (httpStatus === 401) return 16;
  if (httpStatus === 403) return 7;
  if (httpStatus === 404) return 5;
  if (httpStatus === 429) return 8;
  if (httpStatus === 503) return 14;
  return httpStatus >= 500 ? 13 : 3;
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint((field << 3) | 0), varint(value)]);
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
