/** What a route needs, as SPEC §17 has it. */
export type Need = "public" | "read" | "inspect" | "control" | "submit" | "report" | "share" | "metrics" | "admin";

/** How a route is asked in the tests of who may. */
export interface RouteRow {
  /** As Fastify has it: `GET /api/v1/jobs/:id`. */
  readonly route: string;
  readonly needs: Need;
  readonly query?: string;
  /** `:id` in it stands for the job. */
  readonly body?: object;
  /** The credential may stand in the address, too. */
  readonly tokenInQuery?: true;
  /** It answers GET, but not HEAD. */
  readonly noHead?: true;
  /** Lines of NDJSON about a job, in place of `body`. */
  readonly report?: true;
}

/** Every route there is. One that is missing fails the test of who may: say here what it needs. */
export const ROUTES: readonly RouteRow[] = [
  { route: "GET /*", needs: "public" },
  { route: "GET /openapi.json", needs: "public" },
  { route: "GET /config.schema.json", needs: "public" },
  { route: "GET /docs", needs: "public" },
  { route: "GET /docs/style.css", needs: "public" },
  { route: "GET /metrics", needs: "metrics" },
  { route: "GET /media/:root/*", needs: "read" },
  { route: "GET /api/v1/monitoring/health", needs: "public" },
  { route: "GET /api/v1/monitoring/health/live", needs: "public" },
  { route: "GET /api/v1/monitoring/health/ready", needs: "public" },
  { route: "POST /api/v1/session", needs: "public", body: { key: "of nobody" } },
  { route: "DELETE /api/v1/session", needs: "public" },
  { route: "GET /api/v1/session", needs: "read" },
  { route: "GET /api/v1/overview", needs: "read" },
  { route: "GET /api/v1/jobs", needs: "read" },
  { route: "POST /api/v1/jobs", needs: "submit", body: { kind: "clips", input: {} } },
  { route: "GET /api/v1/job-kinds", needs: "inspect" },
  { route: "GET /api/v1/jobs/:id", needs: "read" },
  { route: "GET /api/v1/jobs/:id/tasks", needs: "read" },
  { route: "GET /api/v1/jobs/:id/stream", needs: "read", tokenInQuery: true, noHead: true },
  { route: "GET /api/v1/jobs/:id/poll", needs: "read", query: "wait=0", tokenInQuery: true, noHead: true },
  { route: "GET /api/v1/jobs/:id/videos", needs: "read" },
  { route: "GET /api/v1/jobs/:id/videos/:video_id", needs: "read" },
  { route: "GET /api/v1/jobs/:id/callbacks", needs: "control" },
  { route: "GET /api/v1/jobs/:id/forecast", needs: "read" },
  { route: "GET /api/v1/forecast-history", needs: "inspect" },
  { route: "PUT /api/v1/forecast-history", needs: "admin", body: { histories: [] } },
  { route: "GET /api/v1/jobs/:id/events", needs: "read" },
  { route: "GET /api/v1/jobs/:id/logs", needs: "read" },
  { route: "GET /api/v1/jobs/:id/executions", needs: "inspect" },
  { route: "GET /api/v1/logs", needs: "inspect" },
  { route: "GET /api/v1/logs/tail", needs: "inspect", noHead: true },
  { route: "GET /api/v1/export", needs: "inspect", noHead: true },
  { route: "GET /api/v1/performance/summary", needs: "inspect" },
  { route: "GET /api/v1/performance/series", needs: "inspect" },
  { route: "GET /api/v1/performance/compare", needs: "inspect" },
  { route: "GET /api/v1/performance/functions/:name", needs: "inspect" },
  { route: "GET /api/v1/performance/trends", needs: "inspect" },
  { route: "GET /api/v1/monitoring/health/detailed", needs: "inspect" },
  { route: "GET /api/v1/monitoring/health/history", needs: "inspect" },
  { route: "GET /api/v1/monitoring/stats", needs: "inspect" },
  { route: "GET /api/v1/monitoring/metrics/system", needs: "inspect" },
  { route: "GET /api/v1/monitoring/logs/recent", needs: "inspect" },
  { route: "GET /api/v1/monitoring/sessions/active", needs: "inspect" },
  { route: "GET /api/v1/monitoring/alerts", needs: "inspect" },
  { route: "DELETE /api/v1/monitoring/alerts", needs: "control" },
  { route: "GET /api/v1/alerts", needs: "inspect" },
  { route: "GET /api/v1/alerts/stream", needs: "inspect", noHead: true },
  { route: "GET /api/v1/alerts/:alert_id", needs: "inspect" },
  { route: "POST /api/v1/alerts/:alert_id/acknowledge", needs: "control" },
  { route: "GET /api/v1/alert-rules", needs: "inspect" },
  { route: "GET /api/v1/alert-rules/measurements", needs: "inspect" },
  { route: "GET /api/v1/alert-rules/:rule_id", needs: "inspect" },
  { route: "POST /api/v1/alert-rules", needs: "admin", body: {} },
  { route: "PUT /api/v1/alert-rules/:rule_id", needs: "admin", body: {} },
  { route: "DELETE /api/v1/alert-rules/:rule_id", needs: "admin" },
  { route: "POST /api/v1/alert-rules/check", needs: "admin", body: {} },
  { route: "POST /api/v1/alert-rules/backtest", needs: "admin", body: { rule: {} } },
  { route: "GET /api/v1/alert-silences", needs: "inspect" },
  { route: "POST /api/v1/alert-silences", needs: "control", body: {} },
  { route: "DELETE /api/v1/alert-silences/:silence_id", needs: "control" },
  { route: "GET /api/v1/alert-channels", needs: "inspect" },
  { route: "POST /api/v1/alert-channels/:name/test", needs: "admin" },
  { route: "POST /api/v1/monitoring/test/alert", needs: "admin" },
  { route: "GET /api/v1/alert-deliveries", needs: "inspect" },
  { route: "POST /api/v1/alert-deliveries/:delivery_id/redeliver", needs: "admin" },
  { route: "POST /api/v1/jobs/:id/pause", needs: "control" },
  { route: "POST /api/v1/jobs/:id/resume", needs: "control" },
  { route: "POST /api/v1/jobs/:id/cancel", needs: "control" },
  { route: "POST /api/v1/jobs/:id/retry", needs: "control" },
  { route: "POST /api/v1/jobs/bulk", needs: "control", body: { verb: "pause", job_ids: [":id"] } },
  { route: "POST /api/v1/jobs/:id/tokens", needs: "share" },
  { route: "DELETE /api/v1/tokens/:token_id", needs: "share" },
  { route: "POST /api/v1/jobs/:id/share", needs: "share" },
  { route: "GET /api/v1/jobs/:id/preview", needs: "read", query: "url=none" },
  { route: "POST /api/v1/events", needs: "report", report: true },
  { route: "POST /v1/traces", needs: "report", body: {} },
  { route: "POST /v1/logs", needs: "report", body: {} },
  { route: "GET /api/v1/commands", needs: "report", query: "source=w" },
  { route: "POST /api/v1/commands/:command_id/ack", needs: "report" },
  { route: "POST /api/v1/workers/:source/heartbeat", needs: "report", body: { jobs: [":id"] } },
  { route: "GET /api/v1/queue", needs: "inspect" },
  { route: "POST /api/v1/jobs/:id/claim", needs: "report", body: { source: "w" } },
  { route: "GET /api/v1/keys", needs: "admin" },
  { route: "POST /api/v1/keys", needs: "admin", body: { name: "made by the test", role: "viewer" } },
  { route: "DELETE /api/v1/keys/:key_id", needs: "admin" },
  { route: "GET /api/v1/audit", needs: "admin" },
  { route: "GET /api/v1/config", needs: "admin" },
  { route: "PATCH /api/v1/config", needs: "admin", body: {} },
  { route: "POST /api/v1/monitoring/cleanup", needs: "admin" },
  { route: "POST /api/v1/uploads", needs: "submit", query: "name=none", body: { a: "file" } },
  { route: "GET /api/v1/uploads", needs: "submit" },
  { route: "GET /api/v1/uploads/:upload_id", needs: "report" },
  { route: "DELETE /api/v1/uploads/:upload_id", needs: "submit" },
  { route: "GET /api/v1/reports", needs: "inspect" },
  { route: "POST /api/v1/reports", needs: "control", body: {} },
  { route: "GET /api/v1/reports/:report_id", needs: "inspect" },
  { route: "GET /api/v1/reports/schedules", needs: "inspect" },
  { route: "POST /api/v1/reports/schedules", needs: "admin", body: {} },
  { route: "DELETE /api/v1/reports/schedules/:schedule_id", needs: "admin" },
  { route: "GET /api/v1/callbacks/secret", needs: "admin" },
  { route: "POST /api/v1/callbacks/secret", needs: "admin" },
];

/** Whether a row asks something of the job, be it by the body. */
export const namesJob = (row: RouteRow): boolean =>
  isAboutJob(row) || row.report === true || JSON.stringify(row.body ?? {}).includes(":id");

/** Whether a route is about one job. */
export const isAboutJob = ({ route }: RouteRow): boolean => /^\S+ \/api\/v1\/jobs\/:id(\/|$)/.test(route);

/** The request of a row about a job, by whoever has the credential. */
export function requestOf({ route, query, body, report }: RouteRow, jobId: string, credential: string | null) {
  const [method = "", path = ""] = route.split(" ", 2);
  const address = path.replace(":id", jobId).replaceAll(/:\w+/g, "none").replace("*", "none");
  const headers: Record<string, string> = {};
  if (credential !== null) headers.authorization = `Bearer ${credential}`;
  if (report) headers["content-type"] = "application/x-ndjson";
  else if (body !== undefined) headers["content-type"] = "application/json";
  const text = report ? reportOf(jobId) : body && JSON.stringify(body).replaceAll(":id", jobId);
  return {
    path: query === undefined ? address : `${address}?${query}`,
    init: { method, headers, ...(text !== undefined && { body: text }) },
  };
}

/** A record of each sort about a job: a fact of the job, one of a task, a tick, a log line. */
function reportOf(jobId: string): string {
  const records = [
    { n: 1, type: "job.updated", data: { title: "taken over" } },
    { n: 2, type: "job.state_changed", data: { new_state: "canceling" } },
    { n: 3, type: "task.completed", data: { task_id: "t1" } },
    { type: "progress.updated", data: { task_id: "t1", percent_complete: 99 } },
    { n: 4, type: "log", data: { level: "info", message: "was here" } },
    {
      n: 5,
      type: "function.completed",
      data: { span_id: "b7ad6b7169203331", name: "probe", category: "function", duration_ms: 2.5 },
    },
  ];
  const common = { source: `who-may-${crypto.randomUUID()}`, job_id: jobId, ts: "2026-11-21T10:42:00.000Z" };
  return records.map((record) => JSON.stringify({ ...common, ...record })).join("\n");
}
