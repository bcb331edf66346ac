import { PlayheadError } from "@playhead/core";
import type { CommitGroup, JobProjection } from "../store.ts";
import { titleKey } from "../title-key.ts";
import { columnText, columnTextOrNull } from "./column-text.ts";
import { lastIdBefore } from "./fact-ids.ts";
import type { JobHead, JobHeads } from "./job-heads.ts";
import type { Statement } from "./postgres-database.ts";
import { taskColumns } from "./task-columns.ts";

/** How far writing has come. */
export interface WriterPosition {
  commitNo: number;
  lastFactId: number;
  lastJobNo: number;
}

/** A statement and what it is run with. */
export type Asked = readonly [statement: Statement, values: readonly unknown[]];

export interface GroupContext {
  /** Of all jobs that the group names, as far as there are such jobs. */
  readonly heads: JobHeads;
  /** Moved on by what the group takes. */
  readonly position: WriterPosition;
  readonly typeCodes: ReadonlyMap<string, number>;
  readonly nowMs: number;
}

const INSERT_FACTS: Statement = {
  name: "insert_facts",
  // JSON text has no line break in it, so that all data travels as one text that needs no escapes.
  text: `INSERT INTO playhead.facts (id, job_no, ts_ms, seq, type, correlation_id, data)
    SELECT $1 + at, job_no, ts_ms, seq, type, correlation_id, data
    FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::smallint[], $6::text[], string_to_array($7, E'\\n'))
      WITH ORDINALITY AS fact (job_no, ts_ms, seq, type, correlation_id, data, at)`,
};
const INSERT_JOBS: Statement = {
  name: "insert_jobs",
  text: `INSERT INTO playhead.jobs (job_no, job_id, tenant_id, kind, title_key, user_id, state, correlation_id,
      created_ms, ended_ms, first_fact_id)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::bigint[], $10::bigint[], $11::bigint[])`,
};
const UPDATE_JOBS: Statement = {
  name: "update_jobs",
  // Only where something differs: an update writes all indexes again.
  text: `UPDATE playhead.jobs AS job SET title_key = now.title_key, user_id = now.user_id, state = now.state,
      ended_ms = now.ended_ms
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[])
      AS now (job_no, title_key, user_id, state, ended_ms)
    WHERE job.job_no = now.job_no AND (job.title_key, job.user_id, job.state, job.ended_ms)
      IS DISTINCT FROM (now.title_key, now.user_id, now.state, now.ended_ms)`,
};
const EXTEND_JOBS: Statement = {
  name: "extend_jobs",
  text: `UPDATE playhead.jobs SET has_details = true, first_fact_id = $2 WHERE job_no = ANY($1)`,
};
const PUT_PROJECTIONS: Statement = {
  name: "put_projections",
  text: `INSERT INTO playhead.job_projections (job_no, seq, summary)
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[])
    ON CONFLICT (job_no) DO UPDATE SET seq = excluded.seq, summary = excluded.summary`,
};
const PUT_TASKS: Statement = {
  name: "put_tasks",
  // One that is there keeps its place; the one that it was given now is nobody's.
  text: `INSERT INTO playhead.tasks (job_no, place, task_id, parent_id, state, kind, fields_id, task)
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    ON CONFLICT (job_no, task_id) DO UPDATE
    SET state = excluded.state, kind = excluded.kind, fields_id = excluded.fields_id, task = excluded.task`,
};
const PUT_SOURCES: Statement = {
  name: "put_sources",
  text: `INSERT INTO playhead.sources AS old (source, n, seen_ms)
    SELECT source, n, $3 FROM unnest($1::text[], $2::bigint[]) AS given (source, n)
    ON CONFLICT (source) DO UPDATE SET n = greatest(old.n, excluded.n), seen_ms = excluded.seen_ms`,
};

/**
 * The statements that store a group, in their order. Heads and position move on with it.
 *
 * @throws PlayheadError `internal_error` where a job's facts do not go on from what is stored; then heads and position
 * are to be read anew
 */
export function groupStatements(group: CommitGroup, context: GroupContext): readonly Asked[] {
  const { heads, position, nowMs } = context;
  position.commitNo += 1;
  if (group.facts.length > 0) position.lastFactId = lastIdBefore(position.lastFactId, nowMs);
  const projections = lastOfEach(group.projections);
  const newJobs = projections.filter(({ job }) => heads.find(job.job_id) === undefined);
  const nextFactId = position.lastFactId + 1;
  for (const { job } of newJobs) {
    position.lastJobNo += 1;
    heads.add(job.job_id, { jobNo: position.lastJobNo, lastSeq: 0, nextPlace: 0, hasDetails: true });
  }
  const isNew = new Set(newJobs);
  const known = projections.filter((projection) => !isNew.has(projection));
  return [
    ...insertJobs(newJobs, heads, nextFactId),
    ...writeFacts(group, context),
    ...updateJobs(known, heads),
    ...putProjections(projections, heads),
    ...putSources(group.sources, nowMs),
  ];
}

function writeFacts({ facts }: CommitGroup, { heads, position, typeCodes }: GroupContext): readonly Asked[] {
  const count = facts.length;
  if (count === 0) return [];
  const jobNos = new Array<number>(count);
  const timesMs = new Array<number>(count);
  const seqs = new Array<number>(count);
  const types = new Array<number>(count);
  const data = new Array<string>(count);
  let correlationIds: (string | null)[] = [];
  const extended = new Set<JobHead>();
  for (const [at, fact] of facts.entries()) {
    const head = heads.get(fact.job_id);
    if (fact.seq !== head.lastSeq + 1) {
      throw defect(`expected fact ${head.lastSeq + 1} of job ${fact.job_id}, got ${fact.seq}`);
    }
    head.lastSeq = fact.seq;
    if (!head.hasDetails) extended.add(head);
    jobNos[at] = head.jobNo;
    timesMs[at] = fact.tsMs;
    seqs[at] = fact.seq;
    types[at] = typeCodes.get(fact.type) as number;
    data[at] = fact.dataJson;
    if (fact.correlation_id === null) continue;
    if (correlationIds.length === 0) correlationIds = new Array<string | null>(count).fill(null);
    correlationIds[at] = columnText(fact.correlation_id);
  }
  const before = position.lastFactId;
  position.lastFactId += count;
  const [ofJobs, atTimes, ofSeqs, ofTypes] = [jobNos, timesMs, seqs, types].map(numbers);
  const values = [before, ofJobs, atTimes, ofSeqs, ofTypes, correlationIds, data.join("\n")];
  return [...extendJobs(extended, before + 1), [INSERT_FACTS, values]];
}

/** Of jobs whose details were let go of, and that got something after all. */
function extendJobs(extended: ReadonlySet<JobHead>, factId: number): readonly Asked[] {
  if (extended.size === 0) return [];
  for (const head of extended) head.hasDetails = true;
  return [[EXTEND_JOBS, [numbers([...extended].map(({ jobNo }) => jobNo)), factId]]];
}

function insertJobs(projections: readonly JobProjection[], heads: JobHeads, nextFactId: number): readonly Asked[] {
  if (projections.length === 0) return [];
  const jobs = projections.map(({ job }) => job);
  const columns = [
    jobs.map(({ job_id }) => heads.get(job_id).jobNo),
    jobs.map(({ job_id }) => job_id),
    jobs.map(({ tenant_id }) => columnText(tenant_id)),
    jobs.map(({ kind }) => columnText(kind)),
    jobs.map(({ title }) => columnText(titleKey(title))),
    jobs.map(({ user_id }) => columnTextOrNull(user_id)),
    jobs.map(({ state }) => state),
    jobs.map(({ correlation_id }) => columnText(correlation_id)),
    jobs.map(({ created_at }) => Date.parse(created_at)),
    jobs.map(({ ended_at }) => msOf(ended_at)),
    jobs.map(() => nextFactId),
  ];
  return [[INSERT_JOBS, columns]];
}

function updateJobs(projections: readonly JobProjection[], heads: JobHeads): readonly Asked[] {
  if (projections.length === 0) return [];
  const jobs = projections.map(({ job }) => job);
  const columns = [
    jobs.map(({ job_id }) => heads.get(job_id).jobNo),
    jobs.map(({ title }) => columnText(titleKey(title))),
    jobs.map(({ user_id }) => columnTextOrNull(user_id)),
    jobs.map(({ state }) => state),
    jobs.map(({ ended_at }) => msOf(ended_at)),
  ];
  return [[UPDATE_JOBS, columns]];
}

function putProjections(projections: readonly JobProjection[], heads: JobHeads): readonly Asked[] {
  if (projections.length === 0) return [];
  for (const { job } of projections) {
    const { lastSeq } = heads.get(job.job_id);
    if (job.seq > lastSeq) throw defect(`job ${job.job_id} has ${lastSeq} facts, and got a projection at ${job.seq}`);
  }
  const columns = [
    projections.map(({ job }) => heads.get(job.job_id).jobNo),
    projections.map(({ job }) => job.seq),
    // A whole Job passes for a summary; its tasks are told below.
    projections.map(({ job }) => JSON.stringify({ ...job, tasks: undefined })),
  ];
  const tasks = taskColumns(projections, heads);
  return [[PUT_PROJECTIONS, columns], ...(tasks === null ? [] : [[PUT_TASKS, tasks] as const])];
}

function putSources(sources: CommitGroup["sources"], nowMs: number): readonly Asked[] {
  if (sources.size === 0) return [];
  return [[PUT_SOURCES, [[...sources.keys()].map(columnText), numbers([...sources.values()]), nowMs]]];
}

/** A job is told of once a group: as it was said to be last, with all tasks that were told. */
function lastOfEach(projections: readonly JobProjection[]): readonly JobProjection[] {
  const last = new Map<string, JobProjection>();
  for (const { job, tasks } of projections) {
    const before = last.get(job.job_id);
    last.set(job.job_id, { job, tasks: before === undefined ? tasks : [...before.tasks, ...tasks] });
  }
  return last.size === projections.length ? projections : [...last.values()];
}

const numbers = (values: readonly number[]) => `{${values.join(",")}}`;
const msOf = (time: string | null) => (time === null ? null : Date.parse(time));

function defect(message: string): PlayheadError {
  return new PlayheadError("internal_error", message);
}
