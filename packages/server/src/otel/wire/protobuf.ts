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

/**
 * Reads a message. Fields that the table does not have are passed over, so that newer programs may speak to us.
 *
 * @throws PlayheadError `invalid_request` for what is no message, `payload_too_large` for one with too much in it
 */
export function readMessage(given: Uint8Array, message: Message): Read {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  let at = 0;
  let messages = 0;

  /** Tags, lengths and small numbers: nearly always of one or two bytes. */
  function small(): number {
    let value = 0;
    for (let factor = 1; factor <= 0x1000_0000; factor *= 0x80) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw notProtobuf();
  }

  /** Of any size, such as a negative number, which has ten bytes. */
  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw notProtobuf();
  }

  function skip(wireType: number): void {
    if (wireType === VARINT) varint();
    else if (wireType === FIXED64) at += 8;
    else if (wireType === BYTES) at += small();
    else if (wireType === FIXED32) at += 4;
    else throw notProtobuf();
  }

  /** Goes over what is length-delimited. @returns where it begins */
  function chunk(end: number): number {
    const length = small();
    if (at + length > end) throw notProtobuf();
    at += length;
    return at - length;
  }

  function scalar(as: Scalar, end: number): unknown {
    switch (as) {
      case "text":
        return bytes.toString("utf8", chunk(end), at);
      case "hex":
        return bytes.toString("hex", chunk(end), at);
      case "base64":
        return bytes.toString("base64", chunk(end), at);
      case "fixed64":
        at += 8;
        return bytes.readUInt32LE(at - 4) * 0x1_0000_0000 + bytes.readUInt32LE(at - 8);
      case "double":
        at += 8;
        return bytes.readDoubleLE(at - 8);
      case "fixed32":
        at += 4;
        return bytes.readUInt32LE(at - 4);
      case "int": {
        const first = bytes.readUInt8(at);
        if (first < 0x80) {
          at += 1;
          return first;
        }
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
    return read(message, bytes.length, 0);
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
