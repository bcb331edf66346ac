import type { DatabaseSync } from "node:sqlite";
import {
  type EventType,
  isEventType,
  isJobState,
  isJsonObject,
  type JobSummary,
  type JsonObject,
  type Task,
} from "@playhead/core";
import { prepareRow } from "../connection.ts";
import { EVENT_TYPE_NAMES } from "../group-message.ts";
import { taskRowRange } from "../task-row-id.ts";
import type { FoundFact, FoundJob, FoundRow } from "./mend-job.ts";

/** Jobs as they were found among salvaged rows. */
export interface FoundJobs {
  /** The numbers of all jobs that something was found of, in the order in which they came to be. */
  jobNos(): readonly number[];
  /** Null where nothing says its id. */
  job(jobNo: number): FoundJob | null;
  /** How many facts were found that cannot be used: their data is no JSON, their type is unknown. */
  readonly unusable: number;
}

/** The last moment that a date can be. */
const MAX_MS = 8.64e15;

type RowTuple = [string, string, string, string, string | null, string, string, number, number | null];

/** Prepares the look-ups among salvaged rows; adds an index to them. */
export function readFoundJobs(db: DatabaseSync): FoundJobs {
  db.exec("CREATE INDEX found_facts ON facts (job_no, seq, id)");
  const types = readTypes(db);
  const selectRow = prepareRow<RowTuple>(
    db,
    "SELECT job_id, tenant_id, kind, title_key, user_id, state, correlation_id, created_ms, ended_ms FROM jobs WHERE job_no = ?",
  );
  const selectSummary = prepareRow<[number, string]>(db, "SELECT seq, summary FROM job_projections WHERE job_no = ?");
  const selectTasks = db.prepare("SELECT task FROM tasks WHERE id BETWEEN ? AND ? ORDER BY id");
  const selectFacts = db.prepare(
    "SELECT seq, type, ts_ms, correlation_id, data FROM facts WHERE job_no = ? ORDER BY seq, id",
  );
  let unusable = 0;

  function* factsOf(jobNo: number): Generator<FoundFact> {
    let lastSeq = 0;
    for (const row of selectFacts.iterate(jobNo)) {
      const seq = Number(row.seq);
      const tsMs = Number(row.ts_ms);
      const type = types.get(Number(row.type));
      const data = parseObject(String(row.data));
      if (seq <= lastSeq || type === undefined || data === null || Math.abs(tsMs) > MAX_MS) {
        unusable += 1;
        continue;
      }
      lastSeq = seq;
      const correlationId = row.correlation_id === null ? null : String(row.correlation_id);
      yield { seq, type, tsMs, correlationId, data };
    }
  }

  function summaryOf(jobNo: number): JobSummary | null {
    const [seq, text] = selectSummary(jobNo) ?? [0, ""];
    const value = parseObject(text) as unknown as JobSummary | null;
    const isWhole =
      value?.seq === seq &&
      seq > 0 &&
      typeof value.job_id === "string" &&
      isJobState(value.state) &&
      isDate(value.created_at);
    return isWhole ? value : null;
  }

  function tasksOf(jobNo: number): readonly Task[] {
    const texts = selectTasks.all(...taskRowRange(jobNo)).map(({ task }) => String(task));
    const tasks = texts.map((text) => parseObject(text) as unknown as Task | null);
    return tasks.filter(
      (task) => typeof task?.task_id === "string" && typeof task.kind === "string",
    ) as readonly Task[];
  }

  return {
    jobNos: () =>
      db
        .prepare(
          "SELECT job_no FROM jobs UNION SELECT job_no FROM job_projections UNION SELECT job_no FROM facts ORDER BY 1",
        )
        .all()
        .map(({ job_no }) => Number(job_no)),
    job(jobNo) {
      const tuple = selectRow(jobNo);
      const row = tuple === undefined || Math.abs(tuple[7]) > MAX_MS ? null : rowOf(tuple);
      const summary = summaryOf(jobNo);
      const jobId = tuple?.[0] ?? summary?.job_id;
      if (jobId === undefined || (row === null && summary === null)) return null;
      return { jobId, row, summary, tasks: tasksOf(jobNo), facts: factsOf(jobNo) };
    },
    get unusable() {
      return unusable;
    },
  };
}

function rowOf([, tenantId, kind, title, userId, state, correlationId, createdMs, endedMs]: RowTuple): FoundRow {
  return { tenantId, kind, title, userId, state, correlationId, createdMs, endedMs };
}

/** What each code means. A name that is damaged is told by its place: codes are given in the order of the names. */
function readTypes(db: DatabaseSync): ReadonlyMap<number, EventType> {
  const types = new Map<number, EventType>(EVENT_TYPE_NAMES.map((name, place) => [place + 1, name]));
  for (const { code, name } of db.prepare("SELECT code, name FROM event_types").all()) {
    if (isEventType(name)) types.set(Number(code), name);
  }
  return types;
}

function isDate(text: unknown): boolean {
  return typeof text === "string" && !Number.isNaN(Date.parse(text));
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
