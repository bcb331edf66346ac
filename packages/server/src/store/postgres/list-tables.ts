import { createQueryBuilder } from "./query-builder.ts";

/** The tables that lists are made of, as migrations leave them. */
interface ListTables {
  readonly jobs: {
    readonly job_no: number;
    readonly job_id: string;
    readonly tenant_id: string;
    readonly kind: string;
    readonly title_key: string;
    readonly user_id: string | null;
    readonly state: string;
    readonly created_ms: number;
    readonly ended_ms: number | null;
  };
  readonly job_projections: { readonly job_no: number; readonly summary: string };
  readonly tasks: {
    readonly job_no: number;
    readonly place: number;
    readonly task_id: string;
    readonly parent_id: string | null;
    readonly state: string;
    readonly kind: string;
    readonly fields_id: string | null;
    readonly task: string;
  };
}

/** Builds queries of lists. */
export const build = createQueryBuilder<ListTables>();
