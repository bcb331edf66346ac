import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { startPostgres } from "./postgres-server.ts";

async function ask(url: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe("a PostgreSQL for tests", () => {
  test("has what was committed after it was killed", async () => {
    const server = await startPostgres(onTestFinished);
    const url = await server.createDatabase();
    await ask(url, "CREATE TABLE kept AS SELECT 1 AS one");
    await server.kill();
    await expect(ask(url, "SELECT 1")).rejects.toThrow();
    await server.start();
    expect(await ask(url, "SELECT one FROM kept")).toEqual([{ one: 1 }]);
  });
});
