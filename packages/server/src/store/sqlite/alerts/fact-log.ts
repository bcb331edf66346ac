import type { DatabaseSync } from "node:sqlite";
import type { EventType } from "@playhead/core";
import type { FactLogStart } from "../../alert-store.ts";
import { inTransaction, prepareRow, prepareRows } from "../connection.ts";
import { type FactTuple, factJson } from "../job-history.ts";

/** Reads the facts of all jobs in the order of their commits: as they lie. */
export interface FactLog {
  /** A JSON array of LoggedFact. */
  readFactLog(afterFactId: number, limit: number): string;
  readFactLogEnd(): number;
  readFactLogStart(afterFactId: number, limit: number): FactLogStart;
}

type LoggedTuple = [
  factId: number,
  jobId: string,
  tenantId: string,
  kind: string,
  jobCorrelationId: string,
  ...FactTuple,
];

/** Prepares the queries on the reader's connection. */
export function createFactLog(db: DatabaseSync, typeNames: ReadonlyMap<number, EventType>): FactLog {
  const selectFacts = prepareRows<LoggedTuple>(
    db,
    // A cross join is read in the order in which it stands.
    `SELECT facts.id, job_id, tenant_id, kind, jobs.correlation_id, seq, type, ts_ms, facts.correlation_id, data
     FROM facts CROSS JOIN jobs ON jobs.job_no = facts.job_no WHERE facts.id > ? ORDER BY facts.id LIMIT ?`,
  );
  const selectLast = prepareRow<[number | null]>(db, "SELECT max(id) FROM facts");
  // The last facts may have been let go of; their numbers are not given twice.
  const selectSealed = prepareRow<[number | null]>(db, "SELECT max(last_fact_id) FROM segments");

  const selectCount = prepareRow<[number]>(db, "SELECT count(*) FROM facts WHERE id > ?");
  const selectLater = prepareRow<[number]>(db, "SELECT id FROM facts ORDER BY id DESC LIMIT 1 OFFSET ?");

  return {
    readFactLogStart: (afterFactId, limit) =>
      inTransaction(db, "BEGIN", () => {
        const skipped = Math.max(0, (selectCount(afterFactId)?.[0] ?? 0) - limit);
        return { skipped, factId: skipped === 0 ? afterFactId : (selectLater(limit)?.[0] ?? afterFactId) };
      }),
    readFactLog: (afterFactId, limit) =>
      `[${selectFacts(afterFactId, limit)
        .map((fact) => loggedJson(fact, typeNames))
        .join(",")}]`,
    readFactLogEnd: () => inTransaction(db, "BEGIN", () => Math.max(selectLast()?.[0] ?? 0, selectSealed()?.[0] ?? 0)),
  };
}

function loggedJson(
  [factId, jobId, tenantId, kind, correlationId, ...fact]: LoggedTuple,
  typeNames: ReadonlyMap<number, EventType>,
): string {
  const event = factJson({ jobId, correlationId }, fact, typeNames);
  return `{"factId":${factId},"tenantId":${JSON.stringify(tenantId)},"jobKind":${JSON.stringify(kind)},"event":${event}}`;
}
