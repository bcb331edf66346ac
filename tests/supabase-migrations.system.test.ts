import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { clientOf, follow, runItems, startMirrored, writerUrl } from "./fixtures/supabase.ts";
import type { PostgresServer } from "./servers/postgres-server.ts";
import { readMigrations, startProject, startProjects } from "./servers/supabase/supabase-server.ts";

let postgres: PostgresServer;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  postgres = await startProjects((end) => ends.push(end));
});
afterAll(async () => {
  for (const end of ends) await end();
});

describe("playhead_append", () => {
  async function setup() {
    const project = await startProject(postgres, onTestFinished);
    const event = (seq: number, note = "") => ({
      ...{ job_id: "a", tenant_id: "t", seq, type: "job.updated", ts: "2026-11-21T10:00:00Z", correlation_id: "c" },
      data: { note },
    });
    const job = (seq: number, title: string) => ({
      ...{ job_id: "a", tenant_id: "t", kind: "demo", title, state: "running", liveness: "ok", seq },
      ...{ percent_complete: 0, items_total: 0, items_completed: 0, items_failed: 0, items_skipped: 0 },
      ...{ items_canceled: 0, rate_limited: false, errors_encountered: 0, created_at: "2026-11-21T10:00:00Z" },
    });
    return {
      project,
      event,
      job,
      append: async (epoch: string, jobs: readonly object[], events: readonly object[]) => {
        const values = [epoch, JSON.stringify(jobs), JSON.stringify(events)];
        return (await project.query("SELECT playhead_append($1, $2, $3) AS new", values)).rows[0]?.new;
      },
      stored: async () =>
        (
          await project.query("SELECT seq, epoch, data->>'note' AS note FROM playhead_job_events ORDER BY seq")
        ).rows.map(({ seq, epoch, note }) => `${seq} ${epoch}${note}`),
    };
  }

  test("takes what it knows once, and an older row never covers a newer one", async () => {
    const { project, event, job, append, stored } = await setup();
    expect(await append("e", [job(2, "new")], [event(1), event(2)])).toBe(2);
    expect(await append("e", [job(1, "old")], [event(2, " again"), event(3)])).toBe(1);
    expect(await stored()).toEqual(["1 e", "2 e", "3 e"]);
    expect((await project.query("SELECT title, seq FROM playhead_jobs")).rows).toEqual([{ title: "new", seq: "2" }]);
    expect((await project.query("SELECT FROM realtime.messages")).rowCount).toBe(4);
  });

  test("has a restored history take the place of the lost one from where it goes on", async () => {
    const { project, event, job, append, stored } = await setup();
    await append(
      "lost",
      [job(5, "lost")],
      [1, 2, 3, 4, 5].map((seq) => event(seq)),
    );
    await append("restored", [job(3, "restored")], [event(3, " other")]);
    expect(await stored()).toEqual(["1 lost", "2 lost", "3 restored other"]);
    expect((await project.query("SELECT title FROM playhead_jobs")).rows).toEqual([{ title: "restored" }]);
  });

  test.each([
    { name: "a tenant that no topic could name", change: { tenant_id: "a:b" }, code: "23514" },
    { name: "a moment that is none", change: { ts: "soon" }, code: "22007" },
  ])("takes nothing of a batch with $name", async ({ change, code }) => {
    const { event, append, stored } = await setup();
    await expect(append("e", [], [event(1), { ...event(2), ...change }])).rejects.toMatchObject({ code });
    expect(await stored()).toEqual([]);
  });
});

describe("the migrations", () => {
  test("may be loaded again, and change nothing", async () => {
    const project = await startProject(postgres, onTestFinished);
    const catalog = async () =>
      (
        await project.query(`SELECT polname::text AS name FROM pg_policy UNION ALL SELECT tgname FROM pg_trigger
          UNION ALL SELECT tablename FROM pg_publication_tables UNION ALL SELECT relname || relacl::text FROM pg_class
          WHERE relname LIKE 'playhead%' UNION ALL SELECT proname || proacl::text FROM pg_proc WHERE proname LIKE
          'playhead%' ORDER BY name`)
      ).rows;
    const before = await catalog();
    for (const migration of await readMigrations()) await project.query(migration);
    expect(await catalog()).toEqual(before);
  });

  test("keep out of a publication that tells of deleted rows of others, and then broadcasts still come", async () => {
    const own = `CREATE TABLE theirs (id int PRIMARY KEY);
      ALTER PUBLICATION supabase_realtime SET (publish = 'insert, update, delete');
      ALTER PUBLICATION supabase_realtime ADD TABLE theirs`;
    const project = await startProject(postgres, onTestFinished, { before: own });
    const { rows } = await project.query(
      "SELECT tablename, pubdelete FROM pg_publication_tables JOIN pg_publication USING (pubname) WHERE pubname = 'supabase_realtime'",
    );
    expect(rows).toEqual([{ tablename: "theirs", pubdelete: true }]);
    const { playheadOf } = await startMirrored({ database_url: await writerUrl(project) });
    const client = clientOf(project, await project.signIn({ tenant_id: "default" }));
    const { rows: told, watch } = follow(client, "default", "job_d");
    await expect.poll(() => watch.state).toBe("connected");
    await runItems(playheadOf("default"), "job_d", 1);
    await expect.poll(() => told.at(-1)?.state).toBe("completed");
  });
});
