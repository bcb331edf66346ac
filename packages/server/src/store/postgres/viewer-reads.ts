import type { JobSummary } from "@playhead/core";
import type { PostgresDatabase, Statement } from "./postgres-database.ts";

/** Where a job stands: whose it is, and its last fact. */
export interface StoredHead {
  readonly tenantId: string;
  readonly seq: number;
}

const SELECT_HEADS: Statement = {
  name: "viewer_heads",
  text: `SELECT j.job_id AS "jobId", j.tenant_id AS "tenantId", greatest(p.seq, (
        SELECT f.seq FROM playhead.facts f
        WHERE f.job_no = j.job_no AND f.id >= j.first_fact_id ORDER BY f.seq DESC LIMIT 1
      )) AS seq
    FROM playhead.jobs j JOIN playhead.job_projections p ON p.job_no = j.job_no
    WHERE j.job_id = ANY($1)`,
};
const SELECT_SUMMARIES: Statement = {
  name: "viewer_summaries",
  text: `SELECT p.summary FROM playhead.jobs j JOIN playhead.job_projections p ON p.job_no = j.job_no
    WHERE j.job_id = ANY($1)`,
};

/** What those who serve viewers read of many jobs at once, beside the store; nothing of it writes. */
export function createViewerReads(database: PostgresDatabase) {
  return {
    /** Where jobs stand; those that are not there are left out. */
    async readHeads(jobIds: readonly string[]): Promise<ReadonlyMap<string, StoredHead>> {
      const { rows } = await database.query<StoredHead & { readonly jobId: string }>(SELECT_HEADS, [jobIds]);
      return new Map(rows.map(({ jobId, tenantId, seq }) => [jobId, { tenantId, seq }]));
    },
    /** Jobs by their projections, in no order; those that are not there are left out. */
    async readSummaries(jobIds: readonly string[]): Promise<readonly JobSummary[]> {
      const { rows } = await database.query<{ readonly summary: string }>(SELECT_SUMMARIES, [jobIds]);
      return rows.map(({ summary }): JobSummary => JSON.parse(summary));
    },
  };
}
