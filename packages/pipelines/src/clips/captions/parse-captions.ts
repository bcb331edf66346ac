import { PlayheadError } from "@playhead/sdk";

/** A text that is shown for a while. */
export interface Caption {
  readonly startSec: number;
  readonly endSec: number;
  /** As it was written, with its markup. */
  readonly lines: readonly string[];
}

const MAX_CAPTIONS = 50_000;
/** More of it fits into no picture. */
const MAX_LINES = 20;
const MAX_CHARACTERS = 2_000;
/** A message is one line: it tells the first faults, `detail.faults` has more. */
const [MAX_TOLD, MAX_KEPT] = [3, 100];

const TIME = String.raw`(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?`;
/** Behind the times WebVTT has settings, and some SRT coordinates: where it is shown is ours to say. */
const TIMING = new RegExp(`^\\s*${TIME}\\s*-->\\s*${TIME}(?:\\s.*)?$`);
const EXPECTED = "expected a time such as 00:00:01,000 --> 00:00:02,500";

/**
 * Reads captions out of SRT or WebVTT, in UTF-8 or in UTF-16 with its mark. In the order of their times.
 *
 * @param name of the file, for people
 * @throws PlayheadError `captions_invalid` that names the first faulty lines, and in `detail.faults` all of them
 */
export function parseCaptions(bytes: Uint8Array, name: string): readonly Caption[] {
  const lines = decode(bytes, name).split(/\r\n|[\r\n]/);
  const isVtt = /^WEBVTT(?:\s|$)/.test(lines[0] ?? "");
  const captions: Caption[] = [];
  const faults: string[] = [];
  for (const block of blocksOf(lines)) {
    if (isVtt && (block.number === 1 || /^(NOTE|STYLE|REGION)(\s|$)/.test(block.lines[0] ?? ""))) continue;
    const read = readBlock(block);
    if (typeof read === "string") faults.push(read);
    else if (read.lines.length > 0) captions.push(read);
  }
  if (faults.length > 0) throw invalidCaptions(name, faults);
  if (captions.length === 0) throw invalidCaptions(name, ["there is no caption in it"]);
  if (captions.length > MAX_CAPTIONS) throw invalidCaptions(name, [`more than ${MAX_CAPTIONS} captions`]);
  return captions.toSorted((a, b) => a.startSec - b.startSec);
}

interface Block {
  /** Of its first line, from 1. */
  readonly number: number;
  readonly lines: readonly string[];
}

/** Lines that follow each other without an empty one. */
function* blocksOf(lines: readonly string[]): Generator<Block> {
  let start = 0;
  for (let at = 0; at <= lines.length; at += 1) {
    if ((lines[at] ?? "").trim() !== "") continue;
    if (at > start) yield { number: start + 1, lines: lines.slice(start, at) };
    start = at + 1;
  }
}

/** @returns the caption, or its fault */
function readBlock({ number, lines }: Block): Caption | string {
  // A number or a name may come first.
  const at = lines.slice(0, 2).findIndex((line) => line.includes("-->"));
  const line = lines[at === -1 ? Math.min(1, lines.length - 1) : at] ?? "";
  const where = `line ${number + (at === -1 ? Math.min(1, lines.length - 1) : at)}`;
  const times = at === -1 ? null : TIMING.exec(line.slice(0, 200));
  if (times === null) return `${where}: ${EXPECTED}, got ${quoted(line)}`;
  const [startSec, endSec] = [secondsOf(times.slice(1, 5)), secondsOf(times.slice(5, 9))];
  if (startSec === null || endSec === null) return `${where}: ${EXPECTED}, got ${quoted(line)}`;
  if (endSec <= startSec) return `${where}: it ends before it begins, ${quoted(line)}`;
  const text = lines.slice(at + 1);
  if (text.length > MAX_LINES || text.join("").length > MAX_CHARACTERS) {
    return `${where}: at most ${MAX_LINES} lines and ${MAX_CHARACTERS} characters are shown at a time`;
  }
  return { startSec, endSec, lines: text };
}

function secondsOf([hours, minutes, seconds, fraction]: readonly (string | undefined)[]): number | null {
  if (Number(minutes) > 59 || Number(seconds) > 59) return null;
  return Number(hours ?? 0) * 3_600 + Number(minutes) * 60 + Number(`${seconds}.${fraction ?? 0}`);
}

function decode(bytes: Uint8Array, name: string): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw invalidCaptions(
      name,
      [`line ${badLineOf(bytes)}: it is not ${encoding.toUpperCase()}`],
      "save it as UTF-8: in a text editor, or with iconv -f WINDOWS-1252 -t UTF-8",
    );
  }
}

/** The first line that is not UTF-8. */
function badLineOf(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let [number, start] = [1, 0];
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return number;
    }
    number += 1;
    start = end + 1;
  }
  return number;
}

const quoted = (line: string) => JSON.stringify(line.trim().slice(0, 60));

/** The error that tells what is wrong with captions. */
export function invalidCaptions(name: string, faults: readonly string[], hint?: string): PlayheadError {
  const more = faults.length - MAX_TOLD;
  const told = `${faults.slice(0, MAX_TOLD).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  return new PlayheadError("captions_invalid", `the captions in "${name}" are wrong: ${told}`, {
    hint: hint ?? "correct these lines: SRT and WebVTT are understood",
    detail: { faults: faults.slice(0, MAX_KEPT) },
  });
}
