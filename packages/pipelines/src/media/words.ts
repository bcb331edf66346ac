import { basename, sep } from "node:path";

/** Control characters and those that reorder text: a file name must not rewrite the text around it. */
const UNPRINTABLE = /[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A file as people see it: its name without folders, on one line. */
export function fileWords(path: string): string {
  return basename(path).replace(UNPRINTABLE, "?");
}

/** Seconds for people: `4 s`, `4.25 s`, to a hundredth. */
export function secondsWords(sec: number): string {
  return `${rounded(sec, 2)} s`;
}

/** A place in a video for people: `0:04.5`, `1:02:03`, to a tenth of a second. */
export function timecode(sec: number): string {
  const tenths = Math.round(sec * 10);
  const [hours, minutes] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60];
  const rest = (tenths % 600) / 10;
  const secs = `${rest < 10 ? "0" : ""}${rest}`;
  return hours === 0 ? `${minutes}:${secs}` : `${hours}:${String(minutes).padStart(2, "0")}:${secs}`;
}

/** A part of a video for people: `0:04 – 0:08.5 (4.5 s)`. */
export function rangeWords(startSec: number, endSec: number): string {
  return `${timecode(startSec)} – ${timecode(endSec)} (${secondsWords(endSec - startSec)})`;
}

/** `1 clip`, `3 clips`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A number with so many decimals at most. */
export function rounded(value: number, decimals: number): number {
  const unit = 10 ** decimals;
  return Math.round(value * unit) / unit;
}

/** A text in which files have their names only: the folders given are taken out. */
export function withoutFolders(text: string, folders: readonly string[]): string {
  const longestFirst = folders.filter((folder) => folder !== sep).toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce(
    (rest, folder) => rest.replaceAll(`file:${folder}${sep}`, "").replaceAll(`${folder}${sep}`, ""),
    text,
  );
}
