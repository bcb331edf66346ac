import type { AlertStore } from "../../alert-store.ts";
import { textOfColumn } from "../column-text.ts";
import { eventOf, FACT_COLUMNS, type StoredFact } from "../fact-rows.ts";
import type { Session, Statement } from "../postgres-database.ts";

/** What of the store reads the facts of all jobs, in the order of their commits: as they lie. */
export type FactLog = Pick<AlertStore, "readFactLog" | "readFactLogEnd" | "readFactLogStart">;

interface LoggedRecord extends StoredFact {
  readonly factId: number;
  readonly jobId: string;
  readonly tenantId: string;
  readonly kind: string;
}

const SELECT_FACTS: Statement = {
  name: "select_fact_log",
  text: `SELECT f.id AS "factId", j.job_id AS "jobId", j.tenant_id AS "tenantId", j.kind, ${FACT_COLUMNS}
    FROM playhead.facts f
    JOIN playhead.jobs j ON j.job_no = f.job_no AND f.seq >= j.first_seq
    JOIN playhead.event_types t ON t.code = f.type
    WHERE f.id > $1 ORDER BY f.id LIMIT $2`,
};

const COUNT_AFTER: Statement = {
  name: "count_fact_log",
  text: "SELECT count(*) AS count FROM playhead.facts WHERE id > $1",
};
const SELECT_LATER: Statement = {
  name: "select_fact_log_later",
  text: "SELECT id FROM playhead.facts ORDER BY id DESC LIMIT 1 OFFSET $1",
};

export function createFactLog(session: Session): FactLog {
  return {
    async readFactLog(afterFactId, limit) {
      const { rows } = await session.query<LoggedRecord>(SELECT_FACTS, [afterFactId, limit]);
      return rows.map(({ factId, jobId, tenantId, kind, ...fact }) => {
        const names = { tenantId: textOfColumn(tenantId), jobKind: textOfColumn(kind) };
        return { factId, ...names, event: eventOf(textOfColumn(jobId), fact) };
      });
    },
    // Ids of different days are far apart, so they do not say how many lie between.
    async readFactLogStart(afterFactId, limit) {
      const { rows: counted } = await session.query<{ count: number }>(COUNT_AFTER, [afterFactId]);
      const skipped = Math.max(0, (counted[0]?.count ?? 0) - limit);
      if (skipped === 0) return { factId: afterFactId, skipped };
      const { rows } = await session.query<{ id: number }>(SELECT_LATER, [limit]);
      return { factId: rows[0]?.id ?? afterFactId, skipped };
    },
    async readFactLogEnd() {
      // Also of facts that were let go of: their numbers are not given twice.
      const { rows } = await session.query<{ end: number }>(`SELECT last_fact_id AS "end" FROM playhead.writer`);
      return rows[0]?.end ?? 0;
    },
  };
}
