import type { DatabaseSync } from "node:sqlite";
import { PlayheadError } from "@playhead/core";
import { prepareRow } from "./connection.ts";
import type { HandleNews } from "./group-message.ts";
import type { Segments } from "./segments.ts";
import type { TailIndex } from "./tail-index.ts";
import { taskRowId, taskRowRange } from "./task-row-id.ts";

/** What the writer knows of a job, so that a fact of it costs one insert and no look-up. */
export interface JobHead {
  readonly jobNo: number;
  lastSeq: number;
  /** The row of the next new task; null before it was looked up. */
  nextTaskRow: number | null;
  /** The last segment of a job that has ended; null while it is open. */
  lastSegment: number | null;
}

/** The heads of the jobs that are written to, by their handles. */
export interface JobHeads {
  /** Takes the news that a message brings; of every message, and before all else. */
  learn(news: HandleNews): void;
  /** The head, from memory or from the database; undefined when there is no such job. */
  find(handle: number): JobHead | undefined;
  /** The same. @throws PlayheadError `internal_error` when there is no such job */
  get(handle: number): JobHead;
  add(handle: number, head: JobHead): void;
  /** For messages. */
  idOf(handle: number): string;
  nextTaskRowOf(jobNo: number): number;
  /** Lets all heads go: they may be ahead of what is stored. */
  forgetAll(): void;
}

/** Prepares the look-ups on the writer's connection. */
export function createJobHeads(db: DatabaseSync, segments: Segments, tail: TailIndex): JobHeads {
  const selectJob = prepareRow<[number, number, number | null]>(
    db,
    "SELECT job_no, first_segment, last_segment FROM jobs WHERE job_id = ?",
  );
  const selectLastTask = prepareRow<[number | null]>(db, "SELECT max(id) FROM tasks WHERE id BETWEEN ? AND ?");
  const ids: string[] = [];
  let known: (JobHead | undefined)[] = [];

  function lastSeqOf(jobNo: number, firstSegment: number, lastSegment: number): number {
    const inTail = tail.lastSeqOf(jobNo);
    if (inTail > 0) return inTail;
    const [newest] = segments.runsDown(jobNo, firstSegment, lastSegment).take(1);
    return newest?.lastSeq ?? 0;
  }

  function load(jobId: string): JobHead | undefined {
    const row = selectJob(jobId);
    if (row === undefined) return undefined;
    const [jobNo, firstSegment, lastSegment] = row;
    const last = Math.min(lastSegment ?? Number.MAX_SAFE_INTEGER, segments.head().segment);
    return { jobNo, lastSeq: lastSeqOf(jobNo, firstSegment, last), nextTaskRow: null, lastSegment };
  }

  function find(handle: number): JobHead | undefined {
    const head = known[handle] ?? load(idOf(handle));
    known[handle] = head;
    return head;
  }

  const idOf = (handle: number) => ids[handle] as string;

  return {
    learn({ isRestart, added }) {
      if (isRestart) {
        ids.length = 0;
        known = [];
      }
      for (const jobId of added) ids.push(jobId);
    },
    find,
    get(handle) {
      const head = known[handle] ?? find(handle);
      if (head !== undefined) return head;
      const message = `job ${idOf(handle)} is not stored, and the group holds no projection of it`;
      throw new PlayheadError("internal_error", message);
    },
    add(handle, head) {
      known[handle] = head;
    },
    idOf,
    nextTaskRowOf(jobNo) {
      const [first, last] = taskRowRange(jobNo);
      const row = selectLastTask(first, last)?.[0] ?? null;
      return row === null ? taskRowId(jobNo, 0) : row + 1;
    },
    forgetAll() {
      known = [];
    },
  };
}
