import {
  DummyDriver,
  type Kysely,
  Kysely as KyselyBuilder,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";

/** Builds queries of the schema `playhead`; it has no connection, so that it can run none. */
export function createQueryBuilder<Tables>(): Kysely<Tables> {
  const builder = new KyselyBuilder<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return builder.withSchema("playhead");
}
