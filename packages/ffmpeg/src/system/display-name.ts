import { basename } from "node:path";

const MAX_LENGTH = 80;

/** Control characters and those that reorder text: a file name must not be able to rewrite the message around it. */
const UNPRINTABLE = /[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A file as messages name it: the last part of its path, in quotes, on one line, at most 80 characters. Messages reach
 * viewers, so the folders stay out; the whole path is in the error's `cause`.
 */
export function displayName(path: string): string {
  const name = (basename(path) || path).replace(UNPRINTABLE, "?");
  const points = [...name];
  const short = points.length <= MAX_LENGTH ? name : `${points.slice(0, 50).join("")}…${points.slice(-29).join("")}`;
  return `"${short}"`;
}
