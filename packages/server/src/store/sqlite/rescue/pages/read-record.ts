import { isUtf8 } from "node:buffer";

/** A value as a record holds it. */
export type RecordValue = number | bigint | string | Uint8Array | null;

/** A number of 1 to 9 bytes, and where it ends. */
export interface Varint {
  readonly value: number;
  readonly end: number;
}

/** @throws RangeError where the bytes end within it, or it is beyond what a number holds */
export function readVarint(bytes: Buffer, at: number): Varint {
  let value = 0;
  for (let place = 0; place < 9; place++) {
    const byte = bytes[at + place];
    if (byte === undefined) throw new RangeError("a number breaks off");
    // The ninth byte counts whole.
    value = place === 8 ? value * 256 + byte : value * 128 + (byte & 127);
    if (byte < 128 || place === 8) {
      if (!Number.isSafeInteger(value)) throw new RangeError("a number is too large");
      return { value, end: at + place + 1 };
    }
  }
  throw new RangeError("a number does not end");
}

/**
 * The values of a record.
 * @throws RangeError where it is none: lengths must agree to the byte, and text be UTF-8
 */
export function readRecord(payload: Buffer): RecordValue[] {
  const header = readVarint(payload, 0);
  if (header.value > payload.length) throw new RangeError("a record's header is longer than the record");
  const values: RecordValue[] = [];
  let typeAt = header.end;
  let valueAt = header.value;
  while (typeAt < header.value) {
    const { value: type, end } = readVarint(payload, typeAt);
    typeAt = end;
    const size = sizeOf(type);
    if (valueAt + size > payload.length) throw new RangeError("a record breaks off");
    values.push(readValue(payload, valueAt, type, size));
    valueAt += size;
  }
  if (typeAt !== header.value || valueAt !== payload.length) throw new RangeError("a record's lengths disagree");
  return values;
}

const FIXED_SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function sizeOf(type: number): number {
  const fixed = FIXED_SIZES[type];
  if (fixed !== undefined) return fixed;
  if (type < 12) throw new RangeError("a value is of a type that there is not");
  return Math.floor((type - 12) / 2);
}

function readValue(payload: Buffer, at: number, type: number, size: number): RecordValue {
  if (type >= 12) {
    const bytes = payload.subarray(at, at + size);
    if (type % 2 === 0) return Uint8Array.from(bytes);
    if (!isUtf8(bytes)) throw new RangeError("a text is no UTF-8");
    return bytes.toString("utf8");
  }
  if (type === 0) return null;
  if (type >= 8) return type - 8;
  if (type === 7) return payload.readDoubleBE(at);
  if (type <= 5) return payload.readIntBE(at, size);
  const value = payload.readBigInt64BE(at);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
