import type {
  ControlVerb,
  ErrorBody,
  HealthHistory,
  HealthReport,
  JobState,
  JobSummary,
  LogEntry,
  LogLevel,
  LogLine,
  Task,
} from "@playhead/core";
import { createRequest, type RequestOptions } from "./http-request.ts";

/** Who is signed in. */
export interface Session {
  readonly role: "admin" | "operator" | "worker" | "viewer";
  readonly tenant_id: string;
  /** The server's own: IANA name of the zone that it sums days up by. */
  readonly time_zone: string;
}

/** The figures of the whole server. */
export interface Overview {
  readonly running: number;
  readonly by_state: Readonly<Partial<Record<JobState, number>>>;
  readonly jobs_last_24h: number;
  readonly errors_last_24h: number;
  readonly server: { readonly version: string; readonly started_at: string; readonly epoch: string };
}

export interface JobsQuery {
  readonly state?: readonly JobState[];
  readonly kind?: readonly string[];
  readonly user_id?: string | readonly string[];
  /** ISO 8601; the second is exclusive. */
  readonly created_from?: string;
  readonly created_to?: string;
  /** Text in the title or the id. */
  readonly q?: string;
  /** @defaultValue created_at */
  readonly sort?: "created_at" | "ended_at" | "title";
  /** @defaultValue desc */
  readonly order?: "asc" | "desc";
  readonly page_size?: number;
  readonly page_token?: string;
}

export interface JobsPage {
  readonly jobs: readonly JobSummary[];
  readonly next_page_token: string | null;
}

export interface LogsQuery {
  /** Lines after, or before, this `log_id`. */
  readonly after?: number;
  readonly before?: number;
  readonly limit?: number;
  /** This level and what is worse. */
  readonly level?: LogLevel;
}

/** A page of what was called in a job. */
export interface ExecutionsPage {
  /** By their start; those that still run have no duration. */
  readonly executions: readonly LogEntry[];
  readonly next_page_token: string | null;
}

/** What became of one job of many. */
export interface BulkResult {
  readonly job_id: string;
  readonly ok: boolean;
  readonly retry_job_id?: string;
  readonly error?: ErrorBody;
}

/** The server's HTTP interface, as far as viewers need it. Each call throws a PlayheadError when it fails. */
export interface Api {
  session(): Promise<Session>;
  /** Trades an access key for a session cookie. */
  signIn(key: string): Promise<void>;
  signOut(): Promise<void>;
  overview(): Promise<Overview>;
  /** How the server and its parts are, with all details. */
  health(): Promise<HealthReport>;
  /** How they were in the last hours. */
  healthHistory(hours: number): Promise<HealthHistory>;
  jobs(query?: JobsQuery): Promise<JobsPage>;
  tasks(
    jobId: string,
    pageToken?: string,
  ): Promise<{ readonly tasks: readonly Task[]; readonly next_page_token: string | null }>;
  /** Oldest first. */
  logs(
    jobId: string,
    query?: LogsQuery,
  ): Promise<{ readonly logs: readonly LogLine[]; readonly next_after: number | null }>;
  executions(
    jobId: string,
    query?: { readonly page_size?: number; readonly page_token?: string },
  ): Promise<ExecutionsPage>;
  control(jobId: string, verb: ControlVerb, reason?: string): Promise<{ readonly job: JobSummary }>;
  /** Announces a job that does again what a failed or canceled one was to do. */
  retry(jobId: string): Promise<{ readonly job: JobSummary }>;
  /** The same to many jobs, at most 1,000; each answers for itself. */
  controlAll(
    verb: ControlVerb | "retry",
    jobIds: readonly string[],
    reason?: string,
  ): Promise<{ readonly results: readonly BulkResult[] }>;
  /** Anything else under `/api/v1/`, such as `GET`, `alert-rules`; null for an answer without a body. */
  ask<Answer>(method: string, path: string, more?: AskOptions): Promise<Answer>;
}

/** What goes with a question. */
export interface AskOptions {
  /** Names and values; one that is undefined is left out, a list is repeated. */
  readonly query?: object;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Creates the caller of a server's HTTP interface. */
export function createApi(options: RequestOptions): Api {
  const request = createRequest(options);

  async function call<Answer>(
    method: string,
    path: string,
    query: object = {},
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await request(path, { method, query, body, headers });
    return (await response.json().catch(() => null)) as Answer;
  }

  const job = (jobId: string) => `jobs/${encodeURIComponent(jobId)}`;
  return {
    session: () => call("GET", "session"),
    signIn: (key) => call("POST", "session", {}, { key }),
    signOut: () => call("DELETE", "session"),
    overview: () => call("GET", "overview"),
    health: () => call("GET", "monitoring/health/detailed"),
    healthHistory: (hours) => call("GET", "monitoring/health/history", { hours }),
    jobs: (query) => call("GET", "jobs", query),
    tasks: (jobId, pageToken) => call("GET", `${job(jobId)}/tasks`, { page_token: pageToken }),
    logs: (jobId, query) => call("GET", `${job(jobId)}/logs`, query),
    executions: (jobId, query) => call("GET", `${job(jobId)}/executions`, query),
    control: (jobId, verb, reason) =>
      call("POST", `${job(jobId)}/${verb}`, {}, { ...(reason !== undefined && { reason }) }),
    retry: (jobId) => call("POST", `${job(jobId)}/retry`),
    controlAll: (verb, job_ids, reason) =>
      call("POST", "jobs/bulk", {}, { verb, job_ids, ...(reason !== undefined && { reason }) }),
    ask: (method, path, { query, body, headers } = {}) => call(method, path, query, body, headers),
  };
}
