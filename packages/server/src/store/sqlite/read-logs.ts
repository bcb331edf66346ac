import type { DatabaseSync } from "node:sqlite";
import { LOG_LEVELS, type LogLine } from "@playhead/core";
import type { LogsQuery } from "../store.ts";
import { prepareRows } from "./connection.ts";
import { type IdRanges, idsBetween } from "./id-ranges.ts";
import type { JobRow } from "./job-history.ts";
import type { Segments } from "./segments.ts";
import type { TailIndex } from "./tail-index.ts";

type LogTuple = readonly [
  logId: number,
  tsMs: number,
  level: number,
  taskId: string | null,
  message: string,
  fields: string,
];

/** How many lines are read at a time where only some of them are wanted. */
const FILTERED_CHUNK = 200;

/** @returns a function that reads a page of a job's log lines, oldest first, within one read transaction */
export function prepareReadLogs(db: DatabaseSync, segments: Segments, tail: TailIndex) {
  const select = "SELECT id, ts_ms, level, task_id, message, fields FROM logs WHERE id BETWEEN ? AND ?";
  const selectUp = prepareRows<[...LogTuple]>(db, `${select} ORDER BY id`);
  const selectDown = prepareRows<[...LogTuple]>(db, `${select} ORDER BY id DESC`);

  const lastSegmentOf = (job: JobRow) => Math.min(job.lastSegment ?? Number.MAX_SAFE_INTEGER, segments.head().segment);

  function* stretchesUp(job: JobRow, after: number): Generator<IdRanges> {
    const last = lastSegmentOf(job);
    for (let segment = Math.max(job.firstSegment, segments.segmentAfterLog(after)); segment <= last; segment++) {
      for (const { logs } of segments.runsDown(job.jobNo, segment, segment)) yield logs;
    }
    yield tail.find(job.jobNo).logs;
  }

  function* stretchesDown(job: JobRow): Generator<IdRanges> {
    yield tail.find(job.jobNo).logs;
    for (const { logs } of segments.runsDown(job.jobNo, job.firstSegment, lastSegmentOf(job))) yield logs;
  }

  /** Reads a chunk at a time, since most callers stop early. */
  function* linesUp(job: JobRow, after: number, chunk: number): Generator<LogTuple> {
    for (const stretch of stretchesUp(job, after)) {
      const ids = idsBetween(stretch, after, Number.MAX_SAFE_INTEGER);
      for (let at = 0; at < ids.length; at += 2) {
        const last = ids[at + 1] as number;
        for (let first = ids[at] as number; first <= last; first += chunk) {
          yield* selectUp(first, Math.min(last, first + chunk - 1));
        }
      }
    }
  }

  function* linesDown(job: JobRow, after: number, before: number, chunk: number): Generator<LogTuple> {
    for (const stretch of stretchesDown(job)) {
      const ids = idsBetween(stretch, after, before);
      for (let at = ids.length - 2; at >= 0; at -= 2) {
        const first = ids[at] as number;
        for (let last = ids[at + 1] as number; last >= first; last -= chunk) {
          yield* selectDown(Math.max(first, last - chunk + 1), last);
        }
      }
    }
  }

  return (job: JobRow, { levels, after = 0, before, limit }: LogsQuery): readonly LogLine[] => {
    const wanted = levels?.map((level) => LOG_LEVELS.indexOf(level));
    const found: LogTuple[] = [];
    const chunk = wanted === undefined ? Math.max(1, limit) : FILTERED_CHUNK;
    const lines = before === undefined ? linesUp(job, after, chunk) : linesDown(job, after, before, chunk);
    for (const line of lines) {
      if (found.length >= limit) break;
      if (wanted === undefined || wanted.includes(line[2])) found.push(line);
    }
    if (before !== undefined) found.reverse();
    return found.map((line) => toLogLine(job.jobId, line));
  };
}

function toLogLine(jobId: string, [logId, tsMs, level, taskId, message, fields]: LogTuple): LogLine {
  return {
    log_id: logId,
    ts: new Date(tsMs).toISOString(),
    job_id: jobId,
    task_id: taskId,
    level: LOG_LEVELS[level] ?? "info",
    message,
    fields: JSON.parse(fields),
  };
}
