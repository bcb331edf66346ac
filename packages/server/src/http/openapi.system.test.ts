import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, expect, test } from "vitest";
import { line, reportRunningJob } from "../../test/api.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

interface Answered {
  readonly content?: Record<string, unknown>;
}
interface Document {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, Answered> }>>;
}

let server: TestServer;
let document: Document;
let ajv: Ajv2020;
const atEnd = atFileEnd();
beforeAll(async () => {
  server = await startTestServer({ atEnd, file: {} });
  document = (await (await server.ask("/openapi.json", { headers: {} })).json()) as Document;
  // Words for people, such as `description`, stand beside the rules.
  ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, "api");
});

const CALL = { span_id: "b7ad6b7169203331", parent_span_id: null, name: "probe", category: "function" };
const SAMPLE = {
  host: "here",
  cpu_percent: 12.5,
  memory_used_bytes: 1,
  memory_total_bytes: 2,
  process_memory_bytes: 1,
  event_loop_delay_ms: null,
  disk_used_bytes: null,
  disk_total_bytes: null,
  temp_bytes: null,
  active_jobs: 1,
  gauges: { slots: 2 },
};

/** That nothing of this machine reaches. */
const NO_THRESHOLDS = {
  error_rate: 2,
  cpu_percent: 101,
  memory_percent: 101,
  memory_critical_percent: 101,
  disk_percent: 101,
};

const called = new Set<string>();

/** Asks what a route of the document answers, and holds the answer against what the document says of it. */
async function call(
  route: string,
  expected: number,
  options: { path?: string; body?: unknown; headers?: object } = {},
) {
  const [method = "", template = ""] = route.split(" ");
  const { path = template, body, headers = {} } = options;
  const isText = typeof body === "string";
  const answer = await server.ask(path, {
    method,
    headers: {
      authorization: server.authorization,
      ...(body !== undefined && { "content-type": isText ? "application/x-ndjson" : "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect([route, answer.status, text]).toEqual([route, expected, text]);
  const responses = document.paths[template]?.[method.toLowerCase()]?.responses;
  if (responses === undefined) throw new TypeError(`expected ${route} to be in the document`);
  const key = responses[String(answer.status)] === undefined ? "default" : String(answer.status);
  expect(key === "default", `${route} answers ${answer.status}, of which the document says nothing`).toBe(
    expected >= 400 && key === "default",
  );
  called.add(route);
  if (text === "") return null;
  const pointer = ["paths", template, method.toLowerCase(), "responses", key, "content", "application/json", "schema"];
  const validate = ajv.compile({
    $ref: `api#/${pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`,
  });
  const value = JSON.parse(text);
  validate(value);
  expect([route, answer.status, validate.errors]).toEqual([route, answer.status, null]);
  return value;
}

test("the document is OpenAPI 3.1 by the rules of OpenAPI", async () => {
  expect(await new Validator().validate(structuredClone(document) as never)).toEqual({ valid: true });
});

test("every route answers what the document says, in every status that can be provoked", async () => {
  await reportRunningJob(server, "j");
  await server.report([
    line(6, "video.created", "j", { task_id: "v", id: "v", title: "Row 1" }),
    line(7, "video.failed", "j", {
      task_id: "v",
      error_code: "disk_full",
      error_message: "full",
      failed_step: "rendering",
      hint: "free some",
    }),
    line(8, "task.step_changed", "j", { task_id: "t1", step: "rendering", details: { fps: 210 } }),
    line(9, "task.artifact_added", "j", {
      task_id: "t1",
      artifact: {
        type: "video",
        name: "1.mp4",
        url: "/media/1",
        size_bytes: 7,
        mime_type: "video/mp4",
        metadata: { a: 1 },
      },
    }),
  ]);
  const many = Array.from({ length: 600 }, (_, at) => line(2 + at, "video.created", "many", { task_id: `v${at}` }));
  await server.report([line(1, "job.created", "many", { kind: "bulk" }), ...many]);

  const job = "/api/v1/jobs/{id}";
  const at = (path: string, id = "j") => path.replace("{id}", id);
  const anonymous = { headers: { authorization: "" } };

  await call("POST /api/v1/jobs", 201, {
    body: { job_id: "done", kind: "bulk", videos: [{ title: "One" }], callback_url: "http://127.0.0.1:9/x" },
  });
  await call("POST /api/v1/jobs", 201, { body: { kind: "k" }, headers: { "idempotency-key": "a" } });
  await call("POST /api/v1/jobs", 201, { body: { kind: "k" }, headers: { "idempotency-key": "a" } });
  await call("POST /api/v1/jobs", 409, { body: { kind: "other" }, headers: { "idempotency-key": "a" } });
  await call("POST /api/v1/jobs", 409, { body: { job_id: "j", kind: "k" } });
  await call("POST /api/v1/jobs", 422, { body: { kind: "" } });
  await call("POST /api/v1/jobs", 401, { body: { kind: "k" }, ...anonymous });
  await call("GET /api/v1/jobs", 200);
  await call("GET /api/v1/jobs", 200, {
    path: "/api/v1/jobs?state=running&state=pending&page_size=10&q=j&created_from=2020-01-01T00:00:00Z",
  });
  await call("GET /api/v1/jobs", 400, { path: "/api/v1/jobs?page_token=x" });
  await call("GET /api/v1/jobs", 400, { path: "/api/v1/jobs?colour=red" });
  await call("GET /api/v1/jobs", 422, { path: "/api/v1/jobs?page_size=1" });
  await call("GET /api/v1/jobs", 304, { path: "/api/v1/jobs?kind=none", headers: { "if-none-match": "*" } });
  for (const id of ["j", "many", "done"]) await call(`GET ${job}`, 200, { path: at(job, id) });
  await call(`GET ${job}`, 200, { path: `${at(job)}?at=2026-11-21T10:42:00Z` });
  await call(`GET ${job}`, 404, { path: `${at(job)}?at=2020-01-01T00:00:00Z` });
  for (const part of ["tasks", "videos", "events", "logs", "callbacks"]) {
    await call(`GET ${job}/${part}`, 200, { path: at(`${job}/${part}`) });
    await call(`GET ${job}/${part}`, 304, { path: at(`${job}/${part}`, "done"), headers: { "if-none-match": "*" } });
    await call(`GET ${job}/${part}`, 404, { path: at(`${job}/${part}`, "none") });
    await call(`GET ${job}/${part}`, 401, { path: at(`${job}/${part}`), ...anonymous });
  }
  await call(`GET ${job}/callbacks`, 200, { path: at(`${job}/callbacks`, "done") });
  await call(`GET ${job}/forecast`, 200, { path: at(`${job}/forecast`) });
  await call(`GET ${job}/forecast`, 404, { path: at(`${job}/forecast`, "none") });
  const { histories } = await call("GET /api/v1/forecast-history", 200);
  await call("PUT /api/v1/forecast-history", 200, { body: { histories } });
  await call("PUT /api/v1/forecast-history", 422, { body: { histories: [{ host: "h", kind: "k", history: {} }] } });
  await server.report(
    [
      { n: 1, type: "function.started", job_id: "j", data: { ...CALL, name: "merge", span_id: "c7ad6b7169203331" } },
      { n: 2, type: "function.completed", job_id: "j", data: { ...CALL, duration_ms: 2.5, metadata: { a: 1 } } },
      {
        n: 3,
        type: "function.failed",
        data: {
          ...CALL,
          span_id: "d7ad6b7169203331",
          duration_ms: 9,
          error: { class: "TypeError", message: "no", causes: [{ class: "Error", message: "why" }] },
        },
      },
      { n: 4, type: "system.sampled", data: SAMPLE },
      { n: 5, type: "log", data: { level: "info", message: "outside", fields: { a: 1 } } },
    ].map((record) => ({ source: "observer", ts: new Date().toISOString(), ...record })),
  );
  await call(`GET ${job}/executions`, 200, { path: at(`${job}/executions`) });
  await call(`GET ${job}/executions`, 404, { path: at(`${job}/executions`, "none") });
  await call("GET /api/v1/logs", 200);
  await call("GET /api/v1/logs", 200, { path: "/api/v1/logs?level=warning&q=slow&field=a=1&order=asc" });
  await call("GET /api/v1/logs", 400, { path: "/api/v1/logs?page_token=x" });
  await call("GET /api/v1/logs", 422, { path: "/api/v1/logs?level=loud" });
  await call("GET /api/v1/logs/tail", 200);
  await call("GET /api/v1/logs/tail", 422, { path: "/api/v1/logs/tail?wait=26" });
  await call("GET /api/v1/export", 200, { path: "/api/v1/export?format=json" });
  await call("GET /api/v1/export", 422, { path: "/api/v1/export?format=xml" });
  await call("GET /api/v1/performance/summary", 200);
  await call("GET /api/v1/performance/summary", 422, {
    path: "/api/v1/performance/summary?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
  });
  await call("GET /api/v1/performance/series", 200, { path: "/api/v1/performance/series?span=minute" });
  await call("GET /api/v1/performance/compare", 200);
  await call("GET /api/v1/performance/compare", 404, {
    path: "/api/v1/performance/compare?job_id=none&before_job_id=none",
  });
  await call("GET /api/v1/performance/compare", 422, { path: "/api/v1/performance/compare?job_id=none" });
  const called1 = "GET /api/v1/performance/functions/{name}";
  await call(called1, 200, { path: "/api/v1/performance/functions/probe" });
  await call(called1, 404, { path: "/api/v1/performance/functions/none" });
  await call("GET /api/v1/performance/trends", 200);
  await call("GET /api/v1/performance/trends", 422, {
    path: "/api/v1/performance/trends?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
  });
  await call("GET /api/v1/monitoring/stats", 200, { path: "/api/v1/monitoring/stats?hours=24" });
  await call("GET /api/v1/monitoring/stats", 422, { path: "/api/v1/monitoring/stats?hours=0" });
  await call("GET /api/v1/monitoring/metrics/system", 200, { path: "/api/v1/monitoring/metrics/system?hours=24" });
  await call("GET /api/v1/monitoring/logs/recent", 200, {
    path: "/api/v1/monitoring/logs/recent?lines=100&level=ERROR",
  });

  await call("GET /api/v1/monitoring/sessions/active", 200);

  const { rules } = await call("GET /api/v1/alert-rules", 200);
  await call("GET /api/v1/alert-rules/measurements", 200);
  const rule = { name: "a video failed", condition: 'events("video.failed") > 0', time_window: 60, level: "error" };
  await call("POST /api/v1/alert-rules/check", 200, { body: rule });
  await call("POST /api/v1/alert-rules/check", 422, { body: { ...rule, condition: "nothing >" } });
  const { rule_id } = await call("POST /api/v1/alert-rules", 201, { body: rule });
  await call("POST /api/v1/alert-rules", 409, { body: rule });
  await call("POST /api/v1/alert-rules", 422, { body: {} });
  const oneRule = { path: `/api/v1/alert-rules/${rule_id}` };
  const noRule = { path: "/api/v1/alert-rules/none" };
  await call("GET /api/v1/alert-rules/{rule_id}", 200, oneRule);
  await call("GET /api/v1/alert-rules/{rule_id}", 200, { path: `/api/v1/alert-rules/${rules[0].rule_id}` });
  await call("GET /api/v1/alert-rules/{rule_id}", 404, noRule);
  await call("PUT /api/v1/alert-rules/{rule_id}", 200, { ...oneRule, body: { ...rule, enabled: false } });
  await call("PUT /api/v1/alert-rules/{rule_id}", 404, { ...noRule, body: rule });
  await call("POST /api/v1/alert-rules/backtest", 200, { body: { rule } });
  await call("POST /api/v1/alert-rules/backtest", 422, { body: { rule, days: 1_000 } });
  await call("DELETE /api/v1/alert-rules/{rule_id}", 204, oneRule);
  await call("DELETE /api/v1/alert-rules/{rule_id}", 404, noRule);
  await call("GET /api/v1/alerts", 200);
  await call("GET /api/v1/alerts", 400, { path: "/api/v1/alerts?page_token=x" });
  await call("GET /api/v1/alerts", 422, { path: "/api/v1/alerts?level=loud" });
  await call("GET /api/v1/alerts/stream", 401, anonymous);
  await call("GET /api/v1/alerts/{alert_id}", 404, { path: "/api/v1/alerts/none" });
  await call("POST /api/v1/alerts/{alert_id}/acknowledge", 404, { path: "/api/v1/alerts/none/acknowledge" });
  await call("GET /api/v1/monitoring/alerts", 200, { path: "/api/v1/monitoring/alerts?level=ERROR&limit=50" });
  await call("DELETE /api/v1/monitoring/alerts", 200);
  const quiet = { matchers: { level: "info" }, minutes: 5, reason: "lunch" };
  const { silence_id } = await call("POST /api/v1/alert-silences", 201, { body: quiet });
  await call("POST /api/v1/alert-silences", 422, { body: { ...quiet, matchers: {} } });
  await call("GET /api/v1/alert-silences", 200);
  await call("DELETE /api/v1/alert-silences/{silence_id}", 204, { path: `/api/v1/alert-silences/${silence_id}` });
  await call("DELETE /api/v1/alert-silences/{silence_id}", 404, { path: "/api/v1/alert-silences/none" });
  await call("GET /api/v1/alert-channels", 200);
  await call("POST /api/v1/alert-channels/{name}/test", 404, { path: "/api/v1/alert-channels/none/test" });
  await call("POST /api/v1/monitoring/test/alert", 200, { path: "/api/v1/monitoring/test/alert?level=error" });
  await call("POST /api/v1/monitoring/test/alert", 422, { path: "/api/v1/monitoring/test/alert?level=loud" });
  await call("GET /api/v1/alert-deliveries", 200, { path: "/api/v1/alert-deliveries?state=dead" });
  const resend = "POST /api/v1/alert-deliveries/{delivery_id}/redeliver";
  await call(resend, 404, { path: "/api/v1/alert-deliveries/none/redeliver" });

  await call(`GET ${job}/poll`, 200, { path: at(`${job}/poll`) });
  await call(`GET ${job}/poll`, 404, { path: at(`${job}/poll`, "none") });
  await call(`GET ${job}/poll`, 422, { path: `${at(`${job}/poll`)}?wait=26` });
  // What it streams is no one answer: its own tests read it.
  await call(`GET ${job}/stream`, 404, { path: at(`${job}/stream`, "none") });
  await call(`GET ${job}/stream`, 401, { path: at(`${job}/stream`), ...anonymous });
  await call(`GET ${job}/videos/{video_id}`, 200, { path: at(`${job}/videos/v`) });
  await call(`GET ${job}/videos/{video_id}`, 404, { path: at(`${job}/videos/none`) });

  await call(`POST ${job}/pause`, 202, { path: at(`${job}/pause`), body: { reason: "lunch" } });
  await call(`POST ${job}/pause`, 409, { path: at(`${job}/pause`) });
  await call(`POST ${job}/resume`, 202, { path: at(`${job}/resume`) });
  await call(`POST ${job}/resume`, 404, { path: at(`${job}/resume`, "none") });
  await call(`POST ${job}/cancel`, 202, { path: at(`${job}/cancel`, "done") });
  await call(`POST ${job}/cancel`, 409, { path: at(`${job}/cancel`, "done") });
  await call(`POST ${job}/retry`, 201, { path: at(`${job}/retry`, "done") });
  await call(`POST ${job}/retry`, 409, { path: at(`${job}/retry`) });
  await call("POST /api/v1/jobs/bulk", 200, { body: { verb: "cancel", job_ids: ["many", "done", "none"] } });
  await call("POST /api/v1/jobs/bulk", 422, { body: { verb: "cancel", job_ids: [] } });
  await call(`GET ${job}/callbacks`, 200, { path: at(`${job}/callbacks`, "done") });

  const beat = "POST /api/v1/workers/{source}/heartbeat";
  await call(beat, 200, { path: "/api/v1/workers/w-j/heartbeat", body: { jobs: ["j", "done"] } });
  await call(beat, 422, { path: "/api/v1/workers/w-j/heartbeat", body: { jobs: 7 } });
  await call("GET /api/v1/commands", 200, { path: "/api/v1/commands?source=w-k&kinds=bulk" });
  await call("POST /api/v1/events", 200, {
    body: JSON.stringify(line(10, "job.completed", "j", { summary: { a: 1 } })),
  });
  await call("POST /api/v1/events", 200, { body: "no JSON\n{}" });
  await call("POST /api/v1/events", 400, { body: { no: "text" } });
  for (const signal of ["traces", "logs"]) {
    const empty = { resourceSpans: [], resourceLogs: [{ scopeLogs: [{ logRecords: [{}] }] }] };
    await call(`POST /v1/${signal}`, 200, { body: empty });
    await call(`POST /v1/${signal}`, 400, { body: "no OTLP" });
  }
  await call(`GET ${job}`, 200, { path: at(job) });
  await call("GET /api/v1/commands", 200, { path: "/api/v1/commands?source=w-j" });
  await call("GET /api/v1/commands", 422);
  await call("POST /api/v1/commands/{command_id}/ack", 200, { path: "/api/v1/commands/none/ack" });

  await call("GET /api/v1/queue", 200);
  await call("POST /api/v1/jobs", 201, { body: { job_id: "queued", kind: "queued" } });
  await call("GET /api/v1/queue", 200);
  await call(`POST ${job}/claim`, 200, { path: at(`${job}/claim`, "queued"), body: { source: "w-q" } });
  await call(`POST ${job}/claim`, 200, { path: at(`${job}/claim`, "done"), body: { source: "w-q" } });
  await call(`POST ${job}/claim`, 404, { path: at(`${job}/claim`, "none"), body: { source: "w-q" } });
  await call(`POST ${job}/claim`, 422, { path: at(`${job}/claim`) });
  await call("GET /api/v1/job-kinds", 200);
  await call("GET /api/v1/job-kinds", 401, anonymous);
  const { upload_id } = await call("POST /api/v1/uploads", 201, { path: "/api/v1/uploads?name=a.mp4", body: "a file" });
  await call("POST /api/v1/uploads", 422, { body: "without a name" });
  await call("GET /api/v1/uploads", 200);
  await call("GET /api/v1/uploads/{upload_id}", 404, { path: "/api/v1/uploads/none" });
  await call("DELETE /api/v1/uploads/{upload_id}", 200, { path: `/api/v1/uploads/${upload_id}` });
  await call("DELETE /api/v1/uploads/{upload_id}", 404, { path: "/api/v1/uploads/none" });
  const week = { from: "2026-11-16T00:00:00Z", to: "2026-11-23T00:00:00Z" };
  const { report_id } = await call("POST /api/v1/reports", 201, { body: { ...week, title: "A week" } });
  await call("POST /api/v1/reports", 422, { body: { kind: "custom" } });
  await call("GET /api/v1/reports", 200);
  await call("GET /api/v1/reports", 400, { path: "/api/v1/reports?page_token=x" });
  await call("GET /api/v1/reports/{report_id}", 200, { path: `/api/v1/reports/${report_id}` });
  await call("GET /api/v1/reports/{report_id}", 404, { path: "/api/v1/reports/none.pdf" });
  const monthly = { kind: "weekly", cron: "0 7 1 * *", time_zone: "Europe/Rome" };
  const { schedule_id } = await call("POST /api/v1/reports/schedules", 201, { body: monthly });
  await call("POST /api/v1/reports/schedules", 422, { body: { ...monthly, send_to: ["nobody"] } });
  await call("GET /api/v1/reports/schedules", 200);
  const oneSchedule = "DELETE /api/v1/reports/schedules/{schedule_id}";
  await call(oneSchedule, 204, { path: `/api/v1/reports/schedules/${schedule_id}` });
  await call(oneSchedule, 404, { path: "/api/v1/reports/schedules/none" });
  await call("GET /api/v1/callbacks/secret", 200);
  await call("POST /api/v1/callbacks/secret", 201);
  await call("POST /api/v1/callbacks/secret", 401, anonymous);
  const { key_id } = await call("POST /api/v1/keys", 201, { body: { name: "a worker", role: "worker" } });
  await call("POST /api/v1/keys", 422, { body: { name: "", role: "king" } });
  await call("GET /api/v1/keys", 200);
  await call("GET /api/v1/keys", 400, { path: "/api/v1/keys?page_token=x" });
  await call("DELETE /api/v1/keys/{key_id}", 204, { path: `/api/v1/keys/${key_id}` });
  await call("DELETE /api/v1/keys/{key_id}", 404, { path: "/api/v1/keys/none" });
  const { token_id } = await call(`POST ${job}/tokens`, 201, { path: at(`${job}/tokens`), body: { verbs: ["read"] } });
  await call(`POST ${job}/tokens`, 404, { path: at(`${job}/tokens`, "none") });
  await call("DELETE /api/v1/tokens/{token_id}", 204, { path: `/api/v1/tokens/${token_id}` });
  await call(`POST ${job}/share`, 201, { path: at(`${job}/share`), body: { expires_in_seconds: 3_600 } });
  await call(`POST ${job}/share`, 404, { path: at(`${job}/share`, "none") });
  await call(`GET ${job}/preview`, 204, { path: `${at(`${job}/preview`)}?url=none` });
  await call(`GET ${job}/preview`, 404, { path: `${at(`${job}/preview`, "none")}?url=none` });
  await call("GET /api/v1/audit", 200);
  await call("GET /api/v1/audit", 401, anonymous);
  await call("GET /api/v1/config", 200);
  await call("GET /api/v1/config", 401, anonymous);
  await call("PATCH /api/v1/config", 200, { body: { log_level: "info" } });
  await call("PATCH /api/v1/config", 400, { body: { log_level: "loud" } });
  await call("PATCH /api/v1/config", 409, { body: {}, headers: { "if-match": '"of another one"' } });
  await call("POST /api/v1/monitoring/cleanup", 200);
  await call("POST /api/v1/monitoring/cleanup", 401, anonymous);
  await call("GET /api/v1/overview", 200);
  await call("GET /api/v1/session", 200);
  await call("POST /api/v1/session", 204, { body: { key: server.server.accessKey } });
  await call("POST /api/v1/session", 401, { body: { key: "wrong" } });
  await call("DELETE /api/v1/session", 204);
  // What this machine is like is not the question here.
  const health = "GET /api/v1/monitoring/health";
  server.server.health.setSettings({ thresholds: NO_THRESHOLDS });
  for (const part of ["", "/live", "/ready"]) await call(`${health}${part}`, 200, anonymous);
  for (const part of ["/detailed", "/history"]) {
    await call(`${health}${part}`, 200);
    await call(`${health}${part}`, 401, anonymous);
  }
  await call(`${health}/history`, 422, { path: "/api/v1/monitoring/health/history?hours=0" });
  server.server.health.register({ component: "a", run: async () => ({ status: "critical", message: "gone" }) });
  await call(health, 503, anonymous);

  const routes = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.filter((route) => !called.has(route))).toEqual([]);
  // Nothing of all this was our fault.
  expect(server.complaints).toEqual([]);
});

test("docs/http.md has every route once, and no other", () => {
  const page = readFileSync(new URL("../../../../docs/http.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `([A-Z]+ \/(?:api\/)?v1\/[^`]+)` \|/gm)].map(([, route]) => route);
  const routes = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(rows.sort()).toEqual(routes.sort());
});

test("the page for people holds every route, no script, and nothing from elsewhere", async () => {
  const answer = await server.ask("/docs", { headers: {} });
  const page = await answer.text();
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'; style-src 'self'");
  for (const path of Object.keys(document.paths)) expect(page).toContain(path);
  expect(page).not.toMatch(/<script|style=|onclick|https?:/);
  const style = await server.ask("/docs/style.css", { headers: {} });
  expect([style.status, style.headers.get("content-type")]).toEqual([200, "text/css; charset=utf-8"]);
});
