import { spawnSync } from "node:child_process";
import { type SupabaseJob, SupabaseRealtimeClient } from "@playhead/sdk/supabase";
import type { SupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { clientOf, core, factsOf, follow, runItems, startMirrored, writerUrl } from "./fixtures/supabase.ts";
import type { PostgresServer } from "./servers/postgres-server.ts";
import { startProject, startProjects } from "./servers/supabase/supabase-server.ts";

let postgres: PostgresServer;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  postgres = await startProjects((end) => ends.push(end));
});
afterAll(async () => {
  for (const end of ends) await end();
});

describe("the real supabase-js follows a job", () => {
  test.each(["1.0.0", "2.0.0"])("over vsn %s: each event once and in order, to the end", async (vsn) => {
    const project = await startProject(postgres, onTestFinished);
    const { server, playheadOf } = await startMirrored({ database_url: await writerUrl(project) });
    const token = await project.signIn({ tenant_id: "default" });
    const { events, rows, states, watch } = follow(clientOf(project, token, vsn), "default", "job_a");
    await expect.poll(() => watch.state).toBe("connected");
    await runItems(playheadOf("default"), "job_a", 20);
    await expect.poll(() => rows.at(-1)?.state).toBe("completed");
    const facts = await factsOf(server, "job_a");
    expect(events.map(core)).toEqual(facts.map(core));
    expect(rows.at(-1)).toMatchObject({ percent_complete: 100, items_completed: 20, eta_ms: null, seq: facts.length });
    expect(states).toEqual(["connected"]);
  });

  test("through the Data API; somebody who comes later hears all of it, and what was cut off meanwhile", async () => {
    const project = await startProject(postgres, onTestFinished);
    const { url, serviceRoleKey } = project;
    const { server, playheadOf } = await startMirrored({ url, service_role_key: serviceRoleKey });
    const client = clientOf(project, await project.signIn({ app_metadata: { tenant_id: "default" } }));
    let followed: ReturnType<typeof follow> | undefined;
    await runItems(playheadOf("default"), "job_b", 30, async (at) => {
      if (at === 10) {
        followed = follow(client, "default", "job_b");
        await expect.poll(() => followed?.events.length).toBeGreaterThan(5);
      }
      if (at === 20) {
        project.cutSockets();
        await expect.poll(() => followed?.states).toContain("reconnecting");
      }
    });
    await expect.poll(() => followed?.rows.at(-1)?.state).toBe("completed");
    expect(followed?.events.map(core)).toEqual((await factsOf(server, "job_b")).map(core));
    expect(followed?.states).toEqual(["connected", "reconnecting", "connected"]);
  });

  test("and the jobs of a tenant, narrowed by a filter", async () => {
    const project = await startProject(postgres, onTestFinished);
    const { playheadOf } = await startMirrored({ database_url: await writerUrl(project) });
    const playhead = playheadOf("default");
    await runItems(playhead, "job_before", 1);
    const client = clientOf(project, await project.signIn({ tenant_id: "default" }));
    const watcher = new SupabaseRealtimeClient({ supabase: client, tenantId: "default" });
    onTestFinished(() => watcher.close());
    const told: string[] = [];
    const tell = ({ job_id, state }: SupabaseJob) => told.push(`${job_id} ${state}`);
    const filter = { kind: ["demo", "other, kind"], state: ["completed", "failed"] } as const;
    const watch = watcher.watchJobs(filter, { onProgress: tell });
    await expect.poll(() => told).toEqual(["job_before completed"]);
    expect(watch.state).toBe("connected");
    await runItems(playhead, "job_after", 3);
    await expect.poll(() => told).toEqual(["job_before completed", "job_after completed"]);
  });
});

describe("row-level security keeps tenants apart", () => {
  /** Two tenants, a job each, and somebody of each who is signed in. */
  async function setup() {
    const project = await startProject(postgres, onTestFinished);
    const { playheadOf } = await startMirrored({ database_url: await writerUrl(project) });
    const clients = {
      acme: clientOf(project, await project.signIn({ tenant_id: "acme" })),
      globex: clientOf(project, await project.signIn({ app_metadata: { tenant_id: "globex" } })),
      // Who writes their own metadata is of no tenant by it.
      stranger: clientOf(project, await project.signIn({ user_metadata: { tenant_id: "acme" } })),
      anonymous: clientOf(project, project.anonKey),
    };
    return { project, playheadOf, clients };
  }

  test("who reads sees their own, whatever they ask for, and nobody writes", async () => {
    const { project, playheadOf, clients } = await setup();
    for (const tenant of ["acme", "globex"]) await runItems(playheadOf(tenant), `job_of_${tenant}`, 2);
    const isThere = async () => (await project.query("SELECT FROM playhead_jobs WHERE state = 'completed'")).rowCount;
    await expect.poll(isThere).toBe(2);

    const seen = async (client: SupabaseClient, table: string) =>
      new Set(((await client.from(table).select("job_id")).data ?? []).map(({ job_id }) => job_id));
    for (const table of ["playhead_jobs", "playhead_job_events"]) {
      expect(await seen(clients.acme, table)).toEqual(new Set(["job_of_acme"]));
      expect(await seen(clients.globex, table)).toEqual(new Set(["job_of_globex"]));
      expect(await seen(clients.stranger, table)).toEqual(new Set());
      const { error } = await clients.anonymous.from(table).select("job_id");
      expect(error).toMatchObject({ code: "42501" });
      const others = await clients.acme.from(table).select("*").eq("tenant_id", "globex");
      expect(others).toMatchObject({ data: [], error: null });
    }

    const before = (await project.query("SELECT * FROM playhead_jobs ORDER BY job_id")).rows;
    const jobs = clients.acme.from("playhead_jobs");
    const [own] = before;
    const attempts = [
      jobs.update({ state: "failed" }).eq("job_id", "job_of_acme"),
      jobs.delete().eq("job_id", "job_of_acme"),
      jobs.insert({ ...own, job_id: "job_new" }),
      clients.acme.from("playhead_job_events").delete().eq("job_id", "job_of_acme"),
      clients.acme.rpc("playhead_append", { epoch: "x", jobs: [{ ...own, title: "taken over" }], events: [] }),
      clients.acme.rpc("playhead_prune", { older_than: "0 s", most: 10 }),
      clients.anonymous.rpc("playhead_append", { epoch: "x", jobs: [], events: [] }),
    ];
    for (const attempt of attempts) expect((await attempt).error).toMatchObject({ code: "42501" });
    expect((await project.query("SELECT * FROM playhead_jobs ORDER BY job_id")).rows).toEqual(before);
  });

  test("who listens hears their own: broadcasts and changes; another tenant's topic refuses them", async () => {
    const { project, playheadOf, clients } = await setup();
    const own = follow(clients.acme, "acme", "job_live");
    const spies = [follow(clients.globex, "acme", "job_live"), follow(clients.stranger, "acme", "job_live")];
    const heard = new Map<string, Set<string>>();
    const changed: object[] = [];
    // Each listens to everything that there is, without a filter, as a client of their own making might.
    for (const [name, client] of Object.entries(clients)) {
      const jobIds = new Set<string>();
      heard.set(name, jobIds);
      await client.realtime.setAuth();
      const joined = Promise.withResolvers<void>();
      client
        .channel(`all-${name}`)
        .on("postgres_changes", { event: "*", schema: "public" }, (change) => {
          changed.push(change);
          jobIds.add(String((change.new as SupabaseJob).job_id ?? "deleted"));
        })
        .subscribe((status) => status === "SUBSCRIBED" && joined.resolve());
      await joined.promise;
    }
    const mine = follow(clients.globex, "globex", "job_other");
    await expect.poll(() => [own.watch.state, mine.watch.state]).toEqual(["connected", "connected"]);
    // Its errors come one after the other, so that the second one says it: not here.
    await expect.poll(() => spies.map(({ states }) => states.at(-1))).toEqual(["fallback", "fallback"]);

    await runItems(playheadOf("acme"), "job_live", 3);
    await runItems(playheadOf("globex"), "job_other", 3);
    await expect.poll(() => [own.rows.at(-1)?.state, mine.rows.at(-1)?.state]).toEqual(["completed", "completed"]);
    await expect.poll(() => heard.get("globex")?.size).toBe(1);
    // Deleted rows have no policy: nobody is to hear of them.
    await project.query("UPDATE playhead_jobs SET ended_at = now() - interval '1 year'");
    expect((await project.query("SELECT playhead_prune() AS gone")).rows).toEqual([{ gone: 2 }]);
    expect((await project.query("SELECT FROM playhead_job_events")).rowCount).toBe(0);
    await runItems(playheadOf("acme"), "job_last", 1);
    await expect.poll(() => heard.get("acme")?.has("job_last")).toBe(true);

    expect(Object.fromEntries(heard)).toEqual({
      acme: new Set(["job_live", "job_last"]),
      globex: new Set(["job_other"]),
      stranger: new Set(),
      anonymous: new Set(),
    });
    expect(changed.length).toBeGreaterThan(20);
    for (const { events, rows } of spies) expect([events, rows]).toEqual([[], []]);
  });

  test("nobody says something on a private topic in Playhead's name", async () => {
    const { playheadOf, clients, project } = await setup();
    const heard: unknown[] = [];
    const topic = "playhead:acme:job_c";
    const listener = clients.acme
      .channel(topic, { config: { private: true } })
      .on("broadcast", { event: "*" }, ({ event }) => heard.push(event));
    const other = clientOf(project, await project.signIn({ tenant_id: "acme" }));
    for (const client of [clients.acme, other]) await client.realtime.setAuth();
    const forger = other.channel(topic, { config: { private: true } });
    for (const channel of [listener, forger]) {
      const joined = Promise.withResolvers<void>();
      channel.subscribe((status) => status === "SUBSCRIBED" && joined.resolve());
      await joined.promise;
    }
    await forger.send({ type: "broadcast", event: "forged", payload: { table: "playhead_jobs" } });
    await runItems(playheadOf("acme"), "job_c", 1);
    await expect.poll(() => heard).toContain("session.completed");
    expect(heard).not.toContain("forged");
  });
});

describe("an outage of Supabase", () => {
  test("holds up nothing here; afterwards all of it is there once, and who followed ends right", async () => {
    const project = await startProject(postgres, onTestFinished);
    const { server, playheadOf } = await startMirrored({ database_url: await writerUrl(project) });
    const client = clientOf(project, await project.signIn({ tenant_id: "default" }));
    const { events, rows, states, fallbacks } = follow(client, "default", "job_out");
    const health = async () => {
      const report = await server.local.read?.("monitoring/health/detailed", {});
      const { checks } = report as { checks: { component: string; details: object }[] };
      return checks.find(({ component }) => component === "supabase");
    };
    const metrics = async () => {
      const headers = { authorization: `Bearer ${server.accessKey}` };
      return (await fetch(`${server.url}/metrics`, { headers })).text();
    };
    await runItems(playheadOf("default"), "job_out", 60, async (at) => {
      if (at !== 20) return;
      await expect.poll(() => events.length).toBeGreaterThan(10);
      await expect.poll(() => rows.at(-1)?.state).toBe("running");
      await project.goAway();
    });
    // The job is done here, and nothing of it is known there yet.
    const facts = await factsOf(server, "job_out");
    expect(facts.at(-1)?.type).toBe("session.completed");
    expect(states.at(-1)).not.toBe("connected");
    expect(rows.at(-1)?.state).toBe("running");
    await expect.poll(health).toMatchObject({ status: "warning", details: { circuit: "open" } });
    expect(await metrics()).toContain("playhead_supabase_up 0\n");
    await project.comeBack();
    await expect.poll(() => rows.at(-1)?.state).toBe("completed");
    expect(events.map(core)).toEqual(facts.map(core));
    await expect.poll(health).toMatchObject({ status: "healthy", details: { circuit: "closed", lag_ms: 0 } });
    const input = await metrics();
    for (const sample of ["playhead_supabase_up 1", "playhead_supabase_lag_seconds 0"]) {
      expect(input).toContain(`${sample}\n`);
    }
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input });
    expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: "" });
    expect(fallbacks.length).toBeLessThanOrEqual(1);
    const { rows: stored } = await project.query("SELECT seq FROM playhead_job_events ORDER BY seq");
    expect(stored.map(({ seq }) => Number(seq))).toEqual(facts.map(({ seq }) => seq));
    const { rows: broadcast } = await project.query(
      "SELECT payload->'record'->>'seq' AS seq FROM realtime.messages WHERE event <> 'job'",
    );
    expect(broadcast.map(({ seq }) => Number(seq)).toSorted((a, b) => a - b)).toEqual(facts.map(({ seq }) => seq));
  });

  test("may last longer than the server: what waited is written after a restart", async () => {
    const project = await startProject(postgres, onTestFinished);
    const supabase = { database_url: await writerUrl(project) };
    const { server, folder, playheadOf } = await startMirrored(supabase);
    const playhead = playheadOf("default");
    await runItems(playhead, "job_before", 5);
    const seqs = async (jobId: string) =>
      (await project.query("SELECT seq FROM playhead_job_events WHERE job_id = $1 ORDER BY seq", [jobId])).rows.length;
    const before = await factsOf(server, "job_before");
    await expect.poll(() => seqs("job_before")).toBe(before.length);
    await project.goAway();
    await runItems(playhead, "job_meanwhile", 5);
    const facts = await factsOf(server, "job_meanwhile");
    const closing = performance.now();
    await server.close();
    expect(performance.now() - closing).toBeLessThan(15_000);
    await project.comeBack();
    await startMirrored(supabase, folder);
    await expect.poll(() => seqs("job_meanwhile")).toBe(facts.length);
    expect(await seqs("job_before")).toBe(before.length);
  });
});
