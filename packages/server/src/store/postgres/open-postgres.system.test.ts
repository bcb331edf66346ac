import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type PostgresServer, startPostgres } from "../../../../../tests/servers/postgres-server.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import { openPostgres } from "./open-postgres.ts";
import type { PostgresDatabase } from "./postgres-database.ts";

let server: PostgresServer;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startPostgres((stop) => stops.push(stop), { address: { host: "127.0.0.1", port: await freePort() } });
}, 60_000);
afterAll(async () => {
  for (const stop of stops) await stop();
}, 60_000);

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function setup(url?: string): Promise<PostgresDatabase> {
  const database = await openPostgres({ url: url ?? (await server.createDatabase()), poolSize: 4 });
  onTestFinished(database.close);
  return database;
}

describe("migrations", () => {
  test("are applied once, however many servers start at the same time", async () => {
    const url = await server.createDatabase();
    const [first] = await Promise.all(Array.from({ length: 6 }, () => setup(url)));
    const { rows } = await (first as PostgresDatabase).query(
      "SELECT version FROM playhead.migrations ORDER BY version",
    );
    expect(rows).toEqual(MIGRATIONS.map(({ version }) => ({ version })));
  });

  test("of which one is unknown make a database newer than the program", async () => {
    const url = await server.createDatabase();
    const database = await setup(url);
    await migrate(database, [...MIGRATIONS, { version: 99, name: "of tomorrow", sql: "SELECT 1" }]);
    await expect(openPostgres({ url })).rejects.toMatchObject({ code: "data_newer" });
  });

  test("leave nothing of themselves when one of them fails", async () => {
    const database = await setup();
    const bad = { version: 98, name: "bad", sql: "CREATE TABLE playhead.half (a int); SELECT 1 / 0" };
    await expect(migrate(database, [...MIGRATIONS, bad])).rejects.toMatchObject({ code: "internal_error" });
    expect((await database.query("SELECT to_regclass('playhead.half') AS found")).rows).toEqual([{ found: null }]);
  });

  test("need no right to create anything once they are applied", async () => {
    const url = await server.createDatabase();
    const database = await setup(url);
    await database.query("DROP OWNED BY guest; DROP ROLE guest").catch(() => {});
    await database.query("CREATE ROLE guest LOGIN");
    await database.query("GRANT USAGE ON SCHEMA playhead TO guest");
    await database.query("GRANT SELECT ON ALL TABLES IN SCHEMA playhead TO guest");
    const asGuest = await setup(url.replace("postgres@", "guest@"));
    expect((await asGuest.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });
});

describe("a transaction", () => {
  test("is kept whole or not at all", async () => {
    const database = await setup();
    await database.query("CREATE TABLE kept (n bigint)");
    await database.transaction((session) => session.query("INSERT INTO kept VALUES ($1)", [1]));
    const failing = database.transaction(async (session) => {
      await session.query("INSERT INTO kept VALUES (2)");
      throw new RangeError("no");
    });
    await expect(failing).rejects.toMatchObject({ code: "internal_error", cause: expect.any(RangeError) });
    expect((await database.query("SELECT n FROM kept")).rows).toEqual([{ n: 1 }]);
  });

  test("that swallows a failure is not taken for kept", async () => {
    const database = await setup();
    const swallowing = database.transaction(async (session) => {
      await session.query("SELECT 1 / 0").catch(() => {});
    });
    await expect(swallowing).rejects.toMatchObject({ code: "internal_error" });
  });

  test("runs nothing that comes after its end", async () => {
    const database = await setup();
    await database.query("CREATE TABLE kept (n int)");
    const late = Promise.withResolvers<void>();
    let afterwards: Promise<unknown> = Promise.resolve();
    await expect(
      database.transaction(async (session) => {
        afterwards = late.promise.then(() => session.query("INSERT INTO kept VALUES (1)"));
        afterwards.catch(() => {});
        await session.query("SELECT 1 / 0");
      }),
    ).rejects.toThrow();
    late.resolve();
    await expect(afterwards).rejects.toMatchObject({ code: "internal_error" });
    expect((await database.query("SELECT n FROM kept")).rows).toEqual([]);
  });
});

test("over TCP PostgreSQL is to notice within 25 s that we are gone, on each connection", async () => {
  const database = await setup(await server.createTcpDatabase());
  const asked = `SELECT name, setting::int AS value FROM pg_settings
    WHERE name LIKE 'tcp_keepalives_%' OR name = 'tcp_user_timeout' ORDER BY name`;
  const own = await database.connect();
  onTestFinished(own.close);
  for (const session of [database, own]) {
    expect((await session.query(asked)).rows).toEqual([
      { name: "tcp_keepalives_count", value: 3 },
      { name: "tcp_keepalives_idle", value: 10 },
      { name: "tcp_keepalives_interval", value: 5 },
      { name: "tcp_user_timeout", value: 25_000 },
    ]);
  }
});

describe("what goes wrong is said by its code", () => {
  test.each([
    { name: "nothing listens", url: "postgresql://u:hunter2@127.0.0.1:1/db", code: "service_unavailable" },
    { name: "no such socket", url: "postgresql://u:hunter2@/db?host=/nowhere", code: "service_unavailable" },
    { name: "no such name", url: "postgresql://u:hunter2@nowhere.invalid/db", code: "service_unavailable" },
  ])("$name", async ({ url, code }) => {
    const error = await openPostgres({ url }).catch((caught) => caught);
    expect(error).toMatchObject({ code, retryable: true });
    expect(JSON.stringify([error.message, error.hint, error.detail])).not.toContain("hunter2");
  });

  test("no such database", async () => {
    const url = (await server.createDatabase()).replace(/test_\w+/, "nothing_here");
    await expect(openPostgres({ url })).rejects.toMatchObject({ code: "data_unwritable" });
  });

  test("no connection left", async () => {
    const url = await server.createDatabase();
    const database = await setup(url);
    await database.query("ALTER ROLE postgres CONNECTION LIMIT -1");
    await database.query("DROP ROLE few").catch(() => {});
    await database.query("CREATE ROLE few LOGIN CONNECTION LIMIT 0");
    const refused = openPostgres({ url: url.replace("postgres@", "few@") });
    await expect(refused).rejects.toMatchObject({ code: "service_unavailable", retryable: true });
  });

  test.each([
    { name: "read only", before: "SET TRANSACTION READ ONLY", code: "data_unwritable" },
    { name: "a statement that takes too long", before: "SET LOCAL statement_timeout = 1", code: "service_unavailable" },
    { name: "a right that is missing", before: "SET LOCAL ROLE pg_monitor", code: "data_unwritable" },
  ])("$name", async ({ before, code }) => {
    const database = await setup();
    const work = database.transaction(async (session) => {
      await session.query(before);
      await session.query("SELECT pg_sleep(0.1)");
      await session.query("UPDATE playhead.lease SET holder = 'x'");
    });
    await expect(work).rejects.toMatchObject({ code });
  });

  test("another program in the place of PostgreSQL", async () => {
    const other = createServer((socket) => socket.end("SSH-2.0-other\r\n")).listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    await expect(openPostgres({ url: `postgresql://u@127.0.0.1:${port}/db` })).rejects.toMatchObject({
      code: expect.stringMatching(/^(service_unavailable|internal_error)$/),
    });
  });

  test("a server that is killed under a connection, and comes back", async () => {
    const database = await setup();
    await server.kill();
    await expect(database.query("SELECT 1")).rejects.toMatchObject({ code: "service_unavailable" });
    await server.start();
    expect((await database.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });
});
