import { join } from "node:path";
import { expect, test } from "vitest";
import { oddFolder, playhead } from "../test/playhead-process.ts";

const DATABASE = { PLAYHEAD_DATABASE_URL: "postgresql://u:hunter2@127.0.0.1:1/playhead" };

test.each([
  { args: ["backup", "anywhere"], says: /pg_dump/ },
  { args: ["restore", "anywhere"], says: /pg_restore/ },
  { args: ["doctor", "--repair"], says: /backup of the database/ },
])("$args.0 says what to do instead where the data is in PostgreSQL", async ({ args, says }) => {
  const run = await playhead([...args, "--data", join(oddFolder(), "data")], { environment: DATABASE });
  expect(run.code).not.toBe(0);
  expect(run.stderr.join("\n")).toMatch(says);
});

test("doctor looks whether the database can be reached, and never shows its password", async () => {
  const run = await playhead(["doctor", "--json", "--port", "0", "--data", join(oddFolder(), "data")], {
    environment: DATABASE,
  });
  const checks = JSON.parse(run.stdout.join()).checks;
  expect(checks).toContainEqual(
    expect.objectContaining({
      part: "data",
      name: "database",
      ok: false,
      found: expect.stringMatching(/playhead at 127/),
    }),
  );
  expect(run.stdout.join() + run.stderr.join()).not.toContain("hunter2");
});
