import { join } from "node:path";
import { openPostgres } from "@playhead/server";
import { expect, onTestFinished, test } from "vitest";
import { startPostgres } from "../../../../tests/servers/postgres-server.ts";
import { oddFolder, startPlayhead } from "../../test/playhead-process.ts";

test("serve ends, and says why, when another server has taken over its database", async () => {
  const postgres = await startPostgres(onTestFinished);
  const url = await postgres.createDatabase();
  const server = startPlayhead(["serve", "--port", "0", "--data", join(oddFolder(), "data"), "--json", "--no-worker"], {
    environment: { PLAYHEAD_DATABASE_URL: url },
  });
  await server.line(/"type":"serving"/);
  const database = await openPostgres({ url, poolSize: 1 });
  onTestFinished(database.close);
  await database.query("UPDATE playhead.lease SET term = term + 1, expires_at = clock_timestamp() + interval '1 hour'");
  const { code, stderr } = await server.ended;
  expect([code, stderr.join("\n")]).toEqual([3, expect.stringContaining("another server has taken over")]);
});
