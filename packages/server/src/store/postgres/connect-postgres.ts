import { PlayheadError } from "@playhead/core";
import pg from "pg";
import { databaseName } from "./database-name.ts";
import type {
  OwnConnection,
  PostgresDatabase,
  Rows,
  Script,
  Session,
  Statement,
  TransactionOptions,
} from "./postgres-database.ts";
import { asPostgresError } from "./postgres-error.ts";

export interface PostgresOptions {
  /** Such as `postgresql://user:password@host/name?sslmode=verify-full`; a socket's folder as `host`. */
  readonly url: string;
  /**
   * How many connections at most; one more writes facts.
   * @defaultValue 10
   */
  readonly poolSize?: number;
  /**
   * An answer that does not come within this time is given up, with its connection.
   * @defaultValue 35000
   */
  readonly answerLimitMs?: number;
  /** Told of connections that were lost while nobody used them. @defaultValue nothing happens */
  readonly onError?: (error: unknown) => void;
}

const POOL_SIZE = 10;
/** For a connection to be made, or one of the pool's to be free. */
const CONNECT_LIMIT_MS = 10_000;
/** No question of ours takes nearly as long; what does must not hold a connection for ever. */
const STATEMENT_LIMIT_MS = 30_000;
/** A process that hangs within a transaction must not hold its locks for longer. */
const IDLE_IN_TRANSACTION_LIMIT_MS = 10_000;
/** An answer that does not come, not even that it took too long: the network is cut, and the connection is given up. */
const ANSWER_LIMIT_MS = 35_000;
const IDLE_LIMIT_MS = 60_000;
/** A machine that is gone without a word is noticed. */
const KEEP_ALIVE_AFTER_MS = 10_000;
/**
 * And so does PostgreSQL notice that we are: within 25 s, in place of two hours. Until then it keeps our locks and our places
 * among its connections. Asked for by a statement, since poolers refuse what they do not know when a connection begins.
 */
const NOTICE_US = `SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '25000', false)`;

/** A pool of connections, none of which is made yet: nothing is known of the database. */
export function connectPostgres(options: PostgresOptions): PostgresDatabase {
  const { url, poolSize = POOL_SIZE, answerLimitMs = ANSWER_LIMIT_MS, onError = () => {} } = options;
  const name = databaseName(url);
  const settings = connectionSettings(url, answerLimitMs);
  const pool = new pg.Pool({ ...settings, max: poolSize, idleTimeoutMillis: IDLE_LIMIT_MS });
  pool.on("error", (error) => onError(asPostgresError(error, name)));
  pool.on("connect", askToNotice);

  async function transaction<Result>(
    work: (session: Session) => Promise<Result>,
    { isSnapshot = false }: TransactionOptions = {},
  ): Promise<Result> {
    const client = await pool.connect().catch((error: unknown) => {
      throw asPostgresError(error, name);
    });
    // Who is using it hears of its end by the statement that fails.
    client.on("error", ignore);
    let isSound = true;
    try {
      return await inTransaction(client, name, isSnapshot ? BEGIN_SNAPSHOT : "BEGIN", work, () => {
        isSound = false;
      });
    } finally {
      client.release(!isSound);
      client.off("error", ignore);
    }
  }

  return {
    name,
    ...createSession(pool, name),
    transaction,
    connect: () => connect(settings, name),
    close: () => pool.end(),
  };
}

const BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

async function connect(settings: pg.ClientConfig, name: string): Promise<OwnConnection> {
  const client = new pg.Client(settings);
  let isLost = false;
  client.on("error", () => {
    isLost = true;
  });
  client.on("end", () => {
    isLost = true;
  });
  try {
    await client.connect();
  } catch (error) {
    throw asPostgresError(error, name);
  }
  askToNotice(client);
  return {
    ...createSession(client, name),
    transaction: (work) => inTransaction(client, name, "BEGIN", work, () => client.end()),
    isLost: () => isLost,
    close: () => client.end(),
  };
}

/** @param onUnsound is called when the connection is not to be used any more */
async function inTransaction<Result>(
  client: Pick<pg.Pool, "query">,
  name: string,
  begin: string,
  work: (session: Session) => Promise<Result>,
  onUnsound: () => void,
): Promise<Result> {
  const { session, end } = createTransactionSession(client, name);
  try {
    const [, result] = await Promise.all([session.query(begin), work(session)]);
    end();
    const { command } = await client.query("COMMIT");
    if (command !== "COMMIT") throw new Error("a statement failed, and what came after it did not heed that");
    return result;
  } catch (error) {
    end();
    // Its state may be anything if even this fails.
    await client.query("ROLLBACK").catch(onUnsound);
    throw asPostgresError(error, name);
  }
}

/** A session that is over when the transaction is: what comes late must not run outside of it, and be kept for good. */
function createTransactionSession(client: Pick<pg.Pool, "query">, name: string) {
  const inner = createSession(client, name);
  let isOver = false;
  function check(): void {
    if (isOver) throw new PlayheadError("internal_error", "a statement came after the end of its transaction");
  }
  const session: Session = {
    async query(statement, values) {
      check();
      return await inner.query(statement, values);
    },
    async run(query) {
      check();
      return await inner.run(query);
    },
  };
  return {
    session,
    end() {
      isOver = true;
    },
  };
}

function createSession(client: Pick<pg.Pool, "query">, name: string): Session {
  async function query<Row extends object>(
    statement: Statement | Script | string,
    values: readonly unknown[] = [],
  ): Promise<Rows<Row>> {
    try {
      const { rows, rowCount } = await client.query<Row>(asked(statement, values as unknown[]));
      return { rows, count: rowCount ?? 0 };
    } catch (error) {
      throw asPostgresError(error, name);
    }
  }

  return {
    query,
    async run<Row>(built: Parameters<Session["run"]>[0]) {
      const { sql, parameters } = built.compile();
      return (await query<Row & object>(sql, parameters)).rows;
    },
  };
}

function asked(statement: Statement | Script | string, values: unknown[]): pg.QueryConfig {
  if (typeof statement === "string") return { text: statement, values };
  if ("name" in statement) return { ...statement, values };
  const limit: pg.QueryConfig & { readonly query_timeout: number } = {
    text: statement.text,
    query_timeout: statement.limitMs,
  };
  return limit;
}

function connectionSettings(url: string, answerLimitMs: number): pg.ClientConfig {
  return {
    connectionString: asLibpqReadsIt(url),
    application_name: "playhead",
    connectionTimeoutMillis: Math.min(CONNECT_LIMIT_MS, answerLimitMs),
    statement_timeout: STATEMENT_LIMIT_MS,
    query_timeout: answerLimitMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_LIMIT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    pipeline: true,
    types: { getTypeParser },
  };
}

/** So that `sslmode` means what psql and every other program take it for: `require` asks for no known certificate. */
function asLibpqReadsIt(url: string): string {
  return url.includes("uselibpqcompat=") ? url : `${url}${url.includes("?") ? "&" : "?"}uselibpqcompat=true`;
}

/** 8-byte integers as numbers: ours count and are times, both far below 2 ** 53. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as "text");

/** Where that cannot be had, it is as the server is set. */
function askToNotice(client: Pick<pg.Client, "query">): void {
  client.query(NOTICE_US).catch(ignore);
}

function ignore(): void {}
