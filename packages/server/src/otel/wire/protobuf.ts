import { PlayheadError } from "@playhead/core";

/**
 * Reads and writes the wire format of Protocol Buffers, by tables of fields: as much of it as OTLP's messages use. What
 * is read has the names that OTLP/JSON gives it, so that what follows knows one form.
 */
export type Field = { readonly name: string; readonly repeated?: true } & (
  | { readonly as: Scalar }
  | { readonly as: "message"; readonly of: () => Message }
);
/** How a value lies on the wire, and what becomes of it: ids and bytes become hex and base64, as in OTLP/JSON. */
export type Scalar = "text" | "hex" | "base64" | "fixed64" | "fixed32" | "double" | "int" | "bool";
/** Fields by their numbers. */
export type Message = Readonly<Record<number, Field>>;

type Read = Record<string, unknown>;

/** Values in values, and messages around them: more is nobody's data. */
const MAX_DEPTH = 64;
/** Two bytes make a message: without a limit, a small body would fill the memory. */
const MAX_MESSAGES = 1_000_000;
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const WIRE_TYPES: Readonly<Record<Scalar, number>> = {
  text: BYTES,
  hex: BYTES,
  base64: BYTES,
  fixed64: FIXED64,
  double: FIXED64,
  fixed32: FIXED32,
  int: VARINT,
  bool: VARINT,
};

const utf8 = new TextDecoder();

/**
 * Reads a message. Fields that the table does not have are passed over, so that newer programs may speak to us.
 *
 * @throws PlayheadError `invalid_request` for what is no message, `payload_too_large` for one with too much in it
 */
export function readMessage(bytes: Uint8Array, message: Message): Read {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let messages = 0;

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw notProtobuf();
  }

  /** Tags and lengths: nearly always of one or two bytes. */
  function small(): number {
    const byte = view.getUint8(at);
    if (byte < 0x80) {
      at += 1;
      return byte;
    }
    const value = Number(varint());
    if (value < 0 || value > 0xffff_ffff) throw notProtobuf();
    return value;
  }

  function skip(wireType: number): void {
    if (wireType === VARINT) varint();
    else if (wireType === FIXED64) at += 8;
    else if (wireType === BYTES) at += small();
    else if (wireType === FIXED32) at += 4;
    else throw notProtobuf();
  }

  function chunk(end: number): Uint8Array {
    const length = small();
    if (at + length > end) throw notProtobuf();
    at += length;
    return bytes.subarray(at - length, at);
  }

  function scalar(as: Scalar, end: number): unknown {
    switch (as) {
      case "text":
        return utf8.decode(chunk(end));
      case "hex":
        return Buffer.from(chunk(end)).toString("hex");
      case "base64":
        return Buffer.from(chunk(end)).toString("base64");
      case "fixed64":
        at += 8;
        return Number(view.getBigUint64(at - 8, true));
      case "double":
        at += 8;
        return view.getFloat64(at - 8, true);
      case "fixed32":
        at += 4;
        return view.getUint32(at - 4, true);
      case "int": {
        const value = varint();
        return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
      }
      case "bool":
        return varint() !== 0n;
    }
  }

  function read(fields: Message, end: number, depth: number): Read {
    messages += 1;
    if (messages > MAX_MESSAGES)
      throw new PlayheadError("payload_too_large", `expected at most ${MAX_MESSAGES} values`);
    if (depth > MAX_DEPTH) throw new PlayheadError("invalid_request", `expected at most ${MAX_DEPTH} levels`);
    const made: Read = {};
    while (at < end) {
      const tag = small();
      const field = fields[tag >>> 3];
      const wireType = tag & 7;
      if (field === undefined || wireType !== wireTypeOf(field)) {
        skip(wireType);
        continue;
      }
      const value = field.as === "message" ? nested(field.of(), end, depth) : scalar(field.as, end);
      if (field.repeated !== true) made[field.name] = value;
      else if (made[field.name] === undefined) made[field.name] = [value];
      else (made[field.name] as unknown[]).push(value);
    }
    if (at !== end) throw notProtobuf();
    return made;
  }

  function nested(fields: Message, end: number, depth: number): Read {
    const length = small();
    if (at + length > end) throw notProtobuf();
    return read(fields, at + length, depth + 1);
  }

  try {
    return read(message, bytes.byteLength, 0);
  } catch (error) {
    // Beyond its end.
    if (error instanceof RangeError) throw notProtobuf(error);
    throw error;
  }
}

const wireTypeOf = (field: Field): number => (field.as === "message" ? BYTES : WIRE_TYPES[field.as]);

function notProtobuf(cause?: unknown): PlayheadError {
  return new PlayheadError("invalid_request", "expected the body to be a protobuf message, as its content-type says", {
    cause,
  });
}
