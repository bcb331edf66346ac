import type { RecordBatch } from "@playhead/core";

type Records = RecordBatch["records"];

/** Records as they are posted: each a line of JSON that names its source, split into bodies of a limited size. */
export interface NdjsonPart {
  readonly records: Records;
  readonly body: string;
}

/** @param maxBytes of one body; a single record that is longer has a body of its own */
export function ndjsonParts(source: string, records: Records, maxBytes: number): NdjsonPart[] {
  const prefix = `{"source":${JSON.stringify(source)},`;
  const parts: NdjsonPart[] = [];
  let lines: string[] = [];
  let taken: Records[number][] = [];
  let bytes = 0;
  const cut = () => {
    if (taken.length > 0) parts.push({ records: taken, body: lines.join("") });
    lines = [];
    taken = [];
    bytes = 0;
  };
  for (const record of records) {
    const line = `${prefix}${JSON.stringify(record).slice(1)}\n`;
    const size = Buffer.byteLength(line);
    if (bytes + size > maxBytes) cut();
    lines.push(line);
    taken.push(record);
    bytes += size;
  }
  cut();
  return parts;
}
