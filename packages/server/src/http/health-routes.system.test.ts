import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HealthReport } from "@playhead/core";
import { expect, test } from "vitest";
import { bodyOf, line, ofNow } from "../../test/api.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { objectStorageCheck } from "../health/checks/object-storage.ts";
import { folderStorage } from "../health/folder-storage.ts";

const HEALTH = "/api/v1/monitoring/health";
const COMPONENTS = [
  "system_resources",
  "object_storage",
  "temp_directory",
  "processing_pipeline",
  "monitoring_system",
  "log_files",
];
const PATIENTLY = { timeout: 30_000 };
/** Without a credential. */
const anonymous = { headers: {} };

const partOf = (report: HealthReport, name: string) => report.checks.find(({ component }) => component === name);
const healthOf = async (server: TestServer): Promise<HealthReport> => bodyOf(server.ask(HEALTH, anonymous));
/** This machine, which others use, too, is well enough. */
const ignoreMachine = ({ server: { health } }: TestServer) =>
  health.setSettings({
    thresholds: {
      error_rate: 0.1,
      cpu_percent: 101,
      memory_percent: 101,
      memory_critical_percent: 101,
      disk_percent: 101,
    },
  });

test("anyone may ask how the server is, and is told no path and no secret", async () => {
  const server = await startTestServer();
  server.server.health.register({
    component: "mine",
    run: async () => Promise.reject(new Error("no answer of postgres://me:secret@db/x")),
  });
  const answer = await server.ask(HEALTH, anonymous);
  const text = await answer.text();
  const report = JSON.parse(text) as HealthReport;
  expect(answer.status).toBe(503);
  expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("vary")).toBe("Accept");
  expect(report.checks.map(({ component }) => component)).toEqual([...COMPONENTS, "mine"]);
  expect(partOf(report, "mine")).toMatchObject({ status: "critical", message: "the check failed", details: {} });
  for (const hidden of [server.folder, tmpdir(), "secret", server.server.accessKey]) expect(text).not.toContain(hidden);
  for (const { component, status, message, details, response_time_ms } of report.checks) {
    expect([component, typeof status, typeof message, typeof details, typeof response_time_ms]).toEqual([
      component,
      "string",
      "string",
      "object",
      "number",
    ]);
  }
  // Those who run the server are told all of it.
  const full = await server.ask(`${HEALTH}/detailed`);
  expect(full.status).toBe(200);
  const detailed = await bodyOf(Promise.resolve(full));
  expect(JSON.stringify(detailed)).toContain("postgres://me:secret@db/x");
  expect(partOf(detailed, "system_resources")?.details.data_folder).toBe(server.data);
});

test("each component is documented, and no other", () => {
  const page = readFileSync(new URL("../../../../docs/health.md", import.meta.url), "utf8");
  const [table = ""] = page.split("## What is looked at")[1]?.split("##") ?? [];
  const documented = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, component]) => component);
  // That of ffmpeg comes from the command line, which knows ffmpeg; others where there is an export, or a cluster.
  expect(documented.toSorted()).toEqual([...COMPONENTS, "ffmpeg", "otlp_export", "cluster"].toSorted());
});

test("another tenant sees its own figures, and no path of the server", async () => {
  const server = await startTestServer();
  await server.report(
    ofNow([
      line(1, "job.created", "ours", { kind: "clips", title: "one" }),
      line(2, "job.state_changed", "ours", { new_state: "running" }),
    ]),
  );
  const { key } = await bodyOf(server.post("/api/v1/keys", { name: "t", role: "viewer", tenant_id: "other" }));
  const answer = await server.ask(`${HEALTH}/detailed`, { headers: { authorization: `Bearer ${key}` } });
  const text = await answer.text();
  expect(answer.status).toBe(200);
  expect(text).not.toContain(server.folder);
  expect(JSON.parse(text)).toMatchObject({ processing_stats: { jobs: { created: 0 } }, recent_alerts: [] });
  const ours = await bodyOf(server.ask(`${HEALTH}/detailed`));
  expect(ours).toMatchObject({ processing_stats: { jobs: { created: 1, by_state: { running: 1 } } } });
});

test("health+json for those who ask for it, HEAD for those who want the status only", async () => {
  const server = await startTestServer();
  ignoreMachine(server);
  const accept = "application/health+json, application/json;q=0.5";
  const well = await server.ask(HEALTH, { headers: { accept } });
  expect([well.status, well.headers.get("content-type")]).toEqual([200, "application/health+json; charset=utf-8"]);
  expect(await well.json()).toMatchObject({
    // What lies in the folder for temporary files may need a look.
    status: expect.stringMatching(/^(pass|warn)$/),
    releaseId: "1.2.3",
    checks: { "monitoring_system:responseTime": [{ status: "pass", observedUnit: "ms" }] },
  });
  server.server.health.register({ component: "mine", run: async () => ({ status: "critical", message: "gone" }) });
  const ill = await server.ask(HEALTH, { headers: { accept } });
  expect([ill.status, await ill.json()]).toMatchObject([
    503,
    // The same folder may have a word in it.
    { status: "fail", output: expect.stringMatching(/\bmine: gone$/) },
  ]);
  const head = await server.ask(HEALTH, { ...anonymous, method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([503, ""]);
  for (const part of ["live", "ready"]) {
    expect(await bodyOf(server.ask(`${HEALTH}/${part}`, anonymous))).toEqual({ status: "pass" });
  }
});

test("a storage that hangs is critical after the limit, and holds up no other check and nobody a second time", async () => {
  const server = await startTestServer();
  ignoreMachine(server);
  server.server.health.setSettings({ cacheMs: 0 });
  const storage = folderStorage(tempFolder());
  let asked = 0;
  const write = () => {
    asked += 1;
    return new Promise<void>(() => undefined);
  };
  server.server.health.register({ ...objectStorageCheck({ ...storage, write }), limitMs: 300 });
  const first = await healthOf(server);
  expect(partOf(first, "object_storage")).toMatchObject({ status: "critical", message: "no answer within 0.3 s" });
  expect(first.summary.critical).toBe(1);
  const second = await healthOf(server);
  expect(partOf(second, "object_storage")?.message).toMatch(/^no answer for [\d.]+ s by now$/);
  expect([second.summary.critical, asked]).toEqual([1, 1]);
});

test("a log file that cannot be written is told of, and is well again when it can", async () => {
  const server = await startTestServer();
  ignoreMachine(server);
  server.server.health.setSettings({ cacheMs: 0 });
  const file = join(server.data, "logs", "application.log");
  const say = (message: string) =>
    server.report([{ source: "w", type: "log", ts: new Date().toISOString(), data: { level: "error", message } }]);
  await say("first");
  expect(partOf(await healthOf(server), "log_files")).toMatchObject({ status: "healthy" });
  rmSync(file);
  rmSync(join(server.data, "logs", "errors.log"));
  for (const name of ["application.log", "errors.log"]) mkdirSync(join(server.data, "logs", name), { mode: 0o700 });
  await say("second");
  expect(partOf(await healthOf(server), "log_files")).toMatchObject({
    status: "warning",
    message: expect.stringMatching(/^application\.log, errors\.log cannot be written; the lines wait$/),
    details: { lost_lines: 0 },
  });
  for (const name of ["application.log", "errors.log"]) rmSync(join(server.data, "logs", name), { recursive: true });
  await expect.poll(async () => partOf(await healthOf(server), "log_files")?.status, PATIENTLY).toBe("healthy");
});

test("what changed is kept over a restart", async () => {
  const dataFolder = join(tempFolder(), "data");
  const gone = { component: "mine", run: async () => ({ status: "critical", message: "gone" }) as const };
  const first = await startTestServer({ dataFolder });
  first.server.health.register(gone);
  const since = async (server: TestServer) => partOf(await healthOf(server), "mine")?.since;
  await expect.poll(() => since(first), PATIENTLY).toEqual(expect.any(String));
  const before = await since(first);
  await first.server.close();
  const second = await startTestServer({ dataFolder });
  second.server.health.register(gone);
  await expect.poll(() => since(second), PATIENTLY).toBe(before);
  second.server.health.register({
    component: "mine",
    run: async () => ({ status: "healthy", message: "there again" }),
  });
  await healthOf(second);
  const history = await bodyOf(second.ask(`${HEALTH}/history?hours=1`));
  expect(history.runs.at(-1).statuses).toMatchObject({ mine: "healthy", log_files: "healthy" });
  expect(history.changes.filter(({ component }: { component: string }) => component === "mine")).toMatchObject([
    { from: "critical", to: "healthy", message: "there again" },
    { from: null, to: "critical", message: "gone", timestamp: before },
  ]);
});
