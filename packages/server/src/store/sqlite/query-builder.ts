import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  DummyDriver,
  type Generated,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

/** The tables that lists are made of, as migrations leave them. */
export interface ListTables {
  readonly jobs: {
    readonly job_no: Generated<number>;
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
    readonly id: number;
    readonly job_no: number;
    readonly parent_id: string | null;
    readonly state: string;
    readonly task: string;
  };
  readonly alerts: {
    readonly alert_id: string;
    readonly tenant_id: string;
    readonly rule_id: string;
    readonly level: string;
    readonly state: string;
    readonly job_id: string | null;
    readonly pending_ms: number;
    readonly alert: string;
  };
  readonly alert_deliveries: {
    readonly delivery_id: string;
    readonly tenant_id: string;
    readonly channel: string;
    readonly rule_id: string;
    readonly state: string;
    readonly created_ms: number;
    readonly delivery: string;
  };
}

/** Builds queries; it has no connection, so that it can run none. */
export const build = new Kysely<ListTables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** Runs a built query. */
export type RunQuery = <Row>(query: { compile(): CompiledQuery<Row> }) => readonly Row[];

/** Statements of this many differently shaped queries are kept prepared. */
const MAX_STATEMENTS = 64;

/** Runs built queries on a connection. */
export function createQueryRunner(db: DatabaseSync): RunQuery {
  const statements = new Map<string, StatementSync>();
  return <Row>(query: { compile(): CompiledQuery<Row> }) => {
    const { sql, parameters } = query.compile();
    const statement = statements.get(sql) ?? db.prepare(sql);
    // The one used last stands last; the first to go is the one not used for longest.
    statements.delete(sql);
    statements.set(sql, statement);
    if (statements.size > MAX_STATEMENTS) statements.delete(statements.keys().next().value as string);
    return statement.all(...(parameters as readonly SQLInputValue[])) as Row[];
  };
}
