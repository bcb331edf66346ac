import type { CompiledQuery } from "kysely";

/** A statement that each connection prepares once, under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Any number of statements without values, which may take their time. */
export interface Script {
  readonly text: string;
  readonly limitMs: number;
}

export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** Rows that were read, or changed. */
  readonly count: number;
}

/** Something that runs statements: a connection within a transaction, or any connection of the pool. */
export interface Session {
  /**
   * Runs a statement. Those that are sent without waiting for the one before travel together, and run one after the
   * other. 8-byte integers come as numbers; JSON and times as they are in JavaScript.
   *
   * @throws PlayheadError see `asPostgresError`
   */
  query<Row extends object>(statement: Statement | Script | string, values?: readonly unknown[]): Promise<Rows<Row>>;
  /** Runs what Kysely has built (`build` of `query-builder.ts`). */
  run<Row>(query: { compile(): CompiledQuery<Row> }): Promise<readonly Row[]>;
}

export interface TransactionOptions {
  /**
   * All reads from one state of the database, and no writes.
   * @defaultValue false
   */
  readonly isSnapshot?: boolean;
}

/** A PostgreSQL, through a pool of connections; its tables are in the schema `playhead`, and up to date. */
export interface PostgresDatabase extends Session {
  /** Names it in messages; without its password. */
  readonly name: string;
  /** All that `work` does, or nothing of it. @throws PlayheadError, and what `work` throws */
  transaction<Result>(work: (session: Session) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
  /** A connection outside the pool, for what has an order of its own; to be closed before the database is. */
  connect(): Promise<OwnConnection>;
  /** Ends after what is under way. */
  close(): Promise<void>;
}

export interface OwnConnection extends Session {
  /** All that `work` does, or nothing of it; nothing else may be sent until it is over. */
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  /** Whether it was lost; nothing can be asked then. */
  isLost(): boolean;
  close(): Promise<void>;
}
