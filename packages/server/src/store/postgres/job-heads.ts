import { PlayheadError } from "@playhead/core";
import type { Session, Statement } from "./postgres-database.ts";

/** What the writer knows of a job, so that its facts cost no look-up. */
export interface JobHead {
  readonly jobNo: number;
  lastSeq: number;
  /** The place of its next new task. */
  nextPlace: number;
  /** Whether it has facts or tasks that were not let go of. */
  hasDetails: boolean;
}

/** The heads of the jobs that are written to, by their ids. They run ahead of what is stored. */
export interface JobHeads {
  /** Looks those up that are not known, in one question. */
  load(session: Session, jobIds: Iterable<string>): Promise<void>;
  /** Undefined where there is no such job. */
  find(jobId: string): JobHead | undefined;
  /** The same. @throws PlayheadError `internal_error` when there is no such job */
  get(jobId: string): JobHead;
  add(jobId: string, head: JobHead): void;
  forgetAll(): void;
  /** Lets some go where there are too many; between two groups. */
  trim(): void;
  /** Lets the heads of these jobs go: they were changed in the database. */
  forget(jobNos: ReadonlySet<number>): void;
}

interface HeadRow extends JobHead {
  readonly jobId: string;
}

/** Beyond this many, those that were looked up first are let go. */
const MAX_HEADS = 100_000;

const SELECT_HEADS: Statement = {
  name: "select_heads",
  text: `SELECT j.job_id AS "jobId", j.job_no AS "jobNo", j.has_details AS "hasDetails",
      greatest(p.seq, (
        SELECT f.seq FROM playhead.facts f
        WHERE f.job_no = j.job_no AND f.id >= j.first_fact_id ORDER BY f.seq DESC LIMIT 1
      )) AS "lastSeq",
      coalesce((SELECT max(t.place) FROM playhead.tasks t WHERE t.job_no = j.job_no) + 1, 0) AS "nextPlace"
    FROM playhead.jobs j JOIN playhead.job_projections p ON p.job_no = j.job_no
    WHERE j.job_id = ANY($1)`,
};

/** No head is known yet. */
export function createJobHeads(): JobHeads {
  const heads = new Map<string, JobHead>();

  return {
    async load(session, jobIds) {
      const unknown = [...jobIds].filter((jobId) => !heads.has(jobId));
      if (unknown.length === 0) return;
      const { rows } = await session.query<HeadRow>(SELECT_HEADS, [unknown]);
      for (const { jobId, ...head } of rows) heads.set(jobId, head);
    },
    find: (jobId) => heads.get(jobId),
    get(jobId) {
      const head = heads.get(jobId);
      if (head !== undefined) return head;
      const message = `job ${jobId} is not stored, and the group holds no projection of it`;
      throw new PlayheadError("internal_error", message);
    },
    add: (jobId, head) => void heads.set(jobId, head),
    forgetAll: () => heads.clear(),
    forget(jobNos) {
      for (const [jobId, { jobNo }] of heads) if (jobNos.has(jobNo)) heads.delete(jobId);
    },
    trim() {
      for (const jobId of heads.keys()) {
        if (heads.size <= MAX_HEADS) return;
        heads.delete(jobId);
      }
    },
  };
}
