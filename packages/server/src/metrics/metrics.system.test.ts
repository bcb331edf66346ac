import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { bodyOf, expectError, line } from "../../test/api.ts";
import { asHolder, makeKey } from "../../test/credentials.ts";
import { openSocket } from "../../test/socket.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

const DEPLOY = fileURLToPath(new URL("../../../../deploy/", import.meta.url));
const RULES = join(DEPLOY, "prometheus", "playhead.rules.yml");

/** A server with a job that completed, one that failed, and one that runs. */
async function busyServer(): Promise<TestServer> {
  const server = await startTestServer();
  let n = 0;
  const say = (jobId: string, type: string, data: object = {}) => line(++n, type, jobId, data, "w");
  for (const [jobId, end] of [
    ["done", "job.completed"],
    ["broken", "job.failed"],
    ["open", null],
  ] as const) {
    await server.report([
      say(jobId, "job.created", { kind: "clips" }),
      say(jobId, "job.state_changed", { new_state: "running" }),
      ...(end === null
        ? []
        : [say(jobId, end, end === "job.failed" ? { error_code: "unknown", error_message: "x" } : {})]),
    ]);
  }
  return server;
}

const scrape = async (server: TestServer) => (await server.ask("/metrics")).text();

describe("what Prometheus is told", () => {
  test("is what happened: jobs by kind and end, facts, answers, and how things stand", async () => {
    const server = await busyServer();
    const text = await scrape(server);
    for (const sample of [
      'playhead_build_info{version="1.2.3"} 1',
      'playhead_jobs_created_total{kind="clips"} 3',
      'playhead_jobs_ended_total{kind="clips",state="completed"} 1',
      'playhead_jobs_ended_total{kind="clips",state="failed"} 1',
      'playhead_job_duration_seconds_count{kind="clips",state="completed"} 1',
      'playhead_open_jobs{state="running"} 1',
      'playhead_open_jobs{state="pending"} 0',
      'playhead_open_jobs_liveness{liveness="ok"} 1',
      "playhead_viewer_connections 0",
      'playhead_http_request_duration_seconds_count{method="POST",route="/api/v1/events",status="2xx"} 3',
    ]) {
      expect(text).toContain(`${sample}\n`);
    }
    expect(Number(/^playhead_facts_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(9);
  });

  test("passes Prometheus' own linter without a word", async () => {
    const server = await busyServer();
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: await scrape(server) });
    expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: "" });
  });

  test("names what the dashboard and the rules that we ship ask for", async () => {
    const names = new Set(
      Array.from((await scrape(await busyServer())).matchAll(/^# TYPE (\S+)/gm), ([, name]) => name),
    );
    const asked = [RULES, join(DEPLOY, "grafana", "playhead.json")].flatMap((file) =>
      Array.from(readFileSync(file, "utf8").matchAll(/\b(?:playhead|process|nodejs)_[a-z0-9_]+/g), ([name]) =>
        name.replace(/_(bucket|count|sum)$/, ""),
      ),
    );
    expect(asked.length).toBeGreaterThan(20);
    expect([...new Set(asked)].filter((name) => !names.has(name))).toEqual([]);
  });
});

describe("who may ask", () => {
  test("a key of the role monitor gets figures, and nothing else: no job, no socket", async () => {
    const server = await busyServer();
    const { key } = await makeKey(server, "monitor", "default");
    const monitor = asHolder(server, key);
    expect((await monitor.ask("/metrics")).status).toBe(200);
    await expectError(await monitor.ask("/api/v1/jobs"), 403, "forbidden");
    const socket = openSocket(`${server.server.url.replace("http", "ws")}/?job_id=open&token=${key}`);
    expect((await socket.closed).code).toBe(4500);
  });

  test("no key of another tenant: the figures are of all", async () => {
    const server = await busyServer();
    for (const role of ["admin", "monitor"] as const) {
      const { key } = await makeKey(server, role, "acme");
      await expectError(await asHolder(server, key).ask("/metrics"), 403, "forbidden");
    }
  });
});

test("a real Prometheus takes the rules that we ship, and scrapes with a key of the role monitor", async () => {
  expect(spawnSync("promtool", ["check", "rules", RULES]).status).toBe(0);
  const server = await busyServer();
  const { key } = await makeKey(server, "monitor", "default");
  const config = join(server.folder, "prometheus.yml");
  const { host } = new URL(server.server.url);
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: [RULES],
      scrape_configs: [
        { job_name: "playhead", authorization: { credentials: key }, static_configs: [{ targets: [host] }] },
      ],
    }),
  );
  const url = `http://127.0.0.1:${await startPrometheus(config, join(server.folder, "tsdb"))}`;
  const resultOf = async (query: string) => {
    const { data } = await bodyOf(fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`));
    return data.result.map(({ value }: { value: [number, string] }) => value[1]);
  };
  await vi.waitFor(async () => expect(await resultOf('up{job="playhead"}')).toEqual(["1"]), { timeout: 30_000 });
  expect(await resultOf('sum by (kind) (playhead_jobs_ended_total{state="failed"})')).toEqual(["1"]);
  const { data } = await bodyOf(fetch(`${url}/api/v1/rules`));
  const rules = data.groups.flatMap((group: { rules: { name: string; lastError?: string }[] }) => group.rules);
  expect(rules.length).toBeGreaterThanOrEqual(7);
  expect(rules.flatMap(({ lastError = "" }: { lastError?: string }) => (lastError === "" ? [] : [lastError]))).toEqual(
    [],
  );
});

/** @returns the port that it listens on; it ends with the test */
async function startPrometheus(config: string, data: string): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  const program = process.env.PLAYHEAD_PROMETHEUS ?? "prometheus";
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`];
  const prometheus = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(prometheus, "exit");
  onTestFinished(async () => {
    prometheus.kill();
    await ended;
  });
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).status;
  await vi.waitFor(async () => expect(await ready()).toBe(200), { timeout: 30_000, interval: 100 });
  return port;
}
