import { join } from "node:path";

/**
 * What lies in a spool's root: a folder for each start of a worker that had to write, named `SOURCE@ID`, in it a lock
 * and the segments, which are read in the order of their names.
 *
 *     ~/.local/state/playhead/spool/3f9c…/worker_7f3a@9c41e0d2/spool.lock
 *                                                             00000001.ndjson
 *                                                             00000002.ndjson
 */
const SEGMENT = /^\d{8,}\.ndjson$/;

/** The folder of one start of a worker. @param id never used before */
export function ownFolder(root: string, source: string, id: string): string {
  return join(root, `${encodeURIComponent(source).replaceAll(".", "%2E")}@${id}`);
}

/** Whose records a folder holds; null when it is none of ours. */
export function sourceOf(folderName: string): string | null {
  const end = folderName.lastIndexOf("@");
  if (end <= 0) return null;
  try {
    return decodeURIComponent(folderName.slice(0, end));
  } catch {
    return null;
  }
}

/** The file name of a segment. @param number from 1 */
export function segmentName(number: number): string {
  return `${String(number).padStart(8, "0")}.ndjson`;
}

/** The segments among the files of a folder, the oldest first. */
export function segmentsIn(fileNames: readonly string[]): readonly string[] {
  return fileNames.filter((name) => SEGMENT.test(name)).sort();
}
