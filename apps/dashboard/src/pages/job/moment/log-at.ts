import type { LogTail } from "@playhead/client";
import { useEffect, useMemo, useRef } from "react";

/** A log as it stood at a moment: the lines up to then; live (null) all of them. */
export function logAt(logs: LogTail, atMs: number | null): LogTail {
  if (atMs === null) return logs;
  const lines = logs.lines.filter(({ ts }) => Date.parse(ts) <= atMs);
  return lines.length === logs.lines.length ? logs : { ...logs, lines };
}

/** @returns whether lines from before the moment may be there that have not been read. */
export function lacksLinesAt({ lines, hasOlder, loaded }: LogTail, atMs: number | null): boolean {
  const [first] = lines;
  return atMs !== null && loaded && hasOlder && first !== undefined && Date.parse(first.ts) > atMs;
}

/** The log at a moment, read on into the past until there are lines of then. */
export function useLogAt(logs: LogTail, atMs: number | null, loadOlder: () => Promise<void>): LogTail {
  const isReading = useRef(false);
  const lacks = lacksLinesAt(logs, atMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page that has come may be followed by another
  useEffect(() => {
    if (!lacks || isReading.current) return;
    isReading.current = true;
    // What cannot be read now is asked for again with the next move.
    void loadOlder()
      .catch(() => {})
      .finally(() => {
        isReading.current = false;
      });
  }, [lacks, logs, loadOlder]);
  return useMemo(() => logAt(logs, atMs), [logs, atMs]);
}
