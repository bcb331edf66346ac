import { expect, test } from "vitest";
import { bodyOf, expectError } from "../test/api.ts";
import { asHolder, makeKeys } from "../test/credentials.ts";
import { openSocket } from "../test/socket.ts";
import { startTestServer } from "../test/start-server.ts";
import { tempFolder } from "../test/temp-folder.ts";
import { createJobScript } from "./store/conformance/job-script.ts";
import { createSqliteStore } from "./store/sqlite/open-store.ts";

const DAY_MS = 24 * 3_600_000;
const OLD_MS = Date.now() - 100 * DAY_MS;

function endedJob(jobId: string, createdMs: number) {
  const script = createJobScript({ jobId, tenantId: "default", createdMs });
  script.report("job.state_changed", { new_state: "running" });
  script.report("task.created", { task_id: "a", kind: "clip" });
  script.report("task.started", { task_id: "a" });
  script.report("task.completed", { task_id: "a" });
  script.report("job.completed", { summary: { clips: 1 } });
  return script;
}

/** A server whose data was there before: a job that ended 100 days ago, one of over a year ago, and one of today. */
async function setup() {
  const dataFolder = tempFolder();
  const store = await createSqliteStore({ folder: dataFolder, nowMs: Date.now, newEpoch: () => "e" });
  const old = endedJob("old", OLD_MS);
  for (const script of [old, endedJob("older", OLD_MS - 300 * DAY_MS), endedJob("young", Date.now() - 10_000)]) {
    await store.commit(script.group());
  }
  await store.close();
  const server = await startTestServer({ dataFolder });
  const get = (path: string) => bodyOf(server.ask(`/api/v1/jobs/${path}`));
  return { server, get, old };
}

test("a job whose details were let go of still answers, and says so", async () => {
  const { server, get, old } = await setup();
  expect((await get("old/events")).events).toHaveLength(old.events().length);

  const cleanup = await bodyOf(server.post("/api/v1/monitoring/cleanup"));
  expect(cleanup).toMatchObject({ complete: true, removed: { tasks: 2, jobs: 1 } });
  expect(cleanup.removed.facts).toBe(2 * old.events().length);
  expect(Date.parse(cleanup.details_before)).toBeGreaterThan(OLD_MS);

  const job = await get("old");
  expect(job).toMatchObject({
    state: "completed",
    summary: { clips: 1 },
    seq: old.job().seq,
    tasks: [],
    tasks_total: 0,
  });
  expect(Date.parse(job.details_removed_at)).toBeGreaterThan(Date.now() - 60_000);
  const { details_removed_at } = job;
  expect(await get("old/events")).toMatchObject({ events: [], next_after: null, details_removed_at });
  expect(await get("old/events?after=3")).toMatchObject({ events: [], details_removed_at });
  expect(await get("old/tasks")).toMatchObject({ tasks: [] });
  const ids = (await bodyOf(server.ask("/api/v1/jobs"))).jobs.map((each: { readonly job_id: string }) => each.job_id);
  expect(ids).toEqual(["young", "old"]);

  expect(await get(`old?at=${new Date(OLD_MS + DAY_MS).toISOString()}`)).toMatchObject({ state: "completed" });
  const midway = server.ask(`/api/v1/jobs/old?at=${new Date(OLD_MS + 2_000).toISOString()}`);
  expect(await expectError(await midway, 404, "not_found")).toMatch(/^how job old went was let go of at /);
  await expectError(await server.ask("/api/v1/jobs/older"), 404, "not_found");

  expect(await get("young/events")).toMatchObject({ details_removed_at: null });
  expect(await get(`young/events?after=${old.job().seq}`)).toMatchObject({ events: [], details_removed_at: null });
  expect((await get("young")).tasks).toHaveLength(1);
  expect(server.complaints).toEqual([]);
});

test("who follows such a job gets a snapshot in place of what they missed", async () => {
  const { server, get } = await setup();
  await server.post("/api/v1/monitoring/cleanup");
  const { epoch } = await get("old/events");
  for (const since of ["after=2", `after=2&epoch=${epoch}`, "last_event_timestamp=2020-01-01T00:00:00Z"]) {
    const socket = openSocket(server.socketUrl(`job_id=old&${since}`));
    const snapshot = await socket.until(({ type }) => type === "snapshot");
    expect(snapshot.data).toMatchObject({ state: "completed", tasks: [] });
    expect(socket.facts()).toEqual([]);
    socket.close();
  }
});

test("it takes no more reports, and its id is not free", async () => {
  const { server } = await setup();
  await server.post("/api/v1/monitoring/cleanup");
  const late = { source: "w", n: 1, type: "job.updated", job_id: "old", ts: new Date().toISOString(), data: {} };
  const { refused } = await bodyOf(server.report([late]));
  expect(refused).toMatchObject([{ error_code: "conflict" }]);
  await expectError(await server.post("/api/v1/jobs", { job_id: "old", kind: "k" }), 409, "conflict");
});

test("what went of all tenants is told to who has to do with all of them, and all of it is audited", async () => {
  const { server } = await setup();
  const acme = await makeKeys(server, "acme");
  const answer = await bodyOf(asHolder(server, acme.admin).post("/api/v1/monitoring/cleanup"));
  expect(answer).toMatchObject({ complete: true, removed: null });
  const { entries } = await bodyOf(asHolder(server, acme.admin).ask("/api/v1/audit"));
  expect(entries[0]).toMatchObject({ action: "cleanup.run", target: "retention", tenant_id: "acme" });
});
